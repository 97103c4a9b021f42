internal import HTTPSyntax

/// The value of `AZURE_AUTHORITY_HOST`, taken apart: an origin, and nothing that could hide another one.
struct AuthorityURL {
    private let scheme: String
    private let authority: Authority

    /// Reads `host`, `https://host`, `https://host:port` or, on loopback, `http://host:port`, with an optional last `/`.
    init(_ text: String) throws(EntraSettingError) {
        guard let parts = URLParts(text) ?? URLParts("https://\(text)"), parts.userInfo == nil, parts.fragment == nil,
            parts.target.isEmpty || parts.target == "/", let authority = Authority(parts.authority),
            case let scheme = parts.scheme.lowercased(), scheme == "https" || scheme == "http"
        else {
            throw EntraSettingError(.malformedAuthority, variable: "AZURE_AUTHORITY_HOST")
        }
        guard scheme == "https" || authority.isLoopback else {
            throw EntraSettingError(.plainHTTP, variable: "AZURE_AUTHORITY_HOST")
        }
        self.scheme = scheme
        self.authority = authority
    }

    var host: String { authority.host }

    var isLoopback: Bool { authority.isLoopback }

    var origin: String { "\(scheme)://\(authority)" }
}
