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
        let url = request.url.utf8
        let hostStart = url.index(url.startIndex, offsetBy: request.usesTLS ? 8 : 7)
        let hostEnd = url[hostStart...].firstIndex {
            $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#")
        }
        let host = url[hostStart..<(hostEnd ?? url.endIndex)]
        let target = url[(hostEnd ?? url.endIndex)...].prefix { $0 != UInt8(ascii: "#") }
        guard !host.contains(UInt8(ascii: "@")) else {
            throw .unsent(.invalidRequest, request, "the URL has a user name")
        }
        origin = Origin(
            url: String(request.url[..<host.endIndex]), usesTLS: request.usesTLS, usesProxy: request.usesProxy)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(request.headers.byteCount + url.count + (request.body?.count ?? 0) + 160)
        bytes.append(contentsOf: request.method.rawValue.utf8)
        bytes.append(UInt8(ascii: " "))
        if target.first != UInt8(ascii: "/") { bytes.append(UInt8(ascii: "/")) }
        bytes.append(contentsOf: target)
        bytes.append(contentsOf: " HTTP/1.1\r\nHost: ".utf8)
        bytes.append(contentsOf: host)
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
