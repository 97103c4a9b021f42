/// The `User-Agent` that Databricks administrators see in their audit tables (D-121, D-122).
///
/// It names this server and the MCP client, never a user.
package struct UserAgent: Sendable, Equatable {
    private let base: String

    /// The agent of one release of this server.
    ///
    /// - Parameter version: A semantic version.
    package init(version: String) {
        base = "databricks-jobs-mcp/\(Self.sanitised(version)) swift/6.3 os/linux"
    }

    /// The header's value for a call on behalf of an MCP client.
    ///
    /// - Parameter clientName: What the client calls itself; anything Databricks does not allow becomes `-`.
    /// - Returns: Tokens of the form `key/value`.
    package func text(clientName: String?) -> String {
        guard let clientName, !clientName.isEmpty else { return base }
        return "\(base) mcp-client/\(Self.sanitised(clientName))"
    }

    /// `[A-Za-z0-9_.+-]`, at most 64 characters.
    private static func sanitised(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8.prefix(64) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "+"):
                bytes.append(byte)
            default: bytes.append(UInt8(ascii: "-"))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
