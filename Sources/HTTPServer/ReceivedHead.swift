internal import HTTPSyntax
internal import HTTPTypes
internal import NIOHTTP1

/// The head of a request as it was parsed, in the types of this package: one pass over its fields.
struct ReceivedHead {
    private(set) var head: HTTPRequest
    /// The path without the query.
    let path: String
    private(set) var expectsPermission = false
    private(set) var asksForUpgrade = false
    /// Why it cannot be answered, although it could be parsed.
    private(set) var problem: UnreadableRequest?

    /// A head that was not parsed.
    init(_ head: HTTPRequest) {
        self.head = head
        path = Self.path(in: head.path ?? "/")
    }

    /// What NIO's decoder made of the head.
    ///
    /// Its names are tokens, and its values hold no control characters.
    init(_ parsed: HTTPRequestHead) {
        let target = Self.target(parsed.uri)
        head = HTTPRequest(method: .init(parsed.method), scheme: "http", authority: nil, path: target)
        path = Self.path(in: target)
        asksForUpgrade = parsed.method == .CONNECT
        var fields = HTTPFields()
        fields.reserveCapacity(parsed.headers.count)
        var authority: String?
        var isEncoded = false
        for (text, value) in parsed.headers {
            guard let name = HTTPField.Name(text) else { continue }
            switch name.canonicalName {
            case "host" where authority == nil:
                authority = value
                continue
            case "expect": expectsPermission = !parsed.isHTTP10 && value.lowercased() == "100-continue"
            case "upgrade": asksForUpgrade = true
            case "transfer-encoding":
                problem = isEncoded ? .malformed("two transfer codings") : Self.problem(ofEncoding: value)
                isEncoded = true
            default: break
            }
            fields.append(HTTPField(name: name, value: value))
        }
        head.authority = authority
        head.headerFields = fields
    }

    /// Chunks are all that is known, and must be the last coding (RFC 9112 section 6.1).
    private static func problem(ofEncoding value: String) -> UnreadableRequest? {
        let codings = value.lowercased().split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }
        guard codings.last == "chunked" else { return .malformed("the last transfer coding is not chunked") }
        return codings.count == 1 ? nil : .encoded
    }

    private static func path(in target: String) -> String {
        guard let query = target.utf8.firstIndex(of: UInt8(ascii: "?")) else { return target }
        return String(target[..<query])
    }

    /// The path and query of a target in absolute form, any other target as it is (RFC 9112 section 3.2).
    private static func target(_ uri: String) -> String {
        guard uri.utf8.first != UInt8(ascii: "/"), let url = URLParts(uri) else { return uri }
        return url.path.isEmpty ? "/\(url.target)" : String(url.target)
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
