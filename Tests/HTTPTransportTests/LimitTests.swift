internal import HTTPTransport
internal import TestSupport
internal import Testing

@Suite("CurlTransport: bounds in bytes", .patient)
struct LimitTests {
    @Test("Accepts a body of exactly the limit", arguments: ["Content-Length: 1000\r\n", ""])
    func atLimit(field: String) async throws {
        let response = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\n\(field)\r\n" + String(repeating: "x", count: 1000))
        } _: { server in
            try await CurlTransport().send(
                HTTPRequest(url: server.url, timeout: Patience.long, maximumResponseBytes: 1000))
        }

        #expect(response.body.count == 1000)
    }

    @Test("Gives up when a longer body is announced, before it comes")
    func announced() async throws {
        let error = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
            try await connection.waitForEnd()  // would wait for ever if the client waited for the body
        } _: { server in
            try await failure(of: HTTPRequest(url: server.url, timeout: Patience.long, maximumResponseBytes: 1000))
        }

        #expect(error.kind == .responseTooLarge)
    }

    @Test("Gives up at the first byte too many of a body without announced length", arguments: [0, 1000])
    func unannounced(limit: Int) async throws {
        let error = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n")
            try await connection.write(String(repeating: "x", count: 1001))
            try await connection.waitForEnd()
        } _: { server in
            try await failure(of: HTTPRequest(url: server.url, timeout: Patience.long, maximumResponseBytes: limit))
        }

        #expect(error.kind == .responseTooLarge)
        #expect(error.requestWasSent)
        #expect(error.detail.contains("\(limit) bytes"))
    }

    @Test("An empty body passes a limit of zero")
    func zero() async throws {
        let response = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            try await CurlTransport().send(
                HTTPRequest(url: server.url, timeout: Patience.long, maximumResponseBytes: 0))
        }

        #expect(response.status == 200)
    }

    @Test("Gives up on an endless header")
    func endlessHeader() async throws {
        let error = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\n")
            while true { try await connection.write("X-Field: \(String(repeating: "y", count: 1000))\r\n") }
        } _: { server in
            try await failure(of: HTTPRequest(url: server.url, timeout: Patience.long))
        }

        #expect(error.kind == .responseTooLarge)
    }

    @Test("A large body arrives whole")
    func large() async throws {
        let body = String(repeating: "0123456789abcdef", count: 1 << 16)

        let response = try await withScriptedServer { connection in
            try await connection.answerAll { _ in body }
        } _: { server in
            try await CurlTransport().send(
                HTTPRequest(url: server.url, timeout: Patience.long, maximumResponseBytes: 16 << 20))
        }

        #expect(response.body == Array(body.utf8))
    }
}
