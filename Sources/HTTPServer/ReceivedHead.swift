internal import HTTPSyntax
package import HTTPTypes
package import NIOHTTP1

/// The head of a request as it was parsed, in the types of this package: one pass over its fields.
package struct ReceivedHead {
    /// Method, authority, target and fields, without `Host`.
    package private(set) var head: HTTPRequest
    /// The path without the query.
    package let path: String
    private(set) var expectsPermission = false
    private(set) var asksForUpgrade = false
    /// Why it cannot be answered, although it could be parsed.
    package private(set) var problem: UnreadableRequest.Reason?

    /// A head that was not parsed.
    init(_ head: HTTPRequest) {
        self.head = head
        path = Self.path(in: head.path ?? "/")
    }

    /// What NIO's decoder made of the head.
    ///
    /// Its names are tokens, and its values hold no control characters.
    ///
    /// - Parameters:
    ///   - parsed: The head.
    ///   - maximumFieldBytes: What one field may measure, but for credentials: whoever judges them has words for theirs.
    package init(_ parsed: HTTPRequestHead, maximumFieldBytes: Int) {
        let target = Self.target(parsed.uri)
        head = HTTPRequest(method: .init(parsed.method), scheme: "http", authority: nil, path: target.path)
        path = Self.path(in: target.path)
        asksForUpgrade = parsed.method == .CONNECT
        var fields = HTTPFields()
        fields.reserveCapacity(parsed.headers.count)
        var host: String?
        var isEncoded = false
        if parsed.uri.utf8.count > maximumFieldBytes { problem = .tooLarge }
        for (text, value) in parsed.headers {
            guard let name = HTTPField.Name(text) else { continue }
            if value.utf8.count > maximumFieldBytes, name != .authorization { problem = .tooLarge }
            switch name.canonicalName {
            case "host":
                if host != nil { problem = .host }
                host = value
                continue
            case "expect" where !parsed.isHTTP10: expectsPermission = expectsPermission || Self.asksForPermission(value)
            case "upgrade": asksForUpgrade = true
            case "transfer-encoding":
                problem = isEncoded ? .transferEncoding : Self.problem(ofEncoding: value) ?? problem
                isEncoded = true
            default: break
            }
            fields.append(HTTPField(name: name, value: value))
        }
        if host == nil, !parsed.isHTTP10 { problem = problem ?? .host }
        // The target's counts where there is one (RFC 9112 section 3.2.2).
        head.authority = target.authority ?? host
        head.headerFields = fields
    }

    /// Expectations are a list (RFC 9110 section 10.1.1).
    private static func asksForPermission(_ value: String) -> Bool {
        let value = value.lowercased()
        return value == "100-continue"
            || value.split(separator: ",").contains { $0.filter { $0 != " " && $0 != "\t" } == "100-continue" }
    }

    /// Chunks are all that is known, and must be the last coding (RFC 9112 section 6.1).
    private static func problem(ofEncoding value: String) -> UnreadableRequest.Reason? {
        let codings = value.lowercased().split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }
        guard codings.last == "chunked" else { return .transferEncoding }
        return codings.count == 1 ? nil : .unknownCoding
    }

    private static func path(in target: String) -> String {
        guard let query = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return target }
        return String(target[..<query])
    }

    /// Authority, path and query of a target in absolute form, any other target as it is (RFC 9112 section 3.2).
    private static func target(_ uri: String) -> (authority: String?, path: String) {
        guard uri.utf8.first != UInt8(ascii: "/"), let url = URLParts(uri) else { return (nil, uri) }
        // A user name stays in it, so that no host is recognised behind one.
        let authority = url.userInfo.map { "\($0)@\(url.authority)" } ?? String(url.authority)
        return (authority, url.path.isEmpty ? "/\(url.target)" : String(url.target))
    }
}

extension HTTPRequestHead {
    /// Whether the client knows neither chunks nor `100 Continue`; the decoder lets no other major version pass.
    var isHTTP10: Bool { version.minor == 0 }
}

extension HTTPRequest.Method {
    fileprivate init(_ method: HTTPMethod) {
        self =
            switch method {
            case .POST: .post
            case .GET: .get
            case .HEAD: .head
            // The decoder knows its methods, whose names are all tokens.
            default: Self(method.rawValue) ?? .trace
            }
    }
}
