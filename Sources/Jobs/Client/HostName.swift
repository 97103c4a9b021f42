/// Reads a workspace address the way people write it (D-05).
struct HostName {
    /// Scheme and authority, lower case, without default port or trailing slash.
    let origin: String

    init(parsing text: String) throws(WorkspaceError) {
        let trimmed = Substring(text).trimmingASCIIWhitespace()
        guard !trimmed.isEmpty else {
            throw WorkspaceError(problem: "is empty", fix: Self.example)
        }
        let (scheme, rest) = try Self.scheme(of: trimmed)
        let authorityEnd = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        try Self.checkPath(rest[authorityEnd...])
        let authority = try Authority(parsing: rest[..<authorityEnd])
        guard scheme == "https" || authority.isLoopback else {
            throw WorkspaceError(
                problem: "uses plain http, which is accepted for loopback addresses only", fix: "use https://")
        }
        origin = "\(scheme)://\(authority.text(defaultPort: scheme == "https" ? 443 : 80))"
    }

    private static let example = "set it to the workspace's address, such as adb-1234567890123456.7.azuredatabricks.net"

    private static func scheme(of text: Substring) throws(WorkspaceError) -> (String, Substring) {
        guard let separator = text.firstRange(of: "://") else { return ("https", text) }
        let scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else {
            throw WorkspaceError(problem: "has a scheme other than https", fix: example)
        }
        return (scheme, text[separator.upperBound...])
    }

    /// A pasted `/?o=1234` is harmless; a path would be dropped silently, so it is refused.
    private static func checkPath(_ tail: Substring) throws(WorkspaceError) {
        let path = tail.prefix { $0 != "?" && $0 != "#" }
        guard path.allSatisfy({ $0 == "/" }) else {
            throw WorkspaceError(problem: "has a path", fix: "leave out everything after the host name")
        }
    }
}

/// Host and port of an address.
private struct Authority {
    let host: String
    let port: Int?

    init(parsing text: Substring) throws(WorkspaceError) {
        guard !text.contains("@") else {
            throw WorkspaceError(
                problem: "has a user name or password", fix: "leave out everything before the host name")
        }
        let bracket = text.hasPrefix("[") ? text.firstIndex(of: "]").map { text.index(after: $0) } : nil
        let hostEnd = bracket ?? text.firstIndex(of: ":") ?? text.endIndex
        host = text[..<hostEnd].lowercased()
        guard Self.isHost(host) else {
            throw WorkspaceError(problem: "is not a host name", fix: "write only the host name of the workspace")
        }
        let portText = text[hostEnd...]
        guard !portText.isEmpty else {
            port = nil
            return
        }
        guard portText.hasPrefix(":"), let port = Int(portText.dropFirst()), (1...65535).contains(port) else {
            throw WorkspaceError(problem: "has a malformed port", fix: "leave the port out or write 1 to 65535")
        }
        self.port = port
    }

    var isLoopback: Bool {
        guard host != "localhost", host != "[::1]" else { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    func text(defaultPort: Int) -> String {
        guard let port, port != defaultPort else { return host }
        return "\(host):\(port)"
    }

    private static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("[") {
            return host.hasSuffix("]") && host.count > 3
                && host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return host.utf8.count <= 253 && labels.allSatisfy(Self.isLabel)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }
}

extension Substring {
    /// The text without leading and trailing blanks, tabs and line breaks.
    fileprivate func trimmingASCIIWhitespace() -> Substring {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        let start = drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return start.prefix(0) }
        return start[...last]
    }
}
