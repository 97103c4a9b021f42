internal import Guide
internal import HTTPSyntax
internal import JSON
internal import OpenSSL
internal import Testing

extension ServerFacts {
    /// A server as an organisation would deploy it.
    fileprivate static func sample(endpoint: String = "https://jobs-mcp.example.com/mcp") -> ServerFacts {
        ServerFacts(
            name: "azure-databricks-jobs-mcp", title: "Azure Databricks Jobs", version: "0.1.0", endpoint: endpoint,
            metadataURL: "https://jobs-mcp.example.com/.well-known/oauth-protected-resource/mcp",
            authorizationServer: "https://login.microsoftonline.com/7b1c2d3e-0000-4000-8000-0000000000aa/v2.0",
            scopes: ["https://jobs-mcp.example.com/mcp/jobs"], protocolVersions: ["2026-07-28", "2025-11-25"],
            tools: [.init(name: "list_jobs", summary: "Lists jobs"), .init(name: "run_now", summary: "Starts a job")],
            isReadOnly: false, documentationURL: "https://wiki.example.com/jobs-mcp")
    }
}

@Suite struct ConnectPageTests {
    /// Values that no setting lets through today; the page must not depend on that.
    static let hostileValues = [
        #"https://x/"><script>alert(1)</script>"#, "https://x/'onmouseover='alert(1)",
        "https://x/</code></style><img src=x>",
        "https://x/&lt;b&gt;", "https://x/\u{202E}</title>", "javascript:alert(1)//<!--",
    ]

    @Test("Whatever the settings hold becomes text: no value adds a tag or ends an attribute", arguments: hostileValues)
    func escapes(_ value: String) {
        let plain = ConnectPage(.sample()).html.description
        var facts = ServerFacts.sample(endpoint: value)
        facts.title = value
        facts.name = value
        facts.metadataURL = value
        facts.authorizationServer = value
        facts.scopes = [value]
        facts.tools = [.init(name: value, summary: value), .init(name: value, summary: value)]
        facts.documentationURL = value
        let html = ConnectPage(facts).html.description

        #expect(!html.contains(value) || !value.contains { "<>&\"'".contains($0) })
        for mark in ["<", ">", "\"", "'"] {
            #expect(html.count(of: mark) == plain.count(of: mark), "one \(mark) more or less")
        }
    }

    @Test("The policy allows exactly the style and the script that are in the page, and nothing else")
    func policy() throws {
        let page = ConnectPage(.sample())
        let style = try #require(page.html.description.text(between: "<style>", and: "</style>"))
        let script = try #require(page.html.description.text(between: "<script>", and: "</script>"))
        func source(_ text: String) -> String { "'sha256-\(Base64.encode(SHA256.digest(text).bytes))'" }

        #expect(
            page.contentSecurityPolicy
                == "default-src 'none'; style-src \(source(style)); script-src \(source(script)); "
                + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        #expect(page.html.description.count(of: "<style") == 1 && page.html.description.count(of: "<script") == 1)
        for inline in [" style=", " onclick=", "src=\"", "javascript:", "@import", "url("] {
            #expect(!page.html.description.contains(inline), "\(inline) would be blocked or fetched")
        }
    }

    @Test("Links in the page lead to its own sections, to editors, or to https")
    func links() {
        let html = ConnectPage(.sample()).html.description
        for address in html.values(ofAttribute: "href") {
            if address.hasPrefix("#") {
                #expect(html.contains("id=\"\(address.dropFirst())\""), "\(address) leads nowhere")
            } else {
                let schemes = ["https://", "vscode:", "vscode-insiders:", "data:image/svg+xml,"]
                #expect(schemes.contains { address.hasPrefix($0) }, "\(address)")
            }
        }
        #expect(html.contains(#"href="https://wiki.example.com/jobs-mcp""#))
        let copied = html.values(ofAttribute: "data-copy")
        #expect(copied.count == 8 && copied.allSatisfy { html.contains("id=\"\($0)\"") })
        let ids = html.values(ofAttribute: "id")
        #expect(Set(ids).count == ids.count, "an id occurs twice")
    }

    @Test("A server that cannot start jobs says so and offers nothing of the kind (P-88)")
    func readOnly() {
        var facts = ServerFacts.sample()
        #expect(!ConnectPage(facts).html.description.contains("Read-only"))
        facts.isReadOnly = true
        let html = ConnectPage(facts).html.description
        #expect(html.contains("Read-only") && !html.contains("to start one") && !html.contains("Start the"))
    }

    @Test("The page stays small: it is sent to whoever asks")
    func size() { #expect(ConnectPage(.sample()).html.description.utf8.count < 24_000) }

    @Test("Programs get the same facts as JSON; members without a value are left out")
    func document() throws {
        var facts = ServerFacts.sample()
        let expected: JSONValue = [
            "name": "azure-databricks-jobs-mcp", "title": "Azure Databricks Jobs", "version": "0.1.0",
            "endpoint": "https://jobs-mcp.example.com/mcp", "transport": "streamable-http",
            "protocol_versions": ["2026-07-28", "2025-11-25"], "tools": ["list_jobs", "run_now"], "read_only": false,
            "resource_metadata": "https://jobs-mcp.example.com/.well-known/oauth-protected-resource/mcp",
            "authorization_servers": [
                "https://login.microsoftonline.com/7b1c2d3e-0000-4000-8000-0000000000aa/v2.0"
            ],
            "scopes": ["https://jobs-mcp.example.com/mcp/jobs"], "documentation": "https://wiki.example.com/jobs-mcp",
        ]
        #expect(try JSONValue.parse(ConnectDocument.bytes(facts)) == expected)
        facts.documentationURL = nil
        #expect(try JSONValue.parse(ConnectDocument.bytes(facts))["documentation"] == nil)
    }
}

extension String {
    fileprivate func count(of part: String) -> Int { ranges(of: part).count }

    fileprivate func text(between start: String, and end: String) -> String? {
        guard let first = firstRange(of: start), let last = self[first.upperBound...].firstRange(of: end) else {
            return nil
        }
        return String(self[first.upperBound..<last.lowerBound])
    }

    fileprivate func values(ofAttribute name: String) -> [String] {
        ranges(of: " \(name)=\"").map { String(self[$0.upperBound...].prefix { $0 != "\"" }) }
    }
}
