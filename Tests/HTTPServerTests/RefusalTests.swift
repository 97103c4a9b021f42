internal import Foundation
internal import HTTPServer
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// What is no request, or comes too slowly.
@Suite(.patient) struct RefusalTests {
    /// Bytes that are not served, and whether it is for their size.
    private static let rows: [(name: String, text: String, isTooLarge: Bool)] = [
        ("a word", "hello\r\n\r\n", false), ("TLS", "\u{16}\u{03}\u{01}\u{02}\u{00}\r\n\r\n", false),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", false), ("HTTP/0.9", "GET /\r\n\r\n", false),
        ("a PROXY line", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + get("/"), false),
        ("a space before the colon", get("/", "X : 1"), false), ("no name", get("/", ": 1"), false),
        ("a NUL", get("/", "X: a\u{00}b"), false), ("a folded value", get("/", "X: a\r\n b"), false),
        ("two lengths", get("/", "Content-Length: 1", "Content-Length: 2", method: "POST") + "ab", false),
        ("a signed length", get("/", "Content-Length: +1", method: "POST") + "a", false),
        (
            "length and chunks",
            get("/", "Content-Length: 5", "Transfer-Encoding: chunked", method: "POST") + "0\r\n\r\n", false
        ),
        (
            "chunks twice",
            get("/", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked", method: "POST") + "0\r\n\r\n", false
        ),
        ("another encoding", get("/", "Transfer-Encoding: cow", method: "POST") + "0\r\n\r\n", false),
        ("a field of 41 KiB", get("/", "X: \(String(repeating: "x", count: 41 << 10))"), true),
        (
            "65 KiB of fields",
            "GET / HTTP/1.1\r\n" + (0..<65).map { "X-\($0): \(String(repeating: "x", count: 1_010))\r\n" }.joined(),
            true
        ),
        ("101 fields", "GET / HTTP/1.1\r\n" + (0..<101).map { "X-\($0): 1\r\n" }.joined() + "\r\n", true),
        ("a target of 1 MiB", "GET /\(String(repeating: "x", count: 1 << 20)) HTTP/1.1\r\n\r\n", true),
    ]

    @Test("What is no request never reaches the responder; its answer is asked for by reason, and ends the connection")
    func unreadable() async throws {
        let served = Count()
        let responder: HTTPListener.Responder = { _ in
            served.add()
            return .text("served")
        }
        func adjust(_ configuration: inout HTTPListener.Configuration) {
            configuration.refusal = { problem in
                OutboundResponse(status: problem == .tooLarge ? .requestHeaderFieldsTooLarge : .badRequest)
            }
        }
        try await withListener(ConnectionLimits(), adjust, responder: responder) { rig in
            for row in Self.rows {
                let answer = try await rig.exchange(row.text)
                let expected = "HTTP/1.1 \(row.isTooLarge ? 431 : 400) "
                // The answer may be lost to a reset where the server has not read all of a large request.
                #expect(
                    answer.hasPrefix(expected) || answer.isEmpty && row.text.utf8.count > 60_000,
                    "\(row.name): \(answer)")
                #expect(answer.isEmpty || answer.contains("Connection: close\r\n"), "\(row.name)")
            }
        }
        #expect(served.value == 0)
    }

    @Test("Behind a request, what is none gets its answer after that of the request")
    func behind() async throws {
        try await withListener(responder: { .text($0.path) }) { rig in
            let answer = try await rig.exchange(get("/first") + "hello\r\n\r\n")
            #expect(answer.contains("/first"))
            #expect(answer.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) } == ["200", "400"])
        }
    }

    @Test("A body in a coding that is not known is 501 (RFC 9112 section 6.1)")
    func encoded() async throws {
        try await withListener(responder: { _ in .text("served") }) { rig in
            let answer = try await rig.exchange(
                get("/", "Transfer-Encoding: gzip, chunked", method: "POST") + "0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 501 ") && answer.contains("Connection: close\r\n"))
        }
    }

    @Test(
        "A request has its time from its first byte on, however it drips",
        arguments: [
            "GET / HT", get("/", "Content-Length: 9", method: "POST") + "x",
        ])
    func arrival(start: String) async throws {
        var limits = ConnectionLimits()
        limits.arrivalTimeout = .milliseconds(300)
        let responder: HTTPListener.Responder = { request in
            do throws(BodyFailure) { _ = try await request.body(upTo: 10) } catch {
                return OutboundResponse(status: error == .late ? .requestTimeout : .badRequest)
            }
            return .text("")
        }
        try await withListener(limits, responder: responder) { rig in
            try await withRawConnection(to: rig.url) { connection in
                try await connection.send(start)
                #expect(try await connection.response().status == 408)
                #expect(await connection.rest().isEmpty)
            }
        }
    }

    @Test("A connection without a request is closed after its time, without a word")
    func idle() async throws {
        var limits = ConnectionLimits()
        limits.idleTimeout = .milliseconds(100)
        try await withListener(limits, responder: { _ in .text("") }) { rig in
            #expect(try await rig.exchange("").isEmpty)
            let answer = try await rig.exchange(get("/"))
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && !answer.contains("Connection"))
        }
    }
}
