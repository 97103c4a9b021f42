internal import HTTPTransport
internal import TestSupport
internal import Testing

@Suite("CurlTransport: what is sent and what comes back", .patient)
struct ExchangeTests {
    @Test("Sends a GET with its fields and nothing that was not asked for", arguments: Sender.allCases)
    func get(sender: Sender) async throws {
        let transport = sender.transport()

        let (response, requests) = try await withScriptedServer { connection in
            try await connection.answerAll { _ in "hello" }
        } _: { server in
            let request = HTTPRequest(
                url: server.url + "/path?a=1", headers: ["X-One": "1", "x-two": "two words", "X-Empty": ""],
                timeout: Patience.long)
            return (try await transport.send(request), server.requests)
        }

        #expect(response.status == 200)
        #expect(response.body == Array("hello".utf8))
        #expect(response.headers["content-length"] == "5")
        let lines = try #require(requests.first).lines
        #expect(lines.first == "GET /path?a=1 HTTP/1.1")
        #expect(lines.dropFirst(2).sorted() == ["Accept: */*", "X-Empty:", "X-One: 1", "x-two: two words"])
    }

    @Test("Sends a POST with its body", arguments: Sender.allCases, ["", "{}", String(repeating: "x", count: 100_000)])
    func post(sender: Sender, body: String) async throws {
        let transport = sender.transport(TransportConfiguration(userAgent: "tests/1"))

        let request = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            _ = try await transport.send(
                HTTPRequest(
                    method: .post, url: server.url, headers: ["Accept": "application/json"], body: Array(body.utf8),
                    timeout: Patience.long))
            return try #require(server.requests.first)
        }

        #expect(request.lines.first == "POST / HTTP/1.1")
        #expect(request.body == Array(body.utf8))
        #expect(request.values("Content-Length") == ["\(body.utf8.count)"])
        #expect(request.values("Content-Type").isEmpty)
        #expect(request.values("Accept") == ["application/json"])
        #expect(request.values("User-Agent") == ["tests/1"])
    }

    @Test("A POST without a body has an empty one, and zero bytes in a body survive", arguments: Sender.allCases)
    func postBytes(sender: Sender) async throws {
        let transport = sender.transport()

        let requests = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            for body in [nil, [0, 1, 0, 255]] as [[UInt8]?] {
                _ = try await transport.send(
                    HTTPRequest(
                        method: .post, url: server.url, headers: ["Content-Type": "a/b"], body: body,
                        timeout: Patience.long))
            }
            return server.requests
        }

        #expect(requests.map(\.body) == [[], [0, 1, 0, 255]])
        #expect(requests.map { $0.values("content-type") } == [["a/b"], ["a/b"]])
    }

    @Test("Nothing of a request is left for the next one on the same connection", arguments: Sender.allCases)
    func leavesNothing(sender: Sender) async throws {
        let transport = sender.transport()

        let (requests, connections) = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            _ = try await transport.send(
                HTTPRequest(
                    method: .post, url: server.url + "/first", headers: ["Authorization": "Bearer secret"],
                    body: Array("secret".utf8), timeout: Patience.long))
            _ = try await transport.send(HTTPRequest(url: server.url + "/second", timeout: Patience.long))
            return (server.requests, server.connectionCount)
        }

        #expect(connections == 1)
        #expect(requests[1].lines.first == "GET /second HTTP/1.1")
        #expect(requests[1].lines.dropFirst(2) == ["Accept: */*"])
        #expect(requests[1].body.isEmpty)
    }

    @Test(
        "Any status is an answer", arguments: Sender.allCases,
        ["204 No Content", "304 Not Modified", "401 Unauthorized", "503 Busy"])
    func statuses(sender: Sender, status: String) async throws {
        let response = try await response(
            to: "HTTP/1.1 \(status)\r\nX-Note: a\r\nContent-Length: 0\r\n\r\n", over: sender)

        #expect(response.status == Int(status.prefix(3)))
        #expect(response.headers["x-note"] == "a")
        #expect(response.body.isEmpty)
    }

    @Test("A redirect is an answer and is not followed (D-109)", arguments: Sender.allCases, [301, 302, 303, 307, 308])
    func redirects(sender: Sender, status: Int) async throws {
        let (response, targets) = try await withScriptedServer { connection in
            while try await connection.readRequest() != nil {
                try await connection.answer("", status: "\(status) Elsewhere", fields: "Location: /login.html\r\n")
            }
        } _: { server in
            let response = try await sender.transport().send(
                HTTPRequest(url: server.url + "/api", timeout: Patience.long))
            return (response, server.requests.map(\.target))
        }

        #expect(response.status == status)
        #expect(response.headers["location"] == "/login.html")
        #expect(targets == ["/api"])
    }

    @Test("Joins chunks, and appends trailer fields", arguments: Sender.allCases)
    func chunked(sender: Sender) async throws {
        let response = try await response(
            to: """
                HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n\
                4\r\nabcd\r\n3\r\nefg\r\n0\r\nX-Sum: 7\r\n\r\n
                """, over: sender)

        #expect(response.body == Array("abcdefg".utf8))
        #expect(response.headers["X-Sum"] == "7")
    }

    @Test("A body without announced length ends with the connection", arguments: Sender.allCases)
    func untilClose(sender: Sender) async throws {
        let response = try await response(to: "HTTP/1.1 200 OK\r\n\r\nall of it", over: sender)

        #expect(response.body == Array("all of it".utf8))
    }

    @Test("Fields of an interim answer do not belong to the answer", arguments: Sender.allCases)
    func interim(sender: Sender) async throws {
        let response = try await response(
            to: """
                HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\nX-Both: no\r\n\r\n\
                HTTP/1.1 200 OK\r\nX-Both: yes\r\nContent-Length: 2\r\n\r\nok
                """, over: sender)

        #expect(response.status == 200)
        #expect(response.headers.values(for: "x-both") == ["yes"])
        #expect(response.headers["link"] == nil)
    }

    @Test("Keeps repeated fields in order", arguments: Sender.allCases)
    func repeatedFields(sender: Sender) async throws {
        let response = try await response(
            to: "HTTP/1.1 200 OK\r\nB: 1\r\na:2 \r\nb:  3\r\nContent-Length: 0\r\n\r\n", over: sender)

        #expect(response.headers.values(for: "b") == ["1", "3"])
        #expect(response.headers.fields.map(\.name) == ["B", "a", "b", "Content-Length"])
        #expect(response.headers["A"] == "2")
    }

    @Test("Says when each phase was over", arguments: Sender.allCases)
    func timings(sender: Sender) async throws {
        let transport = sender.transport()

        let (first, second) = try await withScriptedServer { connection in
            try await connection.answerAll()
        } _: { server in
            let request = HTTPRequest(url: server.url, timeout: Patience.long)
            return (try await transport.send(request).timings, try await transport.send(request).timings)
        }

        #expect(first.openedConnection)
        #expect(first.connect >= first.nameLookup)
        #expect(first.firstByte >= first.connect)
        #expect(first.total >= first.firstByte)
        #expect(first.total > .zero)
        #expect(first.tls == .zero)
        #expect(!second.openedConnection)
        #expect(second.total > .zero)
    }

    /// What comes of exactly these bytes, after which the server closes.
    private func response(to bytes: String, over sender: Sender) async throws -> HTTPResponse {
        try await withScriptedServer { connection in
            _ = try await connection.readRequest()
            try await connection.write(bytes)
        } _: { server in
            try await sender.transport().send(HTTPRequest(url: server.url, timeout: Patience.long))
        }
    }
}
