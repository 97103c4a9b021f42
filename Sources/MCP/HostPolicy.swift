internal import HTTPSyntax
internal import HTTPTypes

/// By which names clients may address the server: step 2 of the pipeline, against DNS rebinding (T-12).
package struct HostPolicy: Sendable {
    private let own: Authority
    private let ownDefaultPort: Int?
    private let extras: [Authority]
    private let allowsLoopback: Bool

    /// Creates the list of names.
    ///
    /// - Parameters:
    ///   - publicURL: The public URL of the server; its host is allowed, with or without its port if that is the
    ///     scheme's default.
    ///   - extras: Further hosts: `host` for any port, `host:port` for that one.
    ///   - isLoopback: Whether the server is bound to loopback; the names of loopback are allowed then, with any port.
    /// - Throws: ``InvalidAddress`` for the first value that is not a host.
    package init(publicURL: String, extras: [String] = [], isLoopback: Bool = false) throws(InvalidAddress) {
        guard let origin = URLParts(publicURL).flatMap(WebOrigin.init(of:)) else {
            throw InvalidAddress(value: publicURL)
        }
        own = origin.authority
        ownDefaultPort = WebOrigin.defaultPort(of: origin.scheme)
        var authorities: [Authority] = []
        for extra in extras {
            guard let authority = Authority(extra) else { throw InvalidAddress(value: extra) }
            authorities.append(authority)
        }
        self.extras = authorities
        allowsLoopback = isLoopback
    }

    /// Whether `host`, the value of `Host` or `:authority`, is one of the names.
    package func allows(_ host: String?) -> Bool {
        guard let host, let authority = Authority(host) else { return false }
        if authority.host == own.host, authority.port ?? ownDefaultPort == own.port { return true }
        if allowsLoopback, authority.isLoopback { return true }
        return extras.contains { $0.host == authority.host && ($0.port == nil || $0.port == authority.port) }
    }

    /// The answer to a request for another host.
    package static let refusal = MCPReply.error(
        nil, RPCError(.invalidRequest, "Host not allowed", status: .misdirectedRequest))
}
