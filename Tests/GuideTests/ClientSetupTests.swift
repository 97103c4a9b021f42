internal import Guide
internal import JSON
internal import Testing

private let endpoint = "https://jobs-mcp.example.com/team%20a/mcp"

@Suite struct ClientSetupTests {
    /// The place of a snippet, and what a program reads there.
    static let files: [(place: String, JSONValue)] = [
        (".vscode/mcp.json", ["servers": ["databricks-jobs": ["type": "http", "url": .string(endpoint)]]]),
        (
            "~/.copilot/mcp-config.json",
            ["mcpServers": ["databricks-jobs": ["type": "http", "url": .string(endpoint), "tools": ["*"]]]]
        ),
        (
            "Agent tool",
            [
                "type": "mcp", "server_label": "databricks_jobs", "server_url": .string(endpoint),
                "require_approval": "always", "project_connection_id": "CONNECTION_NAME",
            ]
        ),
        ("mcp.json", ["mcpServers": ["databricks-jobs": ["type": "streamable-http", "url": .string(endpoint)]]]),
    ]

    @Test("What is to be saved in a file is the JSON that the client reads", arguments: files)
    func isReadable(_ place: String, _ expected: JSONValue) throws {
        let snippet = try #require(
            ClientSetup.all(endpoint: endpoint).flatMap(\.snippets).first { $0.place == place })
        #expect(try JSONValue.parse(snippet.text) == expected)
    }

    @Test("What starts with a brace is JSON, and every client has something to copy")
    func complete() {
        let setups = ClientSetup.all(endpoint: endpoint)
        #expect(setups.map(\.name) == ["VS Code", "Copilot CLI", "Claude", "Microsoft Foundry", "MCP Inspector"])
        for setup in setups {
            #expect(setup.snippets.contains { $0.text.contains(endpoint) }, "\(setup.name)")
            for snippet in setup.snippets where snippet.text.hasPrefix("{") {
                #expect(throws: Never.self, "\(setup.name)") { try JSONValue.parse(snippet.text) }
            }
        }
    }

    /// Addresses that a link must survive.
    static let endpoints = [
        "https://jobs-mcp.example.com/mcp", "http://127.0.0.1:8000/mcp", "http://[::1]:8000/mcp", endpoint,
        ##"https://x/?a=b&c="d"#e+f/ü"##,
    ]

    @Test("The install link is the editor's scheme, and JSON once decoded (P-89)", arguments: endpoints)
    func installLink(_ endpoint: String) throws {
        for link in InstallLink.allCases {
            let url = link.url(endpoint: endpoint)
            let parts = url.split(separator: "?", maxSplits: 1)
            #expect(parts[0] == "\(link.rawValue):mcp/install")
            #expect(parts[1].utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"'<>&?#+/:".utf8.contains($0) })
            let entry = try JSONValue.parse(try #require(percentDecoded(parts[1])))
            #expect(entry == ["name": "databricks-jobs", "type": "http", "url": .string(endpoint)])
        }
    }

    private func percentDecoded(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let digits = String(rest.prefix(2)), let value = UInt8(digits, radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}
