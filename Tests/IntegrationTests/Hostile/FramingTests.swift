internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// What is wrong with the bytes around a message: framing, sizes, time (H-01, T-04).
@Suite(.serialized, .patient) struct FramingTests {
    private static let ping = HostileRequest.ping
    private static let length = "Content-Length: \(ping.utf8.count)"

    private static func head(_ token: String, _ fields: [String]) -> String {
        (["POST /mcp HTTP/1.1", "Host: 127.0.0.1", "Authorization: Bearer \(token)", "Content-Type: application/json"]
            + fields + ["", ""]).joined(separator: "\r\n")
    }

    @Test("No answer to HEAD has a body, which would be taken for the next answer; RFC 9110 section 9.3.2")
    func headHasNoBody() async throws {
        try await withDeployment { deployment in
            for base in [deployment.server.baseURL, deployment.server.metricsURL] {
                try await withRawConnection(to: base) { connection in
                    let paths = ["/mcp", "/healthz", "/readyz", "/metrics", "/nowhere"]
                    for path in paths + ["/.well-known/oauth-protected-resource"] {
                        for method in ["HEAD", "GET"] {
                            try await connection.send("\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                            let response = try await connection.response(toHead: method == "HEAD")
                            #expect(response.status >= 200, "\(method) \(path)")
                            #expect(response.headers["content-length"].flatMap(Int.init) ?? 0 > 0, "\(method) \(path)")
                        }
                    }
                }
            }
        }
    }

    @Test("Bytes that are no HTTP request get 400 or 431, or no answer at all, and the connection ends")
    func noRequests() async throws {
        try await withDeployment { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            let rows: [(String, String)] = [
                ("a word", "hello\r\n\r\n"), ("a TLS greeting", "\u{16}\u{03}\u{01}\u{02}\u{00}\u{01}\u{00}\r\n\r\n"),
                ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ("HTTP/0.9", "GET /mcp\r\n\r\n"),
                ("HTTP/9.9", "GET /mcp HTTP/9.9\r\n\r\n"), ("no path", "POST HTTP/1.1\r\n\r\n"),
                ("a space in the path", "POST /m cp HTTP/1.1\r\nHost: localhost\r\n\r\n"),
                ("a space in a name", Self.head(token, ["Bad Name: 1", Self.length]) + Self.ping),
                ("an empty name", Self.head(token, [": 1", Self.length]) + Self.ping),
                ("a NUL in a value", Self.head(token, ["X: a\u{00}b", Self.length]) + Self.ping),
                ("a folded value", Self.head(token, ["X: a\r\n b", Self.length]) + Self.ping),
                ("a negative length", Self.head(token, ["Content-Length: -1"]) + Self.ping),
                ("a length in words", Self.head(token, ["Content-Length: ten"]) + Self.ping),
                ("two lengths", Self.head(token, [Self.length, "Content-Length: 1"]) + Self.ping),
                ("length and chunks", Self.head(token, [Self.length, "Transfer-Encoding: chunked"]) + Self.ping),
                ("an unknown encoding", Self.head(token, ["Transfer-Encoding: cow"]) + Self.ping),
                ("a chunk size in words", Self.head(token, ["Transfer-Encoding: chunked"]) + "zz\r\n"),
                ("a chunk of 2^64 bytes", Self.head(token, ["Transfer-Encoding: chunked"]) + "ffffffffffffffff0\r\n"),
                ("101 header fields", Self.head(token, (0..<97).map { "X-\($0): 1" } + [Self.length]) + Self.ping),
                ("a field of 41 KiB", Self.head(token, ["X: \(String(repeating: "x", count: 41 << 10))"])),
                ("a token of 64 KiB", Self.head(String(repeating: "a", count: 64 << 10), [Self.length]) + Self.ping),
                (
                    "65 KiB of fields",
                    Self.head(token, (0..<65).map { "X-\($0): \(String(repeating: "x", count: 1_000))" }) + Self.ping
                ),
                ("a path of 1 MiB", "GET /\(String(repeating: "x", count: 1 << 20)) HTTP/1.1\r\n\r\n"),
            ]
            for (name, text) in rows {
                let answer = try await withRawConnection(to: deployment.server.baseURL) { connection in
                    // A server that has seen enough may reset the connection before the last byte is sent.
                    try? await connection.send(text)
                    return await connection.rest()
                }
                let statuses = ["400", "431"].map { "HTTP/1.1 \($0) " }
                #expect(answer.isEmpty || statuses.contains(where: answer.hasPrefix), "\(name): \(answer.prefix(200))")
                #expect(!answer.contains("result"), "\(name) was served")
            }
            #expect(try await deployment.client(token: token).legacy("ping").http.status == 200)
        }
    }

    @Test("99 fields, a field of 39 KiB and a chunked body are served (H-01)")
    func atTheEdge() async throws {
        try await withDeployment { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            for fields in [(0..<94).map { "X-\($0): 1" }, ["X: \(String(repeating: "x", count: 39 << 10))"]] {
                try await withRawConnection(to: deployment.server.baseURL) { connection in
                    try await connection.send(Self.head(token, fields + [Self.length]) + Self.ping)
                    #expect(try await connection.response().status == 200)
                }
            }
            try await withRawConnection(to: deployment.server.baseURL) { connection in
                try await connection.send(Self.head(token, ["Transfer-Encoding: chunked"]))
                for byte in Self.ping { try await connection.send("1\r\n\(byte)\r\n") }
                try await connection.send("0\r\n\r\n")
                #expect(try await connection.response().status == 200)
            }
        }
    }

    @Test("Pipelined requests are answered one after the other, in their order")
    func pipelined() async throws {
        try await withDeployment { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            try await withRawConnection(to: deployment.server.baseURL) { connection in
                let requests = (0..<50).map { number -> String in
                    let body = #"{"jsonrpc":"2.0","id":\#(number),"method":"ping"}"#
                    return Self.head(token, ["Content-Length: \(body.utf8.count)"]) + body
                }
                try await connection.send(requests.joined())
                for number in 0..<50 {
                    #expect(try await connection.response().body == #"{"jsonrpc":"2.0","id":\#(number),"result":{}}"#)
                }
            }
        }
    }

    @Test("A body of exactly the limit is read; one byte more is 413, announced or not (T-04, H-01)")
    func size() async throws {
        try await withDeployment(["MCP_MAX_BODY_BYTES": "4096"]) { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            func padded(_ count: Int) -> String {
                Self.ping + String(repeating: " ", count: count - Self.ping.utf8.count)
            }
            let rows: [(String, String, Int)] = [
                (Self.head(token, ["Content-Length: 4096"]), padded(4_096), 200),
                (Self.head(token, ["Content-Length: 4097"]), padded(4_097), 413),
                (Self.head(token, ["Content-Length: 99999999999"]), "", 413),
                (Self.head(token, ["Transfer-Encoding: chunked"]), "1000\r\n\(padded(4_096))\r\n0\r\n\r\n", 200),
                (Self.head(token, ["Transfer-Encoding: chunked"]), "1001\r\n\(padded(4_097))\r\n0\r\n\r\n", 413),
            ]
            for (head, body, status) in rows {
                try await withRawConnection(to: deployment.server.baseURL) { connection in
                    try await connection.send(head + body)
                    let response = try await connection.response()
                    #expect(response.status == status)
                    guard status == 413 else { return }
                    #expect(
                        response.headers["connection"] == "close" && response.headers["cache-control"] == "no-store")
                }
            }
        }
    }

    @Test("The setting for the size of a body may also be above its default (T-04)")
    func largeBodies() async throws {
        try await withDeployment(["MCP_MAX_BODY_BYTES": "6291456"]) { deployment in
            let padding = String(repeating: " ", count: 5 << 20)
            let answer = try await deployment.client(user: "alice").post(bytes: Array((Self.ping + padding).utf8))
            #expect(answer.http.status == 200 && answer.result == [:])
        }
    }

    @Test("A body that takes too long is 408, also when it drips, and also without a token (H-01)")
    func slow() async throws {
        try await withDeployment(["MCP_ARRIVAL_TIMEOUT_SECONDS": "1"]) { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            try await withRawConnection(to: deployment.server.baseURL) { connection in
                try await connection.send(Self.head(token, ["Content-Length: 1000"]) + "{")
                let response = try await connection.response()
                #expect(response.status == 408 && response.headers["connection"] == "close")
                #expect(await connection.rest().isEmpty)
            }
            try await withRawConnection(to: deployment.server.baseURL) { connection in
                try await connection.send(Self.head("x.y.z", ["Content-Length: 1000"]) + "{")
                #expect(try await connection.response().status == 401, "a refusal does not wait for the body")
                #expect(await connection.rest().isEmpty, "and the rest of it is not waited for long")
            }
            #expect(try await deployment.client(token: token).legacy("ping").http.status == 200)
        }
    }
}
