internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// HTTP as clients and proxies speak it, and what an operator reads of who was not let in.
@Suite(.serialized, .patient) struct FrontDoorTests {
    private static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    /// One request on a connection of its own, with `Host` unless it is among the fields.
    private static func exchange(
        _ deployment: Deployment, _ method: String = "POST", _ path: String = "/mcp",
        _ fields: [(String, String)] = [], body: String = ""
    ) async throws -> RawResponse {
        var lines = ["\(method) \(path) HTTP/1.1"]
        if !fields.contains(where: { $0.0 == "Host" }) { lines.append("Host: 127.0.0.1") }
        lines += fields.map { "\($0.0): \($0.1)" } + ["Content-Length: \(body.utf8.count)", "", ""]
        let text = lines.joined(separator: "\r\n") + body
        return try await withRawConnection(to: deployment.server.baseURL) { connection in
            try await connection.send(text)
            return try await connection.response(toHead: method == "HEAD")
        }
    }

    private static func accessLine(_ deployment: Deployment, of response: RawResponse) async throws -> JSONValue {
        let id = try #require(response.headers["x-correlation-id"])
        return try await deployment.server.log.record("the access line") {
            $0["message"] == "request answered" && $0["correlation_id"]?.text == id
        }
    }

    // MARK: - Copies

    @Test("Every field that may stand once is served in copies: in fields of their own, and joined by a comma")
    func copies() async throws {
        try await withDeployment { deployment in
            let id = "00000000-0000-4000-8000-0000000000aa"
            let trace = "0af7651916cd43dd8448eb211c80319c"
            let single = [
                ("Authorization", "Bearer \(try deployment.sandbox.token(user: "alice"))"),
                ("Content-Type", "application/json"), ("MCP-Protocol-Version", "2025-11-25"),
                ("Origin", deployment.server.baseURL), ("Accept", "application/json, text/event-stream"),
                ("X-Correlation-ID", id), ("traceparent", "00-\(trace)-00f067aa0ba902b7-01"), ("Mcp-Method", "ping"),
            ]
            let twice = single.flatMap { [$0, $0] }
            let joined = single.map { ($0.0, "\($0.1), \($0.1)") }
            for fields in [twice, joined] {
                let response = try await Self.exchange(deployment, fields: fields, body: HostileRequest.ping)
                #expect(response.status == 200 && response.headers["x-correlation-id"] == id, "\(response)")
                #expect(response.headers["access-control-allow-origin"] == deployment.server.baseURL)
                let line = try await Self.accessLine(deployment, of: response)
                #expect(line["trace_id"]?.text == trace)
            }
        }
    }

    private static func exchange(
        _ deployment: Deployment, fields: [(String, String)], body: String
    ) async throws -> RawResponse { try await exchange(deployment, "POST", "/mcp", fields, body: body) }

    @Test("params that are null are none")
    func nullParameters() async throws {
        try await withDeployment { deployment in
            let client = try deployment.client(user: "alice")
            for method in ["ping", "tools/list"] {
                #expect(try await client.legacy(method, .null).result != nil, "\(method)")
            }
        }
    }

    // MARK: - What is no request

    @Test(
        "What is no request gets JSON, an identifier, one record and a count by reason; of many, ten records a minute")
    func unreadable() async throws {
        try await withDeployment { deployment in
            let rows: [(text: String, status: Int, reason: String)] = [
                ("\u{16}\u{03}\u{01}", 400, "tls"), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "http2"),
                ("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n", 400, "proxy_line"),
                ("GET / HTTP/1.1\r\nX-A : b\r\n\r\n", 400, "blank_before_colon"),
                ("GET /healthz HTTP/1.1\r\n\r\n", 400, "host"),
                ("GET / HTTP/1.1\r\nHost: a\r\nX: \u{07}\r\n\r\n", 400, "control_character"),
                ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 41_000))\r\n\r\n", 431, "too_large"),
            ]
            for base in [deployment.server.baseURL, deployment.server.metricsURL] {
                for row in rows {
                    let answer = try await withRawConnection(to: base) { connection in
                        try await connection.send(row.text)
                        return try await connection.response()
                    }
                    let json = try JSONValue.parse(answer.body)
                    let id = try #require(answer.headers["x-correlation-id"])
                    #expect(answer.status == row.status && json["error"]?["data"]?["error"]?.text == row.reason)
                    #expect(json["error_description"] == json["error"]?["message"])
                    let record = try await deployment.server.log.record("the record of \(row.reason)") {
                        $0["message"] == "request could not be read" && $0["correlation_id"]?.text == id
                    }
                    #expect(
                        record["refusal_reason"]?.text == row.reason && record["problem"] == json["error_description"])
                }
            }
            for _ in 0..<12 {
                try await withRawConnection(to: deployment.server.baseURL) { connection in
                    try await connection.send("\u{16}\u{03}\u{01}")
                    _ = try await connection.response()
                }
            }
            let operators = MCPTestClient(
                baseURL: deployment.server.metricsURL, token: nil, transport: deployment.transport)
            let metrics = try Exposition(
                String(decoding: try await operators.get("/metrics").http.body, as: UTF8.self), isOpenMetrics: false)
            let name = "http_server_unreadable_requests_total"
            let series = metrics.family(name)?.samples ?? []
            #expect(series.first { $0.labels["reason"] == "tls" }?.value == 14)
            #expect(series.first { $0.labels["reason"] == "late" }?.value == 0)
            let records = deployment.server.log.records.filter {
                $0["message"] == "request could not be read" && $0["refusal_reason"] == "tls"
            }
            #expect(records.count == 10)
        }
    }

    @Test("A token beyond what a field may hold is told so by the one who reads tokens")
    func largeToken() async throws {
        try await withDeployment { deployment in
            let token = ("Authorization", "Bearer \(String(repeating: "a", count: 42_000))")
            let response = try await Self.exchange(deployment, fields: [token], body: "")
            #expect(response.status == 401)
            #expect(response.headers["www-authenticate"]?.contains("The access token is too large") == true)
            #expect(try await Self.accessLine(deployment, of: response)["refusal_reason"] == "too_large")
        }
    }

    // MARK: - Wrong addresses

    @Test(
        "A client with a wrong address reads the right one, and so does the operator",
        arguments: ["/mcp/", "//mcp", "/sse", "/mcp/sse", "/messages", "/MCP", "/api/mcp", "/mcp/v1", "/message?x=1"])
    func wrongAddress(path: String) async throws {
        try await withDeployment { deployment in
            for method in ["GET", "POST"] {
                let response = try await Self.exchange(deployment, method, path, [("Accept", "text/event-stream")])
                #expect(response.status == 404)
                let json = try JSONValue.parse(response.body)
                let sentence = "The MCP endpoint is \(deployment.server.baseURL)/mcp"
                #expect(json["error"]?["message"]?.text == sentence && json["error_description"]?.text == sentence)
                let line = try await Self.accessLine(deployment, of: response)
                #expect(line["level"] == "info" && line["refusal_field"] == "path")
                #expect(line["refusal_value"]?.text == String(path.prefix { $0 != "?" }))
            }
        }
    }

    @Test("A browser that opens the endpoint reads how to connect; whoever has a token or another wish does not")
    func browserAtEndpoint() async throws {
        try await withDeployment { deployment in
            let page = try await Self.exchange(deployment, "GET", "/mcp", [("Accept", Self.browser)])
            #expect(page.status == 401 && page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.headers["www-authenticate"]?.hasPrefix("Bearer scope=") == true)
            #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
            #expect(page.body.contains("<html") && page.body.contains("\(deployment.server.baseURL)/mcp"))
            let head = try await Self.exchange(deployment, "HEAD", "/mcp", [("Accept", Self.browser)])
            #expect(head.headers["content-length"] == page.headers["content-length"])

            let token = ("Authorization", "Bearer x.y.z")
            let own = ("Authorization", "Bearer \(try deployment.sandbox.token(user: "alice"))")
            let rows: [(String, [(String, String)], Int)] = [
                ("GET", [("Accept", "text/event-stream")], 401), ("GET", [("Accept", "*/*")], 401), ("GET", [], 401),
                ("GET", [("Accept", Self.browser), token], 401), ("POST", [("Accept", Self.browser)], 401),
                ("GET", [("Accept", Self.browser), own], 405), ("GET", [("Accept", "text/event-stream"), own], 405),
            ]
            for (method, fields, status) in rows {
                let response = try await Self.exchange(deployment, method, "/mcp", fields)
                #expect(response.status == status && !response.body.contains("<html"), "\(method) \(fields)")
            }
        }
    }

    @Test("A page of an allowed origin may send and read what calls need, and asks once in two hours")
    func preflight() async throws {
        try await withDeployment { deployment in
            let origin = ("Origin", deployment.server.baseURL)
            let response = try await Self.exchange(deployment, "OPTIONS", "/mcp", [origin])
            #expect(response.status == 204 && response.headers["access-control-max-age"] == "7200")
            let allowed = try #require(response.headers["access-control-allow-headers"])
            for name in ["traceparent", "tracestate", "x-correlation-id", "mcp-protocol-version", "authorization"] {
                #expect(allowed.contains(name), "\(name)")
            }
            let refused = try await Self.exchange(deployment, "POST", "/mcp", [origin])
            #expect(
                refused.headers["access-control-expose-headers"] == "WWW-Authenticate, X-Correlation-ID, Retry-After")
        }
    }
}
