internal import Foundation
internal import HTTPServer
internal import HTTPTypes
internal import TestSupport
internal import Testing

/// What is no request, or comes too slowly.
@Suite(.patient) struct RefusalTests {
    private typealias Reason = UnreadableRequest.Reason

    private static func post(_ fields: String..., body: String = "0\r\n\r\n") -> String {
        get("/", fields.joined(separator: "\r\n"), method: "POST") + body
    }

    /// Bytes that are not served, and what they are.
    private static let rows: [(name: String, text: String, reason: UnreadableRequest.Reason)] = [
        ("a word", "hello\r\n\r\n", .requestLine), ("HTTP/0.9", "GET /\r\n\r\n", .version),
        ("no path", "GET HTTP/1.1\r\n\r\n", .requestLine),
        ("a space in the path", "GET /a b HTTP/1.1\r\n\r\n", .requestLine),
        ("TLS", "\u{16}\u{03}\u{01}\u{02}\u{00}\r\n\r\n", .tls), ("the first byte of TLS", "\u{16}", .tls),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .http2),
        ("a request of HTTP/2", "GET / HTTP/2.0\r\n\r\n", .version),
        ("a PROXY line", "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + get("/"), .proxyLine),
        ("PROXY, version 2", "\r\n\r\n\0\r\nQUIT\n\u{21}\u{11}\0\u{0C}", .proxyLine),
        ("a space before the colon", get("/", "X-A : 1"), .blankBeforeColon),
        ("a tab before the colon", get("/", "X-A\t: 1"), .blankBeforeColon),
        ("a space before the colon, behind others", get("/", "X: y", "Accept: */*", "Host-X : 1"), .blankBeforeColon),
        ("no name", get("/", ": 1"), .field), ("a space in a name", get("/", "Bad Name: 1"), .field),
        ("no colon", get("/", "nonsense"), .field), ("a folded value", get("/", "X: a\r\n b"), .field),
        ("a NUL", get("/", "X: a\u{00}b"), .controlCharacter),
        ("an escape", get("/", "X: \u{1B}[2J"), .controlCharacter),
        ("a DEL in a name", get("/", "X\u{7F}: 1"), .controlCharacter),
        ("a control character in the path", "GET /\u{01} HTTP/1.1\r\n\r\n", .controlCharacter),
        ("two lengths", post("Content-Length: 1", "Content-Length: 2"), .contentLength),
        ("a length twice (RFC 9110 section 8.6)", post("Content-Length: 1", "Content-Length: 1"), .contentLength),
        ("a list of lengths", post("Content-Length: 1, 1"), .contentLength),
        ("a signed length", post("Content-Length: +1"), .contentLength),
        ("length and chunks", post("Content-Length: 5", "Transfer-Encoding: chunked"), .transferEncoding),
        ("chunks and length", post("Transfer-Encoding: chunked", "Content-Length: 5"), .contentLength),
        ("chunks twice", post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), .transferEncoding),
        ("another encoding", post("Transfer-Encoding: cow"), .transferEncoding),
        ("chunks before another encoding", post("Transfer-Encoding: chunked, gzip"), .transferEncoding),
        ("gzip and chunks", post("Transfer-Encoding: gzip, chunked"), .unknownCoding),
        ("no Host (RFC 9112 section 3.2)", "GET / HTTP/1.1\r\n\r\n", .host),
        ("no Host, absolute form", "GET http://localhost/ HTTP/1.1\r\n\r\n", .host),
        ("Host twice", get("/", "Host: localhost"), .host), ("two Hosts", get("/", "host: evil.example"), .host),
        ("two Hosts of HTTP/1.0", get("/", "Host: evil.example", version: "1.0"), .host),
        ("a field of 41 KiB", get("/", "X: \(String(repeating: "x", count: 41 << 10))"), .tooLarge),
        (
            "65 KiB of fields",
            "GET / HTTP/1.1\r\n" + (0..<65).map { "X-\($0): \(String(repeating: "x", count: 1_010))\r\n" }.joined(),
            .tooLarge
        ),
        ("101 fields", "GET / HTTP/1.1\r\n" + (0..<101).map { "X-\($0): 1\r\n" }.joined() + "\r\n", .tooLarge),
        ("a target of 41 KiB", get("/\(String(repeating: "x", count: 41 << 10))"), .tooLarge),
        ("a target of 1 MiB", "GET /\(String(repeating: "x", count: 1 << 20)) HTTP/1.1\r\n\r\n", .tooLarge),
        ("a token of 65 KiB", get("/", "Authorization: \(String(repeating: "x", count: 65 << 10))"), .tooLarge),
    ]

    @Test("What is no request never reaches the responder; its answer is asked for by reason, and ends the connection")
    func unreadable() async throws {
        let served = Count()
        let responder: HTTPListener.Responder = { _ in
            served.add()
            return .text("served")
        }
        func adjust(_ configuration: inout HTTPListener.Configuration) {
            configuration.refusal = { request in
                OutboundResponse(status: request.status, body: Array(request.reason.rawValue.utf8))
            }
        }
        try await withListener(ConnectionLimits(), adjust, responder: responder) { rig in
            for row in Self.rows {
                let answer = try await rig.exchange(row.text)
                let status = UnreadableRequest(row.reason).status.code
                // The answer may be lost to a reset where the server has not read all of a large request.
                #expect(
                    answer.hasPrefix("HTTP/1.1 \(status) ") && answer.hasSuffix("\r\n\r\n\(row.reason.rawValue)")
                        || answer.isEmpty && row.text.utf8.count > 60_000,
                    "\(row.name): \(answer)")
                #expect(answer.isEmpty || answer.contains("Connection: close\r\n"), "\(row.name)")
            }
        }
        #expect(served.value == 0)
    }

    @Test("Every reason has a status of its kind and a sentence")
    func words() {
        for reason in Reason.allCases {
            let request = UnreadableRequest(reason)
            #expect([400, 408, 431, 501].contains(request.status.code), "\(reason)")
            #expect(request.explanation.count > 20 && !request.explanation.hasSuffix("."), "\(reason)")
        }
    }

    @Test("Credentials may be longer than a field, as far as all fields may: whoever judges them refuses them")
    func credentials() async throws {
        let responder: HTTPListener.Responder = { .text("\($0.headers[.authorization]?.utf8.count ?? 0)") }
        try await withListener(responder: responder) { rig in
            let answer = try await rig.exchange(
                get("/", "Authorization: \(String(repeating: "x", count: 42_000))", "Connection: close"))
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("42000"))
        }
    }

    @Test("Of what could be parsed, the header fields are told, and HEAD gets no body")
    func parsed() async throws {
        func adjust(_ configuration: inout HTTPListener.Configuration) {
            configuration.refusal = { request in
                let name = HTTPField.Name("X-Request-ID").flatMap { request.headers[$0] }
                return OutboundResponse(status: request.status, body: Array((name ?? "none").utf8))
            }
        }
        try await withListener(ConnectionLimits(), adjust, responder: { _ in .text("served") }) { rig in
            let fields = ["Host: again", "X-Request-ID: r-7"].joined(separator: "\r\n")
            #expect(try await rig.exchange(get("/", fields)).hasSuffix("\r\n\r\nr-7"))
            let head = try await rig.exchange(get("/", fields, method: "HEAD"))
            #expect(head.hasPrefix("HTTP/1.1 400 ") && head.hasSuffix("\r\n\r\n"))
        }
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
