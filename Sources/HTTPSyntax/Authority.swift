internal import Glibc

/// A host and, if it is named, a port: what `Host` carries, and the middle of a URL (RFC 3986 section 3.2).
package struct Authority: Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with a text.
    package enum Problem: Error, Equatable {
        /// No host, a character that host names do not have, or an IPv6 address that is none.
        case host
        /// Something other than a number from 1 to 65535 behind the colon.
        case port
    }

    /// Lower-case; an IPv6 address has its brackets.
    package let host: String
    /// 1 to 65535, or `nil` where none is named.
    package let port: Int?

    /// Joins a host that was read before, or is known, with another port.
    package init(host: String, port: Int?) {
        self.host = host
        self.port = port
    }

    /// Reads `host` or `host:port`.
    ///
    /// A host is an IPv6 address in brackets, or letters, digits, `-`, `.` and `_`: of a `reg-name` what names are made
    /// of, without escapes and what separates things elsewhere. An empty port, which the grammar has and producers are
    /// asked to avoid, is refused, as is user information.
    package init(parsing text: Substring) throws(Problem) {
        let bytes = text.utf8
        let isBracketed = bytes.first == UInt8(ascii: "[")
        let hostEnd =
            isBracketed
            ? bytes.firstIndex(of: UInt8(ascii: "]")).map { bytes.index(after: $0) }
            : bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        guard let hostEnd, hostEnd > bytes.startIndex else { throw .host }
        let host = text[..<hostEnd]
        guard isBracketed ? Self.ipv6(host) != nil : host.utf8.allSatisfy(Self.isNameByte) else { throw .host }
        self.host = host.lowercased()
        port = try hostEnd < bytes.endIndex ? Self.port(bytes[hostEnd...]) : nil
    }

    /// Reads what ``init(parsing:)`` reads; `nil` for anything else.
    package init?(_ text: Substring) {
        guard let authority = try? Authority(parsing: text) else { return nil }
        self = authority
    }

    /// Reads what ``init(parsing:)`` reads; `nil` for anything else.
    package init?(_ text: String) { self.init(text[...]) }

    /// The authority of a socket's address: one of IPv6 gets its brackets.
    package init(address: String, port: Int?) {
        host = address.utf8.contains(UInt8(ascii: ":")) && !address.hasPrefix("[") ? "[\(address)]" : address
        self.port = port
    }

    /// Host and port as a URL has them.
    package var description: String { port.map { "\(host):\($0)" } ?? host }

    /// Whether a host name as it is registered, in labels of letters, digits and hyphens (RFC 1123 section 2.1).
    package var isDomainName: Bool {
        host.utf8.count <= 253
            && host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                    && label.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
            }
    }

    private static func port(_ bytes: Substring.UTF8View) throws(Problem) -> Int {
        let digits = bytes.dropFirst()
        guard bytes.first == UInt8(ascii: ":"), !digits.isEmpty, digits.allSatisfy(\.isDigit),
            let port = UInt16(Substring(digits)), port > 0
        else { throw .port }
        return Int(port)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_")
    }
}

// MARK: Loopback

extension Authority {
    /// Whether the host can only be this machine, however the names are set up.
    package var isLoopback: Bool { Self.isLoopback(host) }

    /// Where a listener with this address is found from its own machine: one of all interfaces on loopback.
    package var onThisMachine: Authority {
        switch host {
        case "0.0.0.0": Authority(host: "127.0.0.1", port: port)
        case "[::]": Authority(host: "[::1]", port: port)
        default: self
        }
    }

    /// Whether `host` can only be this machine: `localhost` (RFC 6761 section 6.3), an address of 127.0.0.0/8 (RFC 1122
    /// section 3.2.1.3) or `::1` (RFC 4291 section 2.5.3), with or without brackets.
    ///
    /// Names that end in `.localhost` are not: resolvers may still ask the network for them.
    package static func isLoopback(_ host: String) -> Bool {
        if host.utf8.contains(UInt8(ascii: ":")) { return ipv6(host[...]) == [UInt8](repeating: 0, count: 15) + [1] }
        guard host.hasPrefix("127.") else { return host.lowercased() == "localhost" }
        var address = in_addr()
        guard host.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }) else { return false }
        return unsafe inet_pton(AF_INET, host, &address) == 1
    }

    /// The 16 bytes of an IPv6 address in text, RFC 4291 section 2.2, with or without brackets; no zone.
    private static func ipv6(_ text: Substring) -> [UInt8]? {
        let isBracketed = text.hasPrefix("[") && text.hasSuffix("]")
        let address = isBracketed ? text.dropFirst().dropLast() : text
        guard
            address.utf8.allSatisfy({ $0.hexadecimalValue != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") }
            )
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        let status = unsafe bytes.withUnsafeMutableBytes { unsafe inet_pton(AF_INET6, String(address), $0.baseAddress) }
        return status == 1 ? bytes : nil
    }
}
