internal import HTTPSyntax
internal import HTTPTransport

/// What a span says about where a request goes: never a query, and no identifier in the path.
extension HTTPRequest {
    /// Host and port of the URL.
    var address: (host: String, port: Int?) {
        guard let parts = URLParts(url), let authority = Authority(parts.authority) else { return ("", nil) }
        return (authority.host, authority.port ?? WebOrigin.defaultPort(of: parts.scheme.lowercased()))
    }

    /// The path with `{id}` for every part that is a number or a UUID: `/{id}/oauth2/v2.0/token`.
    var pathTemplate: String {
        guard let path = URLParts(url)?.path, !path.isEmpty else { return "/" }
        return path.split(separator: "/", omittingEmptySubsequences: false)
            .map { Self.isIdentifier($0) ? "{id}" : String($0) }.joined(separator: "/")
    }

    private static func isIdentifier(_ part: Substring) -> Bool {
        let digits = part.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return digits > 0 && (digits == part.utf8.count || part.utf8.count == 36 && part.contains("-"))
    }
}
