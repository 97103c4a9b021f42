internal import HTTPTransport

/// What a span says about where a request goes: never a query, and no identifier in the path.
extension HTTPRequest {
    /// Host and port of the URL.
    var address: (host: String, port: Int?) {
        let isSecure = url.utf8.starts(with: "https".utf8)
        var authority = afterScheme.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
        guard let colon = authority.lastIndex(of: ":"), let port = Int(authority[authority.index(after: colon)...])
        else { return (String(authority), isSecure ? 443 : 80) }
        return (String(authority[..<colon]), port)
    }

    /// The path with `{id}` for every part that is a number or a UUID: `/{id}/oauth2/v2.0/token`.
    var pathTemplate: String {
        let path = afterScheme.drop { $0 != "/" }.prefix { $0 != "?" && $0 != "#" }
        guard !path.isEmpty else { return "/" }
        return path.split(separator: "/", omittingEmptySubsequences: false)
            .map { Self.isIdentifier($0) ? "{id}" : String($0) }.joined(separator: "/")
    }

    private var afterScheme: Substring {
        guard let colon = url.firstRange(of: "://") else { return url[...] }
        return url[colon.upperBound...]
    }

    private static func isIdentifier(_ part: Substring) -> Bool {
        let digits = part.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return digits > 0 && (digits == part.utf8.count || part.utf8.count == 36 && part.contains("-"))
    }
}
