internal import HTTPServer
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// Requests and their answers on one connection.
@Suite(.patient) struct RequestTests {
    @Test("Pipelined requests are answered in their order, never two at once")
    func pipelining() async throws {
        let running = Count()
        let responder: HTTPListener.Responder = { request in
            running.add()
            let others = running.value - 1
            for _ in 0..<10 { await Task.yield() }
            running.add(-1)
            return .text("\(request.path) \(others)")
        }
        try await withListener(responder: responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send((0..<200).map { get("/\($0)") }.joined())
                for number in 0..<200 { #expect(try await connection.response().body == "/\(number) 0") }
            }
        }
    }

    @Test("A client that does not take its answers gets no further ones, and all of them when it reads on")
    func unreadAnswers() async throws {
        let answered = Count()
        let text = String(repeating: "x", count: 1 << 20)
        let responder: HTTPListener.Responder = { request in
            guard request.path == "/large" else { return .text("") }
            answered.add()
            return .text(text)
        }
        try await withListener(responder: responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(String(repeating: get("/large"), count: 64))
                try await withRawConnection(to: rig.url) { other in
                    for _ in 0..<200 {
                        try await other.send(get("/"))
                        _ = try await other.response()
                    }
                }
                #expect(answered.value < 48, "the system's buffers hold a few of them")
                for _ in 0..<64 { #expect(try await connection.response().body.utf8.count == 1 << 20) }
            }
            #expect(answered.value == 64)
        }
    }

    @Test("A body that nobody reads is passed over, and the next request is served")
    func unreadBody() async throws {
        try await withListener(responder: { .text($0.path) }) { rig in
            try await withRawConnection(to: rig.url) { connection in
                let body = String(repeating: "b", count: 3 << 20)
                try await connection.send(get("/a", "Content-Length: \(body.utf8.count)", method: "POST"))
                #expect(try await connection.response().body == "/a", "the answer does not wait for the body")
                try await connection.send(body + get("/b"))
                #expect(try await connection.response().body == "/b")
            }
        }
    }

    @Test("A body is read whole, in pieces or chunks, up to the limit", arguments: [false, true])
    func body(isChunked: Bool) async throws {
        let responder: HTTPListener.Responder = { request in
            do throws(BodyFailure) { return .text("\(try await request.body(upTo: 1_000_000).count)") } catch {
                return OutboundResponse(status: .contentTooLarge, headers: [.connection: "close"])
            }
        }
        try await withListener(responder: responder) { rig in
            for (count, status) in [(0, 200), (10, 200), (1_000_000, 200), (1_000_001, 413)] {
                let response = try await withRawConnection(to: rig.url) { connection in
                    let body = String(repeating: "b", count: count)
                    let field = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(count)"
                    try await connection.send(get("/", field, method: "POST"))
                    if isChunked {
                        let chunk = count == 0 ? "" : "\(String(count, radix: 16))\r\n\(body)\r\n"
                        try? await connection.send(chunk + "0\r\n\r\n")
                    } else {
                        try? await connection.send(body)
                    }
                    return try await connection.response()
                }
                #expect(response.status == status, "\(count) bytes")
                #expect(status != 200 || response.body == "\(count)")
            }
        }
    }

    @Test("HEAD has the head of the answer and no body; 204 and 304 have no length; a date is added once")
    func bodiless() async throws {
        let responder: HTTPListener.Responder = { request in
            switch request.path {
            case "/204": OutboundResponse(status: .noContent)
            case "/304": OutboundResponse(status: .notModified)
            case "/dated": OutboundResponse(status: .ok, headers: [.date: "then"])
            case "/stream":
                OutboundResponse(status: .ok, headers: [:], body: .stream(Pieces(count: 2, bytes: 3)))
            default: .text("hello")
            }
        }
        try await withListener(responder: responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                for path in ["/", "/stream"] {
                    try await connection.send(get(path, method: "HEAD"))
                    let head = try await connection.response(toHead: true)
                    #expect(head.status == 200 && head.headers["content-length"] == (path == "/" ? "5" : nil))
                    #expect(head.headers["date"]?.hasSuffix(" GMT") == true)
                }
                for status in [204, 304] {
                    try await connection.send(get("/\(status)"))
                    let response = try await connection.response(toHead: true)
                    #expect(response.status == status && response.headers["content-length"] == nil)
                }
                try await connection.send(get("/dated"))
                #expect(try await connection.response().headers["date"] == "then")
            }
        }
    }

    @Test("The path is that of the target in any form, without its query (RFC 9112 section 3.2)")
    func targets() async throws {
        let rows = [
            ("/a/b?c=d", "/a/b"), ("/", "/"), ("/a%20b", "/a%20b"), ("http://localhost/a?b", "/a"),
            ("http://localhost", "/"), ("http://localhost?b", "/"), ("*", "*"),
        ]
        try await withListener(responder: { .text("\($0.path) \($0.head.authority ?? "")") }) { rig in
            try await withRawConnection(to: rig.url) { connection in
                for (target, path) in rows {
                    try await connection.send(get(target, method: target == "*" ? "OPTIONS" : "GET"))
                    #expect(try await connection.response().body == "\(path) localhost", "\(target)")
                }
            }
        }
    }

    @Test("The authority of an absolute target counts, whatever Host says (RFC 9112 section 3.2.2)")
    func authority() async throws {
        let rows = [
            ("http://evil.example/a", "evil.example"), ("http://evil.example:81?b", "evil.example:81"),
            ("http://user@localhost/", "user@localhost"), ("/http://evil.example/", "localhost"), ("/", "localhost"),
        ]
        try await withListener(responder: { .text($0.head.authority ?? "") }) { rig in
            try await withRawConnection(to: rig.url) { connection in
                for (target, authority) in rows {
                    try await connection.send(get(target))
                    #expect(try await connection.response().body == authority, "\(target)")
                }
            }
            let old = try await rig.exchange("GET / HTTP/1.0\r\n\r\n")
            #expect(old.hasPrefix("HTTP/1.1 200 "), "HTTP/1.0 knew no Host")
        }
    }

    @Test("Without an answer the connection is cut")
    func cut() async throws {
        try await withListener(responder: { _ in nil }) { rig in
            let answer = try await rig.exchange(get("/"))
            #expect(answer.isEmpty)
        }
    }
}
