internal import HTTPTransport
internal import TestSupport
internal import Testing

@Suite("CurlTransport: bounds in bytes", .patient)
struct LimitTests {
    @Test("Accepts a body of exactly the limit", arguments: Sender.allCases, ["Content-Length: 1000\r\n", ""])
    func atLimit(sender: Sender, field: String) async throws {
        let response = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\n\(field)\r\n" + String(repeating: "x", count: 1000))
        } _: { server in
            try await sender.transport().send(
                HTTPRequest(url: server.url, timeout: Patience.long, maximumResponseBytes: 1000))
        }

        #expect(response.body.count == 1000)
    }

    @Test("Gives up when a longer body is announced, before it comes", arguments: Sender.allCases)
    func announced(sender: Sender) async throws {
        let error = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
            try await connection.waitForEnd()  // would wait for ever if the client waited for the body
        } _: { server in
            try await failure(
                of: HTTPRequest(url: server.url, timeout: Patience.long, maximumResponseBytes: 1000),
                on: sender.transport())
        }

        #expect(error.kind == .responseTooLarge)
    }

    @Test(
        "Gives up at the first byte too many of a body without announced length", arguments: Sender.allCases, [0, 1000])
    func unannounced(sender: Sender, limit: Int) async throws {
        let error = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n")
            try await connection.write(String(repeating: "x", count: 1001))
            try await connection.waitForEnd()
        } _: { server in
            try await failure(
                of: HTTPRequest(url: server.url, timeout: Patience.long, maximumResponseBytes: limit),
                on: sender.transport())
        }

        #expect(error.kind == .responseTooLarge)
        #expect(error.requestWasSent)
        #expect(error.detail.contains("\(limit) bytes"))
    }

    @Test("An empty body passes a limit of zero", arguments: Sender.allCases)
    func zero(sender: Sender) async throws {
        let response = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            try await sender.transport().send(
                HTTPRequest(url: server.url, timeout: Patience.long, maximumResponseBytes: 0))
        }

        #expect(response.status == 200)
    }

    @Test("Gives up on an endless header", arguments: Sender.allCases)
    func endlessHeader(sender: Sender) async throws {
        let error = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\n")
            while true { try await connection.write("X-Field: \(String(repeating: "y", count: 1000))\r\n") }
        } _: { server in
            try await failure(of: HTTPRequest(url: server.url, timeout: Patience.long), on: sender.transport())
        }

        #expect(error.kind == .responseTooLarge)
    }

    @Test("A large body arrives whole", arguments: Sender.allCases)
    func large(sender: Sender) async throws {
        let body = String(repeating: "0123456789abcdef", count: 1 << 16)

        let response = try await withScriptedServer { connection in
            try await connection.answerAll { _ in body }
        } _: { server in
            try await sender.transport().send(
                HTTPRequest(url: server.url, timeout: Patience.long, maximumResponseBytes: 16 << 20))
        }

        #expect(response.body == Array(body.utf8))
    }
}
