/// The value of `AZURE_AUTHORITY_HOST`, taken apart: an origin, and nothing that could hide another one.
struct AuthorityURL {
    let scheme: String
    let host: String
    let port: String?

    /// Reads `host`, `https://host`, `https://host:port` or, on loopback, `http://host:port`, with an optional last `/`.
    init(_ text: String) throws(EntraSettingError) {
        let malformed = EntraSettingError(.malformedAuthority, variable: "AZURE_AUTHORITY_HOST")
        var rest = text.lowercased()[...]
        if rest.hasPrefix("http://") {
            (scheme, rest) = ("http", rest.dropFirst(7))
        } else {
            (scheme, rest) = ("https", rest.hasPrefix("https://") ? rest.dropFirst(8) : rest)
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }

        let portStart =
            rest.hasPrefix("[") ? rest.firstIndex(of: "]").map(rest.index(after:)) : rest.firstIndex(of: ":")
        host = String(rest[..<(portStart ?? rest.endIndex)])
        let tail = rest[(portStart ?? rest.endIndex)...]
        guard Self.isHost(host), tail.isEmpty || (tail.hasPrefix(":") && Self.isPort(tail.dropFirst())) else {
            throw malformed
        }
        port = tail.isEmpty ? nil : String(tail.dropFirst())
        guard scheme == "https" || isLoopback else {
            throw EntraSettingError(.plainHTTP, variable: "AZURE_AUTHORITY_HOST")
        }
    }

    var isLoopback: Bool { ["127.0.0.1", "localhost", "[::1]"].contains(host) }

    var origin: String { "\(scheme)://\(host)" + (port.map { ":\($0)" } ?? "") }

    private static func isHost(_ text: String) -> Bool {
        guard text != "[::1]" else { return true }
        return !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard let port = UInt16(text) else { return false }
        return port > 0
    }
}
