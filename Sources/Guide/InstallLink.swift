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
        return "\(rawValue):mcp/install?\(Self.percentEncoded(entry.serialized))"
    }

    /// Everything but the unreserved characters of RFC 3986 section 2.3, so that no reader has to guess.
    private static func percentEncoded(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        let encoded = bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                [byte]
            default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
