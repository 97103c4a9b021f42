/// Scheme, host and port, lower-cased, with the scheme's default port filled in (RFC 6454 section 4).
struct WebOrigin: Sendable, Hashable {
    let scheme: String
    let authority: Authority

    /// Reads `scheme://host` or `scheme://host:port`, and nothing after it.
    ///
    /// - Returns: `nil` for anything else, such as `null`, a path, or user information.
    init?(_ text: String) {
        guard let separator = text.firstRange(of: "://"), let authority = Authority(text[separator.upperBound...]),
            text[..<separator.lowerBound].utf8.allSatisfy(Self.isSchemeByte), separator.lowerBound > text.startIndex
        else { return nil }
        scheme = text[..<separator.lowerBound].lowercased()
        self.authority =
            authority.port == nil
            ? Authority(host: authority.host, port: Self.defaultPort(of: scheme)) : authority
    }

    /// The origin of a URL, whatever its path.
    init?(ofURL url: String) {
        guard let separator = url.firstRange(of: "://") else { return nil }
        let rest = url[separator.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        self.init(String(url[..<rest.endIndex]))
    }

    static func defaultPort(of scheme: String) -> Int? {
        switch scheme {
        case "https": 443
        case "http": 80
        default: nil
        }
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

/// A host and, if it is named, a port: what `Host` and `:authority` carry.
struct Authority: Sendable, Hashable {
    /// Lower-case; an IPv6 address keeps its brackets.
    let host: String
    let port: Int?

    init(host: String, port: Int?) {
        self.host = host
        self.port = port
    }

    /// Reads `host` or `host:port`.
    init?(_ text: some StringProtocol) {
        let bytes = text.utf8
        let isBracketed = bytes.first == UInt8(ascii: "[")
        let hostEnd =
            isBracketed
            ? bytes.firstIndex(of: UInt8(ascii: "]")).map { bytes.index(after: $0) }
            : bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        guard let hostEnd, hostEnd > bytes.startIndex,
            text[..<hostEnd].utf8.allSatisfy({ Self.isHostByte($0, isBracketed: isBracketed) })
        else { return nil }
        host = text[..<hostEnd].lowercased()
        guard hostEnd < bytes.endIndex else {
            port = nil
            return
        }
        let digits = text[bytes.index(after: hostEnd)...]
        guard bytes[hostEnd] == UInt8(ascii: ":"), digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let port = Int(digits), 1...65_535 ~= port
        else { return nil }
        self.port = port
    }

    /// Whether the host can only be this machine, however the names are set up.
    var isLoopback: Bool { host == "localhost" || host == "127.0.0.1" || host == "[::1]" }

    private static func isHostByte(_ byte: UInt8, isBracketed: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        case UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"): isBracketed
        default: false
        }
    }
}

/// A configured address that cannot be read.
package struct InvalidAddress: Error, Equatable {
    /// The value as configured.
    package let value: String
}
