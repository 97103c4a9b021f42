internal import Auth
internal import JSON
internal import Testing

@Suite(.quietLog) struct ProtectedResourceMetadataTests {
    private func metadata(
        _ base: String = "https://jobs-mcp.example.com",
        appIDURI: String = "api://3c1b6f0a-52a7-4d0e-8a35-6f1f0c7f2b90",
        scopes: [String] = ["jobs"]
    ) throws -> ProtectedResourceMetadata {
        ProtectedResourceMetadata(
            baseURL: try #require(PublicURL(base)),
            authorizationServer: "https://login.microsoftonline.com/8f6f7a2e-0c1d-4b6e-9a57-2d4c1e0b9a11/v2.0",
            appIDURI: appIDURI,
            requiredScopes: scopes)
    }

    @Test("Is the document that clients look for (A-02, E-130, E-134)")
    func document() throws {
        let expected =
            #"{"resource":"https://jobs-mcp.example.com/mcp","#
            + #""authorization_servers":["https://login.microsoftonline.com/8f6f7a2e-0c1d-4b6e-9a57-2d4c1e0b9a11/v2.0"],"#
            + #""scopes_supported":["api://3c1b6f0a-52a7-4d0e-8a35-6f1f0c7f2b90/jobs"],"#
            + #""bearer_methods_supported":["header"],"resource_name":"Azure Databricks Jobs MCP server"}"#
        #expect(String(decoding: try metadata().document, as: UTF8.self) == expected)
    }

    @Test("Lies at the path that clients derive, and at the root (A-01, A-03)")
    func paths() throws {
        let plain = try metadata()
        #expect(plain.metadataURL == "https://jobs-mcp.example.com/.well-known/oauth-protected-resource/mcp")
        #expect(
            plain.paths == ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"])
        let below = try metadata("https://example.com/tools/")
        #expect(below.resource == "https://example.com/tools/mcp")
        #expect(below.metadataURL == "https://example.com/.well-known/oauth-protected-resource/tools/mcp")
    }

    @Test("Qualifies every scope with the App ID URI (E-131, E-133)")
    func scopes() throws {
        let metadata = try metadata(appIDURI: "https://jobs-mcp.example.com/mcp", scopes: ["jobs", "runs"])
        #expect(metadata.scope == "https://jobs-mcp.example.com/mcp/jobs https://jobs-mcp.example.com/mcp/runs")
        #expect(!metadata.scope.contains("offline_access"))
    }

    @Test("Warns when Entra ID may refuse what clients will send (E-132)")
    func warning() throws {
        let metadata = try metadata()
        #expect(
            metadata.summary == "advertised resource=https://jobs-mcp.example.com/mcp "
                + "scope=api://3c1b6f0a-52a7-4d0e-8a35-6f1f0c7f2b90/jobs")
        #expect(metadata.warning?.contains("AADSTS9010010") == true)
        #expect(try self.metadata(appIDURI: "https://jobs-mcp.example.com/mcp").warning == nil)
    }

    @Test(
        "Writes a base URL in one spelling (E-130)",
        arguments: [
            ("https://Jobs.Example.COM", "https://jobs.example.com"), ("HTTPS://h/", "https://h"),
            ("https://h:443", "https://h"), ("http://h:80/", "http://h"), ("https://h:8443//", "https://h:8443"),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"), ("http://[::1]:8000/x/", "http://[::1]:8000/x"),
            ("https://h/A/b", "https://h/A/b"),
        ])
    func baseURL(text: String, expected: String) {
        #expect(PublicURL(text)?.description == expected)
    }

    @Test(
        "Refuses what is no base URL",
        arguments: [
            "", "h", "h:8000", "ftp://h", "https://", "https:///x", "https://u@h", "https://h?q", "https://h#f",
            "https://h/\"", "https://h x", "https://h:0", "https://h:99999", "https://h:", "https://h//x", "https://é",
            "https://[::1", "https://[]",
        ])
    func badBaseURL(text: String) {
        #expect(PublicURL(text) == nil)
    }

    @Test("Prints the settings in the documented line (K-22)")
    func configLine() throws {
        let line = AuthConfigSummary.line(
            baseURL: try #require(PublicURL("https://jobs-mcp.example.com")), policy: try Fixed.policy(),
            endpoints: try Fixed.endpoints())
        #expect(
            line == "Auth config: base_url=https://jobs-mcp.example.com issuer=\(Fixed.issuer) "
                + "audiences=[\(Fixed.api)] required_scopes=[jobs] "
                + "jwks_uri=https://login.microsoftonline.com/\(Fixed.tenant)/discovery/v2.0/keys")
    }

    @Test("Tells scope texts that can stand in a challenge (A-17)")
    func scopeText() {
        #expect(ProtectedResourceMetadata.isScopeText("api://x/jobs"))
        for bad in ["", "a b", "a\"b", "a\\b", "é"] { #expect(!ProtectedResourceMetadata.isScopeText(bad)) }
    }
}
