internal import HTTPTypes
internal import JSON
internal import MCP
internal import Testing

@Suite struct OriginPolicyTests {
    private static let url = "https://Jobs-MCP.example.com/mcp"

    @Test(
        "Judges origins exactly (T-10, T-11)",
        arguments: [
            ([], .absent), (["https://jobs-mcp.example.com"], .allowed("https://jobs-mcp.example.com")),
            (["https://jobs-mcp.example.com:443"], .allowed("https://jobs-mcp.example.com:443")),
            (["HTTPS://JOBS-MCP.EXAMPLE.COM"], .allowed("HTTPS://JOBS-MCP.EXAMPLE.COM")),
            (["http://jobs-mcp.example.com"], .refused("http://jobs-mcp.example.com")),
            (["https://jobs-mcp.example.com:444"], .refused("https://jobs-mcp.example.com:444")),
            (["https://jobs-mcp.example.com.evil.example"], .refused("https://jobs-mcp.example.com.evil.example")),
            (["https://evil-jobs-mcp.example.com"], .refused("https://evil-jobs-mcp.example.com")),
            (["https://x.jobs-mcp.example.com"], .refused("https://x.jobs-mcp.example.com")),
            (["null"], .refused("null")), ([""], .refused("")), (["*"], .refused("*")),
            (["jobs-mcp.example.com"], .refused("jobs-mcp.example.com")), (["https://"], .refused("https://")),
            (["https://jobs-mcp.example.com/"], .refused("https://jobs-mcp.example.com/")),
            (["https://user@jobs-mcp.example.com"], .refused("https://user@jobs-mcp.example.com")),
            (["https://jobs-mcp.example.com:"], .refused("https://jobs-mcp.example.com:")),
            (["https://jobs-mcp.example.com:0"], .refused("https://jobs-mcp.example.com:0")),
            (["https://jobs-mcp.example.com:x"], .refused("https://jobs-mcp.example.com:x")),
            (
                ["https://jobs-mcp.example.com", "https://jobs-mcp.example.com"],
                .allowed("https://jobs-mcp.example.com")
            ),
            (
                ["https://jobs-mcp.example.com, https://jobs-mcp.example.com"],
                .allowed("https://jobs-mcp.example.com")
            ),
            (
                ["https://jobs-mcp.example.com", "https://extra.example:8443"],
                .refused("https://jobs-mcp.example.com, https://extra.example:8443")
            ),
            (["https://extra.example:8443"], .allowed("https://extra.example:8443")),
            (["https://extra.example"], .refused("https://extra.example")),
            (["http://localhost:8000"], .allowed("http://localhost:8000")),
            (["http://[::1]:8000"], .allowed("http://[::1]:8000")),
            (["http://127.0.0.1:8000"], .allowed("http://127.0.0.1:8000")),
            (["http://localhost:8001"], .refused("http://localhost:8001")),
            (["http://localhost"], .refused("http://localhost")),
            (["https://localhost:8000"], .refused("https://localhost:8000")),
            (["http://[::2]:8000"], .refused("http://[::2]:8000")),
            (["https://evil.example"], .refused("https://evil.example")),
        ] as [([String], OriginPolicy.Verdict)])
    func judges(_ values: [String], _ verdict: OriginPolicy.Verdict) throws {
        let policy = try OriginPolicy(publicURL: Self.url, extras: ["https://extra.example:8443"], loopbackPort: 8_000)
        #expect(policy.judge(values) == verdict)
    }

    @Test("Loopback pages are foreign to a server that is not bound to loopback")
    func notLoopback() throws {
        #expect(
            try OriginPolicy(publicURL: Self.url).judge(["http://localhost:8000"]) == .refused("http://localhost:8000"))
    }

    @Test(
        "Refuses configuration it cannot read",
        arguments: ["", "*", "example.com", "https://example.com/path", "https://"])
    func configuration(_ value: String) {
        let error = #expect(throws: InvalidAddress.self) { try OriginPolicy(publicURL: Self.url, extras: [value]) }
        #expect(error?.value == value)
    }

    @Test("The refusal is a JSON-RPC error without an id (T-10)")
    func refusal() throws {
        #expect(OriginPolicy.refusal.status == .forbidden)
        #expect(
            OriginPolicy.refusal.json == [
                "jsonrpc": "2.0", "id": nil, "error": ["code": -32600, "message": "Origin not allowed"],
            ])
        #expect(HostPolicy.refusal.status.code == 421)
    }

    @Test("Preflight names what a page may send (T-15)")
    func preflight() throws {
        let reply = OriginPolicy.preflight(for: "https://extra.example")
        #expect(reply.status == .noContent && reply.body.isEmpty)
        #expect(reply.headers[.accessControlAllowOrigin] == "https://extra.example" && reply.headers[.vary] == "Origin")
        #expect(reply.headers[.accessControlAllowMethods] == "POST")
        #expect(reply.headers[.accessControlAllowHeaders]?.contains("mcp-protocol-version") == true)
        #expect(reply.headers[.accessControlExposeHeaders] == "WWW-Authenticate, X-Correlation-ID, Retry-After")
        #expect(reply.headers[.accessControlAllowCredentials] == nil)
    }
}

@Suite struct HostPolicyTests {
    @Test(
        "Knows its names (T-12)",
        arguments: [
            ("jobs-mcp.example.com", true), ("JOBS-MCP.EXAMPLE.COM", true), ("jobs-mcp.example.com:443", true),
            ("jobs-mcp.example.com:80", false), ("jobs-mcp.example.com:8000", false), ("evil.example", false),
            ("jobs-mcp.example.com.evil.example", false), ("app.internal", true), ("app.internal:9000", true),
            ("other.internal:9000", true), ("other.internal", false), ("localhost", false), ("127.0.0.1:8000", false),
            ("", false), (nil, false), ("jobs-mcp.example.com:", false), ("jobs-mcp.example.com:443:1", false),
            ("user@jobs-mcp.example.com", false), ("jobs-mcp.example.com/x", false), ("[::1]", false), ("[", false),
        ] as [(String?, Bool)])
    func names(_ host: String?, _ isAllowed: Bool) throws {
        let policy = try HostPolicy(
            publicURL: "https://jobs-mcp.example.com/mcp", extras: ["app.internal", "other.internal:9000"])
        #expect(policy.allows(host) == isAllowed)
    }

    @Test(
        "Bound to loopback, its names are loopback's",
        arguments: [
            ("localhost:8000", true), ("localhost", true), ("127.0.0.1:1", true), ("[::1]:8000", true),
            ("127.0.0.2", true), ("[0:0:0:0:0:0:0:1]", true),
            ("127.evil.example", false), ("localhost.evil.example", false), ("[::2]", false),
        ])
    func loopback(_ host: String, _ isAllowed: Bool) throws {
        let policy = try HostPolicy(publicURL: "http://localhost:8000", isLoopback: true)
        #expect(policy.allows(host) == isAllowed)
    }

    @Test("A public URL with a port wants that port")
    func explicitPort() throws {
        let policy = try HostPolicy(publicURL: "https://jobs.example:8443")
        #expect(
            policy.allows("jobs.example:8443") && !policy.allows("jobs.example") && !policy.allows("jobs.example:443"))
    }
}
