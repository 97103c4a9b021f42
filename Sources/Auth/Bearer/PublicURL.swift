internal import HTTPSyntax

/// The address under which the world reaches this server (`MCP_BASE_URL`), in one spelling (E-130).
///
/// Lower-case scheme and host, no default port, no slash at the end: clients compare it byte by byte.
package struct PublicURL: Sendable, Hashable, CustomStringConvertible {
    /// Scheme, host and port: what browsers send as `Origin`.
    package let origin: String
    /// Empty, or a path with a slash before and none after it.
    package let path: String
    /// Whether the host can only be this machine.
    package let isLoopback: Bool

    /// Reads an absolute `http` or `https` URL without user, query and fragment.
    ///
    /// - Returns: `nil` for anything else, and for characters that a quoted header value cannot carry.
    package init?(_ text: String) {
        guard let parts = URLParts(text), parts.path == parts.target, parts.fragment == nil, parts.hasPlainPath,
            let origin = WebOrigin(of: parts), origin.isHTTP
        else { return nil }
        var path = parts.path
        while path.hasSuffix("/") { path = path.dropLast() }
        guard !path.contains("//") else { return nil }
        self.origin = origin.description
        self.path = String(path)
        isLoopback = origin.authority.isLoopback
    }

    /// The URL without a slash at the end.
    package var description: String { origin + path }
}
