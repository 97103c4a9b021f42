internal import HTTPTransport
internal import TestSupport
internal import Testing

/// What only the wire does for itself; what both ways have in common is in the other suites.
@Suite("Wire: connections and the requests on them", .patient)
struct WireTests {
    @Test("A large request is sent in parts to a server that reads slowly")
    func partialSends() async throws {
        let body = Array(repeating: UInt8(ascii: "x"), count: 8 << 20)

        let request = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            _ = try await Wire(CurlTransport()).send(
                HTTPRequest(method: .post, url: server.url, body: body, timeout: Patience.long))
            return try #require(server.requests.first)
        }

        #expect(request.body == body)
    }

    @Test("An answer that comes in parts is put together")
    func answerInParts() async throws {
        let bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"

        let bodies = try await withScriptedServer { connection in
            while try await connection.readRequest() != nil {
                for character in bytes.unicodeScalars { try await connection.write(String(character)) }
            }
        } _: { server in
            let wire = Wire(CurlTransport())
            let request = HTTPRequest(url: server.url, timeout: Patience.long)
            return [try await wire.send(request).body, try await wire.send(request).body]
        }

        #expect(bodies == [Array("hello".utf8), Array("hello".utf8)])
    }

    @Test(
        "Does not use a connection again that has closed, will close, or said more than was asked",
        arguments: [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", closes: true),
            ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", closes: false),
            ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", closes: false),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad",
                closes: false
            ),
        ])
    func notReused(answer: String, closes: Bool) async throws {
        let (bodies, connections) = try await withScriptedServer { connection in
            while try await connection.readRequest() != nil {
                try await connection.write(answer)
                if closes { return }
            }
        } _: { server in
            let wire = Wire(CurlTransport())
            let request = HTTPRequest(url: server.url, timeout: Patience.long)
            let bodies = [try await wire.send(request).body, try await wire.send(request).body]
            return (bodies, server.connectionCount)
        }

        #expect(bodies == [Array("ok".utf8), Array("ok".utf8)])
        #expect(connections == 2)
    }

    @Test("An answer before the end of the request counts, and its connection does not")
    func earlyAnswer() async throws {
        let (statuses, connections) = try await withScriptedServer { connection in
            try await connection.answer("", status: "413 Too Large")
            _ = try await connection.readRequest()
        } _: { server in
            let wire = Wire(CurlTransport())
            let request = HTTPRequest(
                method: .post, url: server.url, body: Array(repeating: 0, count: 32 << 20), timeout: Patience.long)
            let statuses = [try await wire.send(request).status, try await wire.send(request).status]
            return (statuses, server.connectionCount)
        }

        #expect(statuses == [413, 413])
        #expect(connections == 2)
    }

    @Test("Fails when the second connection, too, ends without an answer")
    func repeatsOnce() async throws {
        let (error, targets) = try await withScriptedServer { connection in
            if try await connection.readRequest()?.target == "/first" {
                try await connection.answer("")
                _ = try await connection.readRequest()
            }
        } _: { server in
            let wire = Wire(CurlTransport())
            _ = try await wire.send(HTTPRequest(url: server.url + "/first", timeout: Patience.long))
            let error = try await failure(
                of: HTTPRequest(method: .post, url: server.url + "/second", timeout: Patience.long), on: wire)
            return (error, server.requests.map(\.target))
        }

        #expect(error.kind == .cutOff)
        #expect(error.requestWasSent)
        #expect(targets == ["/first", "/second", "/second"])
    }

    @Test("Does not send again what has begun to be answered")
    func doesNotRepeatAnswered() async throws {
        let (error, targets) = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.answer("")
            _ = try await connection.readRequest()
            try await connection.write("HTTP/1.1 2")
        } _: { server in
            let wire = Wire(CurlTransport())
            _ = try await wire.send(HTTPRequest(url: server.url + "/first", timeout: Patience.long))
            let error = try await failure(
                of: HTTPRequest(url: server.url + "/second", timeout: Patience.long), on: wire)
            return (error, server.requests.map(\.target))
        }

        #expect(error.kind == .cutOff)
        #expect(targets == ["/first", "/second"])
    }

    @Test("Keeps a TLS connection for the next request, whatever its TLS layer says in between")
    func reusesTLS() async throws {
        let (bodies, timings) = try await withTLSServer(.valid, options: []) { server in
            let wire = Wire(CurlTransport(TransportConfiguration(caFile: server.caFile)))
            var responses: [HTTPResponse] = []
            for path in ["/first", "/second"] {
                let request = HTTPRequest(
                    url: server.url + path, timeout: Patience.long, connectTimeout: Patience.long)
                async let response = wire.send(request)
                try await server.waitFor("GET \(path) HTTP/1.1\r\n")
                try await server.send(
                    Array("HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)".utf8))
                responses.append(try await response)
            }
            return (responses.map { String(decoding: $0.body, as: UTF8.self) }, responses.map(\.timings))
        }

        #expect(bodies == ["/first", "/second"])
        #expect(timings.map(\.openedConnection) == [true, false])
        #expect(timings.map { $0.tls > .zero } == [true, false])
    }
}
