internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// What somebody finds who opens the server's address instead of the endpoint's.
@Suite(.serialized, .patient) struct ConnectTests {
    private static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    /// One request on a connection of its own.
    private static func exchange(
        _ server: ServerProcess, _ method: String = "GET", fields: [(String, String)] = [], host: String = "127.0.0.1"
    ) async throws -> RawResponse {
        try await withRawConnection(to: server.baseURL) { connection in
            let lines = ["\(method) / HTTP/1.1", "Host: \(host)"] + fields.map { "\($0.0): \($0.1)" } + ["", ""]
            try await connection.send(lines.joined(separator: "\r\n"))
            return try await connection.response(toHead: method == "HEAD")
        }
    }

    @Test("A browser gets the page, locked down; its policy has no source but the page's own hashes (P-89)")
    func page() async throws {
        try await withDeployment { deployment in
            let answer = try await Self.exchange(deployment.server, fields: [("Accept", Self.browser)])
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/html; charset=utf-8")
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["referrer-policy"] == "no-referrer")
            #expect(answer.headers["cache-control"] == "no-cache")
            #expect(answer.headers["vary"] == "Accept")
            #expect(answer.headers["access-control-allow-origin"] == nil)
            #expect(answer.headers["x-correlation-id"] != nil)
            let policy = try #require(answer.headers["content-security-policy"])
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
            #expect(!policy.contains("unsafe") && !policy.contains("http"))
            #expect(answer.body.contains("<code id=\"address\" aria-labelledby=\"address-label\">"))
            #expect(answer.body.contains("\(deployment.server.baseURL)/mcp"))
            #expect(answer.body.contains("list_jobs") && answer.body.contains("run_now"))
        }
    }

    @Test("Everybody else gets JSON that agrees with the sign-in documents and the tools' listing (A-01, TL-02)")
    func document() async throws {
        let settings = ["MCP_READ_ONLY": "true", "MCP_DOCUMENTATION_URL": "https://wiki.example.com/mcp#start"]
        try await withDeployment(settings) { deployment in
            let answer = try await Self.exchange(deployment.server, fields: [("Accept", "*/*")])
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            let document = try JSONValue.parse(answer.body)
            let client = try deployment.client(user: "alice")
            let address = try #require(document["resource_metadata"]?.text).dropFirst(deployment.server.baseURL.count)
            let metadata = try #require(try await client.get(String(address)).json)
            #expect(document["endpoint"] == metadata["resource"])
            #expect(document["authorization_servers"] == metadata["authorization_servers"])
            #expect(document["scopes"] == metadata["scopes_supported"])
            #expect(document["documentation"] == metadata["resource_documentation"])
            #expect(document["documentation"] == "https://wiki.example.com/mcp#start")
            let listed = try await client.modern("tools/list").result?["tools"]?.array?.compactMap { $0["name"] }
            #expect(document["tools"]?.array == listed)
            #expect(document["read_only"] == true && document["transport"] == "streamable-http")
            let secret = deployment.sandbox.clientSecret
            let page = try await Self.exchange(deployment.server, fields: [("Accept", Self.browser)])
            #expect(!answer.body.contains(secret) && !page.body.contains(secret))
            #expect(page.body.contains("Read-only"))
        }
    }

    @Test("HEAD says what GET would; a known form is not sent again; one form's tag is not the other's")
    func conditional() async throws {
        try await withDeployment { deployment in
            let server = deployment.server
            let accept = ("Accept", Self.browser)
            let page = try await Self.exchange(server, fields: [accept])
            let head = try await Self.exchange(server, "HEAD", fields: [accept])
            let tag = try #require(page.headers["etag"])
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.headers["content-length"] == "\(page.body.utf8.count)")
            #expect(head.headers["etag"] == tag)

            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let answer = try await Self.exchange(server, fields: [accept, ("If-None-Match", known)])
                #expect(answer.status == 304 && answer.body.isEmpty, "\(known)")
                #expect(answer.headers["etag"] == tag && answer.headers["vary"] == "Accept")
                #expect(answer.headers["content-security-policy"] == page.headers["content-security-policy"])
            }
            let other = try await Self.exchange(server, fields: [("If-None-Match", tag)])
            #expect(other.status == 200 && other.headers["etag"] != tag)
        }
    }

    @Test("Other methods and types are refused with the address of the endpoint; foreign hosts are misdirected (T-12)")
    func refusals() async throws {
        try await withDeployment { deployment in
            let server = deployment.server
            for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
                let answer = try await Self.exchange(server, method, fields: [("Content-Length", "0")])
                #expect(answer.status == 405 && answer.headers["allow"] == "GET, HEAD", "\(method)")
                #expect(answer.body.contains("\(server.baseURL)/mcp"))
            }
            let unacceptable = try await Self.exchange(server, fields: [("Accept", "text/event-stream")])
            #expect(unacceptable.status == 406 && unacceptable.body.contains("\(server.baseURL)/mcp"))
            let rebound = try await Self.exchange(server, fields: [("Accept", Self.browser)], host: "evil.example")
            #expect(rebound.status == 421 && !rebound.body.contains("<html"))
        }
    }

    @Test("It is counted under its own route, and is not on the operators' listener (K-23)")
    func route() async throws {
        try await withDeployment { deployment in
            _ = try await Self.exchange(deployment.server, fields: [("Accept", Self.browser)])
            let operators = MCPTestClient(
                baseURL: deployment.server.metricsURL, token: nil, transport: deployment.transport)
            let metrics = String(decoding: try await operators.get("/metrics").http.body, as: UTF8.self)
            #expect(metrics.contains("http_route=\"/\""))
            #expect(try await operators.get("/").http.status == 404)
        }
    }
}
