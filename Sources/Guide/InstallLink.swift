internal import HTTPSyntax
internal import JSON

/// The link that has an editor add the server: the scheme, and the entry of `mcp.json` with its name, as JSON.
package enum InstallLink: String, CaseIterable, Sendable {
    /// The stable editor.
    case stable = "vscode"
    /// The one that is built every day.
    case insiders = "vscode-insiders"

    /// The link that adds the server at `endpoint`.
    package func url(endpoint: String) -> String {
        let entry: JSONValue = ["name": .string(ClientSetup.serverKey), "type": "http", "url": .string(endpoint)]
        return "\(rawValue):mcp/install?\(PercentEncoding.encode(String(decoding: entry.serialized, as: UTF8.self)))"
    }
}
