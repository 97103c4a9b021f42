internal import HTTPSyntax

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
        guard let parts = URLParts(text), parts.path == parts.target, parts.fragment == nil, parts.hasPlainPath,
            let origin = WebOrigin(of: parts), origin.isHTTP
        else { return nil }
        self.origin = origin.description
        path = String(parts.path.hasSuffix("/") ? parts.path.dropLast() : parts.path)
        isEncrypted = origin.scheme == "https"
        isLocal = origin.authority.isLoopback || origin.authority.host == "169.254.169.254"
    }
}
