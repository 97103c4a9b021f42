/// A URL with an authority, cut at its borders (RFC 3986 section 3 and appendix B).
///
/// The parts are as written, and but for the scheme nothing of them is judged.
package struct URLParts: Sendable {
    /// A letter, then letters, digits, `+`, `-` and `.`.
    package let scheme: Substring
    /// What stands before the last `@`, which nobody should write and no log should show.
    package let userInfo: Substring?
    /// Host and port; see ``Authority``.
    package let authority: Substring
    /// Empty, or with a slash at its beginning.
    package let path: Substring
    /// Path and query: what a request line carries; empty where both are missing.
    package let target: Substring
    /// What follows the `#`; no server is sent it.
    package let fragment: Substring?

    /// Cuts `scheme://[user@]host[:port][/path][?query][#fragment]`.
    ///
    /// - Returns: `nil` unless the text begins with a scheme and `://`.
    package init?(_ text: Substring) {
        let bytes = text.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), Self.isScheme(bytes[..<colon]),
            bytes[colon...].starts(with: "://".utf8)
        else { return nil }
        scheme = text[..<colon]
        let start = bytes.index(colon, offsetBy: 3)
        let end = bytes[start...].firstIndex(where: Self.endsAuthority) ?? bytes.endIndex
        let fragmentStart = bytes[end...].firstIndex(of: UInt8(ascii: "#")) ?? bytes.endIndex
        let queryStart = bytes[end..<fragmentStart].firstIndex(of: UInt8(ascii: "?")) ?? fragmentStart
        if let at = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")) {
            userInfo = text[start..<at]
            authority = text[bytes.index(after: at)..<end]
        } else {
            userInfo = nil
            authority = text[start..<end]
        }
        path = text[end..<queryStart]
        target = text[end..<fragmentStart]
        fragment = fragmentStart < bytes.endIndex ? text[bytes.index(after: fragmentStart)...] : nil
    }

    /// Cuts what ``init(_:)`` cuts.
    package init?(_ text: String) { self.init(text[...]) }

    /// Whether the path has only unreserved characters, colons and whole escapes between its slashes: it can stand in a
    /// quoted value, and reads the same to everybody.
    package var hasPlainPath: Bool {
        path.utf8.allSatisfy { byte in
            byte.isUnreserved || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%")
        } && PercentEncoding.decode(path.utf8) != nil
    }

    private static func isScheme(_ bytes: Substring.UTF8View) -> Bool {
        guard bytes.first?.isLetter == true else { return false }
        return bytes.allSatisfy { byte in
            byte.isLetter || byte.isDigit || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".")
        }
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }
}

/// Scheme, host and port, lower-cased, with the scheme's default port filled in (RFC 6454 section 4).
package struct WebOrigin: Sendable, Hashable, CustomStringConvertible {
    /// Lower-case.
    package let scheme: String
    /// Has a port, unless the scheme is another than `http` and `https`.
    package let authority: Authority

    /// Reads `scheme://host` or `scheme://host:port`, and nothing after it.
    ///
    /// - Returns: `nil` for anything else, such as `null`, a path, or user information.
    package init?(_ text: String) {
        guard let parts = URLParts(text), parts.target.isEmpty, parts.fragment == nil else { return nil }
        self.init(of: parts)
    }

    /// The origin of a URL, whatever its path; `nil` with a user name, and when the authority cannot be read.
    package init?(of parts: URLParts) {
        guard parts.userInfo == nil, let authority = Authority(parts.authority) else { return nil }
        scheme = parts.scheme.lowercased()
        self.authority = Authority(host: authority.host, port: authority.port ?? Self.defaultPort(of: scheme))
    }

    /// Without the port, where it is the scheme's own: one spelling.
    package var description: String {
        let hasDefaultPort = authority.port == Self.defaultPort(of: scheme)
        return "\(scheme)://\(hasDefaultPort ? authority.host : authority.description)"
    }

    /// Whether the scheme is `http` or `https`.
    package var isHTTP: Bool { Self.defaultPort(of: scheme) != nil }

    /// The port of `http` and `https`.
    package static func defaultPort(of scheme: String) -> Int? {
        switch scheme {
        case "https": 443
        case "http": 80
        default: nil
        }
    }
}
