/// The address under which the world reaches this server (`MCP_BASE_URL`), in one spelling (E-130).
///
/// Lower-case scheme and host, no default port, no slash at the end: clients compare it byte by byte.
package struct PublicURL: Sendable, Hashable, CustomStringConvertible {
    /// Scheme, host and port: what browsers send as `Origin`.
    package let origin: String
    /// Empty, or a path with a slash before and none after it.
    package let path: String

    /// Reads an absolute `http` or `https` URL without user, query and fragment.
    ///
    /// - Returns: `nil` for anything else, and for characters that a quoted header value cannot carry.
    package init?(_ text: String) {
        guard let separator = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<separator.lowerBound].lowercased()
        let rest = text[separator.upperBound...]
        let pathStart = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<pathStart].lowercased()
        var path = rest[pathStart...]
        while path.hasSuffix("/") { path = path.dropLast() }
        guard let defaultPort = ["http": ":80", "https": ":443"][scheme] else { return nil }
        if authority.hasSuffix(defaultPort) { authority.removeLast(defaultPort.count) }
        guard Self.isAuthority(authority), path.utf8.allSatisfy(Self.isPathByte), !path.contains("//") else {
            return nil
        }
        origin = "\(scheme)://\(authority)"
        self.path = String(path)
    }

    /// The URL without a slash at the end.
    package var description: String { origin + path }

    private static func isAuthority(_ text: String) -> Bool {
        guard !text.isEmpty else { return false }
        let bracket = text.hasPrefix("[") ? text.firstIndex(of: "]").map(text.index(after:)) : text.firstIndex(of: ":")
        let host = text[..<(bracket ?? text.endIndex)]
        let tail = text[(bracket ?? text.endIndex)...]
        let isAddress =
            host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
            && host.dropFirst().dropLast().utf8.allSatisfy(isAddressByte)
        guard !host.isEmpty, isAddress || host.utf8.allSatisfy(isHostByte) else { return false }
        return tail.isEmpty || (tail.hasPrefix(":") && (UInt16(tail.dropFirst()) ?? 0) > 0)
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") || isHostByte(byte) && byte != UInt8(ascii: "-")
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "%"):
            true
        default: false
        }
    }
}
