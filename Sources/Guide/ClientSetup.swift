internal import JSON

/// How one client is told about the server (docs/clients.md).
package struct ClientSetup: Sendable {
    /// Something to copy.
    package struct Snippet: Sendable {
        /// Where it goes: a file, a terminal, a form.
        package let place: String
        /// What to copy.
        package let text: String
    }

    /// The anchor of its section.
    package let id: String
    /// The client's name.
    package let name: String
    /// What one has to know beforehand.
    package let note: String
    /// What to copy, in the order in which one needs it.
    package let snippets: [Snippet]
    /// The vendor's own page about it.
    package let documentationURL: String

    /// What configurations call the server.
    package static let serverKey = "databricks-jobs"

    /// The clients of the page, for the server at `endpoint`.
    package static func all(endpoint: String) -> [ClientSetup] {
        [vsCode(endpoint), copilotCLI(endpoint), claude(endpoint), foundry(endpoint), inspector(endpoint)]
    }

    private static func vsCode(_ endpoint: String) -> ClientSetup {
        ClientSetup(
            id: "vs-code", name: "VS Code",
            note:
                "GitHub Copilot in agent mode signs you in with your Microsoft account. The button adds the server for "
                + "you; the file shares it with everybody who opens the folder.",
            snippets: [
                Snippet(place: ".vscode/mcp.json", text: file("servers", ["type": "http", "url": .string(endpoint)]))
            ], documentationURL: "https://code.visualstudio.com/docs/copilot/customization/mcp-servers")
    }

    private static func copilotCLI(_ endpoint: String) -> ClientSetup {
        ClientSetup(
            id: "copilot-cli", name: "Copilot CLI",
            note: "Save the file, or fill in the form of /mcp add with the same values. It asks for a client ID: your "
                + "administrator has it.",
            snippets: [
                Snippet(
                    place: "~/.copilot/mcp-config.json",
                    text: file("mcpServers", ["type": "http", "url": .string(endpoint), "tools": ["*"]]))
            ],
            documentationURL:
                "https://docs.github.com/en/copilot/how-tos/copilot-cli/customize-copilot/add-mcp-servers")
    }

    private static func claude(_ endpoint: String) -> ClientSetup {
        ClientSetup(
            id: "claude", name: "Claude",
            note:
                "Claude Code takes the command; sign in with /mcp. On the web and the desktop, add a custom connector "
                + "with the address and the client ID. Your administrator has the client ID.",
            snippets: [
                Snippet(
                    place: "Terminal",
                    text: "claude mcp add --transport http --client-id CLIENT_ID \(serverKey) \(endpoint)"),
                Snippet(place: "Connector address", text: endpoint),
            ], documentationURL: "https://code.claude.com/docs/en/mcp")
    }

    private static func foundry(_ endpoint: String) -> ClientSetup {
        let tool: JSONValue = [
            "type": "mcp", "server_label": "databricks_jobs", "server_url": .string(endpoint),
            "require_approval": "always", "project_connection_id": "CONNECTION_NAME",
        ]
        return ClientSetup(
            id: "foundry", name: "Microsoft Foundry",
            note: "Make a connection for this address first: Microsoft Entra for an agent that acts for itself, OAuth "
                + "identity passthrough for one that acts for its users. Then give the agent this tool.",
            snippets: [Snippet(place: "Agent tool", text: PrettyJSON.text(tool))],
            documentationURL: "https://learn.microsoft.com/azure/foundry/agents/how-to/tools/model-context-protocol")
    }

    private static func inspector(_ endpoint: String) -> ClientSetup {
        ClientSetup(
            id: "inspector", name: "MCP Inspector",
            note:
                "For trying the tools by hand. Save the file and run the command beside it. It asks for a client ID too.",
            snippets: [
                Snippet(
                    place: "mcp.json",
                    text: file("mcpServers", ["type": "streamable-http", "url": .string(endpoint)])),
                Snippet(
                    place: "Terminal",
                    text: "npx @modelcontextprotocol/inspector --config mcp.json --server \(serverKey)"),
            ], documentationURL: "https://modelcontextprotocol.io/docs/tools/inspector")
    }

    private static func file(_ collection: String, _ entry: JSONValue) -> String {
        PrettyJSON.text(.object(JSONObject([(collection, .object(JSONObject([(serverKey, entry)])))])))
    }
}
