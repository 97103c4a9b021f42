internal import HTTPTransport
internal import TestSupport
internal import Testing

@Suite("CurlTransport: connections", .patient)
struct ConnectionTests {
    @Test("Uses one connection for requests that follow each other", arguments: Sender.allCases)
    func reuse(sender: Sender) async throws {
        let transport = sender.transport()

        let (connections, requests) = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            for _ in 0..<50 { _ = try await transport.send(HTTPRequest(url: server.url, timeout: Patience.long)) }
            return (server.connectionCount, server.requests.count)
        }

        #expect(connections == 1)
        #expect(requests == 50)
    }

    @Test("Opens a new connection after one that ended with an error", arguments: Sender.allCases)
    func afterFailure(sender: Sender) async throws {
        let transport = sender.transport()

        let (error, response) = try await withScriptedServer { connection in
            if try await connection.readRequest()?.target == "/cut" {
                try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123")
            } else {
                try await connection.answer("ok")
            }
        } _: { server in
            (
                try await failure(of: HTTPRequest(url: server.url + "/cut", timeout: Patience.long), on: transport),
                try await transport.send(HTTPRequest(url: server.url, timeout: Patience.long))
            )
        }

        #expect(error.kind == .cutOff)
        #expect(response.body == Array("ok".utf8))
    }

    @Test(
        "1,000 requests at a time each get their own answer, over no more connections than allowed",
        arguments: Sender.allCases)
    func parallel(sender: Sender) async throws {
        let transport = sender.transport(TransportConfiguration(maximumConnectionsPerHost: 16))

        let (answers, connections) = try await withScriptedServer { connection in
            try await connection.answerAll { "answer to \($0.target)" }
        } _: { server in
            let answers = try await withThrowingTaskGroup(of: (Int, HTTPResponse).self) { group in
                for number in 0..<1_000 {
                    group.addTask {
                        let request = HTTPRequest(url: server.url + "/\(number)", timeout: Patience.long)
                        return (number, try await transport.send(request))
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = String(decoding: $1.1.body, as: UTF8.self) }
            }
            return (answers, server.connectionCount)
        }

        #expect(answers.count == 1_000)
        #expect(answers.allSatisfy { $0.value == "answer to /\($0.key)" })
        #expect(connections <= 16)
    }

    @Test("Resolves names", arguments: Sender.allCases)
    func name(sender: Sender) async throws {
        let response = try await withScriptedServer { connection in
            try await connection.answerAll { "for \($0.values("host"))" }
        } _: { server in
            try await sender.transport()
                .send(HTTPRequest(url: "http://localhost:\(server.port)/", timeout: Patience.long, usesProxy: false))
        }

        #expect(String(decoding: response.body, as: UTF8.self).hasPrefix("for [\"localhost:"))
    }

    @Test("Connects to several servers at a time", arguments: Sender.allCases)
    func severalHosts(sender: Sender) async throws {
        let transport = sender.transport(TransportConfiguration(maximumConnectionsPerHost: 1))

        let bodies = try await withScriptedServer { connection in
            try await connection.answerAll { _ in "one" }
        } _: { one in
            try await withScriptedServer { connection in
                try await connection.answerAll { _ in "two" }
            } _: { two in
                async let first = transport.send(HTTPRequest(url: one.url, timeout: Patience.long))
                async let second = transport.send(HTTPRequest(url: two.url, timeout: Patience.long))
                return try await [first.body, second.body].map { String(decoding: $0, as: UTF8.self) }
            }
        }

        #expect(bodies == ["one", "two"])
    }
}
