internal import HTTPTransport
internal import TestSupport
internal import Testing

@Suite("CurlTransport: what goes wrong", .patient)
struct FailureTests {
    struct BadAnswer: CustomTestStringConvertible {
        let testDescription: String
        let bytes: String
        let kind: TransportError.Kind

        static let all: [BadAnswer] = [
            BadAnswer(testDescription: "nothing at all", bytes: "", kind: .cutOff),
            BadAnswer(testDescription: "half a status line", bytes: "HTTP/1.1 20", kind: .cutOff),
            BadAnswer(testDescription: "half a header", bytes: "HTTP/1.1 200 OK\r\nX-A: b", kind: .cutOff),
            BadAnswer(
                testDescription: "half a body", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
                kind: .cutOff),
            BadAnswer(
                testDescription: "half of the chunks",
                bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n", kind: .cutOff),
            BadAnswer(
                testDescription: "no status line", bytes: "220 mail.example ESMTP\r\n\r\n", kind: .protocolViolation),
            BadAnswer(
                testDescription: "a garbage status line", bytes: "HTTP/1.1 abc\r\n\r\n", kind: .protocolViolation),
            BadAnswer(
                testDescription: "TLS", bytes: "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}(", kind: .protocolViolation),
            BadAnswer(
                testDescription: "a chunk without length",
                bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n12345\r\n", kind: .protocolViolation),
            BadAnswer(
                testDescription: "a negative length", bytes: "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                kind: .protocolViolation),
        ]
    }

    @Test("Names what is wrong with", arguments: Sender.allCases, BadAnswer.all)
    func badAnswers(sender: Sender, _ row: BadAnswer) async throws {
        let error = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.write(row.bytes)
        } _: { server in
            try await failure(of: HTTPRequest(url: server.url, timeout: Patience.long), on: sender.transport())
        }

        #expect(error.kind == row.kind)
        #expect(error.requestWasSent)
    }

    @Test("A reset is a connection cut off", arguments: Sender.allCases)
    func reset(sender: Sender) async throws {
        let error = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
            try await connection.resetOnClose()
        } _: { server in
            try await failure(of: HTTPRequest(url: server.url, timeout: Patience.long), on: sender.transport())
        }

        #expect(error.kind == .cutOff)
        #expect(error.requestWasSent)
    }

    @Test("A refused connection means that nothing was sent", arguments: Sender.allCases)
    func refused(sender: Sender) async throws {
        let port = try await withScriptedServer { _ in
        } _: {
            $0.port
        }

        let error = try await failure(
            of: HTTPRequest(url: "http://127.0.0.1:\(port)/x", timeout: Patience.long), on: sender.transport())

        #expect(error.kind == .connect)
        #expect(!error.requestWasSent)
        #expect(error.detail.hasPrefix("GET http://127.0.0.1:\(port)/x: "))
    }

    @Test("A name that cannot exist is a failure of name resolution", arguments: Sender.allCases)
    func unknownHost(sender: Sender) async throws {
        // A label of 64 characters: the resolver refuses it without asking the network.
        let host = String(repeating: "a", count: 64) + ".invalid"

        let error = try await failure(
            of: HTTPRequest(url: "http://\(host)/", timeout: Patience.long, usesProxy: false), on: sender.transport())

        #expect(error.kind == .dns)
        #expect(!error.requestWasSent)
    }

    @Test(
        "Refuses to send",
        arguments: Sender.allCases,
        [
            "", "/relative", "127.0.0.1", "file:///etc/passwd", "ftp://127.0.0.1/", "httpx://127.0.0.1/", "http://",
            "http://127.0.0.1:99999/", "http://user:word@127.0.0.1/", "http://127.0.0.1/a b", "http://127.0.0.1/\0",
            "http://127.0.0.1/\r\nX: y", "http://127.0.0.1/é",
        ])
    func invalidURLs(sender: Sender, url: String) async throws {
        let error = try await failure(of: HTTPRequest(url: url, timeout: Patience.long), on: sender.transport())

        #expect(error.kind == .invalidRequest)
        #expect(!error.requestWasSent)
        #expect(!error.detail.contains("word"))
    }

    @Test(
        "Refuses a field that would write further fields",
        arguments: Sender.allCases,
        [
            ("X", "a\r\nY: b"), ("X", "a\nb"), ("X", "a\0"), ("X\r\nY", "a"), ("X Y", "a"), ("", "a"), ("X:", "a"),
        ])
    func invalidFields(sender: Sender, field: (name: String, value: String)) async throws {
        var headers: HeaderList = ["Good": "1"]
        headers.append(field.name, field.value)

        let error = try await failure(
            of: HTTPRequest(url: "http://127.0.0.1/", headers: headers, timeout: Patience.long), on: sender.transport())

        #expect(error.kind == .invalidRequest)
        #expect(!headers.isValid)
    }

    @Test("Refuses a GET with a body", arguments: Sender.allCases)
    func getWithBody(sender: Sender) async throws {
        let error = try await failure(
            of: HTTPRequest(url: "http://127.0.0.1/", body: [], timeout: Patience.long), on: sender.transport())

        #expect(error.kind == .invalidRequest)
    }

    @Test("Tells the operator neither query nor fields nor body", arguments: Sender.allCases)
    func keepsSecrets(sender: Sender) async throws {
        let error = try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\nX-Secret: word\r\nContent-Length: 100\r\n\r\nword")
        } _: { server in
            try await failure(
                of: HTTPRequest(
                    method: .post, url: server.url + "/a/b?token=word#word", headers: ["Authorization": "Bearer word"],
                    body: Array("word".utf8), timeout: Patience.long), on: sender.transport())
        }

        #expect(error.kind == .cutOff)
        #expect(error.detail.hasPrefix("POST http://127.0.0.1:"))
        #expect(error.detail.contains("/a/b: "))
        for text in [error.detail, "\(error)", String(reflecting: error)] { #expect(!text.contains("word")) }
    }

    @Test("Sends again, once more, what a closing connection has swallowed", arguments: Sender.allCases)
    func sendsAgain(sender: Sender) async throws {
        let (response, targets, connections) = try await withScriptedServer { connection in
            let request = try await connection.readRequest()
            try await connection.answer("")
            // The second request on the first connection is read and not answered: the server is just closing.
            if request?.target == "/first" { _ = try await connection.readRequest() }
        } _: { server in
            let transport = sender.transport()
            _ = try await transport.send(HTTPRequest(url: server.url + "/first", timeout: Patience.long))
            let response = try await transport.send(
                HTTPRequest(method: .post, url: server.url + "/second", body: [1], timeout: Patience.long))
            return (response, server.requests.map(\.target), server.connectionCount)
        }

        #expect(response.status == 200)
        #expect(targets == ["/first", "/second", "/second"])
        #expect(connections == 2)
    }
}
