/// The address of a platform's endpoint, taken apart as far as E-115 needs it.
struct PlatformURL {
    /// Scheme, host and port.
    let origin: String
    /// Empty, or what follows the host, without a last `/`.
    let path: String
    let isEncrypted: Bool
    /// Whether requests stay on this machine or its host: loopback, or the link-local address of the metadata service.
    let isLocal: Bool

    /// - Returns: `nil` for another scheme, a user name, a query, a fragment, or characters that no URL has.
    init?(_ text: String) {
        let isEncrypted = text.hasPrefix("https://")
        guard isEncrypted || text.hasPrefix("http://") else { return nil }
        let rest = text.dropFirst(isEncrypted ? 8 : 7)
        guard rest.utf8.allSatisfy(Self.isAllowed) else { return nil }
        let authority = rest.prefix { $0 != "/" }
        let portStart =
            authority.hasPrefix("[")
            ? authority.firstIndex(of: "]").map(authority.index(after:)) : authority.firstIndex(of: ":")
        let host = authority[..<(portStart ?? authority.endIndex)]
        let port = authority[(portStart ?? authority.endIndex)...]
        guard !host.isEmpty, port.isEmpty || Self.isPort(port) else { return nil }
        let path = rest[authority.endIndex...]
        self.isEncrypted = isEncrypted
        origin = "\(isEncrypted ? "https" : "http")://\(authority)"
        self.path = String(path.hasSuffix("/") ? path.dropLast() : path)
        isLocal = ["localhost", "127.0.0.1", "[::1]", "169.254.169.254"].contains(host.lowercased())
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard text.hasPrefix(":"), let port = UInt16(text.dropFirst()) else { return false }
        return port > 0
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~:/[]%".utf8.contains(byte)
        }
    }
}
