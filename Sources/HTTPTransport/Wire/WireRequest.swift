internal import HTTPSyntax

/// A request as HTTP/1.1 sends it, and the host that it goes to.
struct WireRequest {
    /// Where a connection leads: two requests with the same origin may use the same one.
    struct Origin: Hashable {
        /// Scheme, host and port, as the request has them.
        let url: String
        let usesTLS: Bool
        let usesProxy: Bool
    }

    let origin: Origin
    let bytes: [UInt8]

    /// - Throws: Why the request cannot be sent; everything else about the URL is found by libcurl when it connects.
    init(_ request: HTTPRequest, userAgent: String?) throws(TransportError) {
        guard let url = URLParts(request.url), url.userInfo == nil else {
            throw .unsent(.invalidRequest, request, "the URL has a user name")
        }
        origin = Origin(
            url: String(request.url[..<url.authority.endIndex]), usesTLS: request.usesTLS, usesProxy: request.usesProxy)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(request.headers.byteCount + request.url.utf8.count + (request.body?.count ?? 0) + 160)
        bytes.append(contentsOf: request.method.rawValue.utf8)
        bytes.append(UInt8(ascii: " "))
        if url.path.isEmpty { bytes.append(UInt8(ascii: "/")) }
        bytes.append(contentsOf: url.target.utf8)
        bytes.append(contentsOf: " HTTP/1.1\r\nHost: ".utf8)
        bytes.append(contentsOf: url.authority.utf8)
        bytes.append(contentsOf: "\r\n".utf8)
        if let userAgent, request.headers["user-agent"] == nil {
            bytes.append(contentsOf: "User-Agent: \(userAgent)\r\n".utf8)
        }
        if request.headers["accept"] == nil { bytes.append(contentsOf: "Accept: */*\r\n".utf8) }
        request.headers.write(to: &bytes)
        let body = request.method == .post ? request.body ?? [] : []
        if request.method == .post { bytes.append(contentsOf: "Content-Length: \(body.count)\r\n".utf8) }
        bytes.append(contentsOf: "\r\n".utf8)
        bytes.append(contentsOf: body)
        self.bytes = bytes
    }
}
