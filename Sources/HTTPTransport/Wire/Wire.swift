internal import Glibc

/// Which of the two implementations of HTTP sends a request.
enum Route: Sendable {
    /// As a transfer of libcurl's.
    case transfer
    /// On a connection of libcurl's, in HTTP/1.1 of ours.
    case wire
}

/// Sends requests in HTTP/1.1 of our own over connections that libcurl opens, for a host that is asked all the time:
/// a call costs a small part of what ``CurlTransport`` takes for it.
///
/// Names, proxies, TLS and trust stay libcurl's, and so do all rules of ``CurlTransport``; HTTP/2 is not spoken. What
/// libcurl alone can do, a plain request through a proxy or to a socket in the file system, is left to it.
///
/// A request may set any field but those about the connection and the length of its body.
package struct Wire: HTTPSending {
    private let transport: CurlTransport

    /// - Parameter transport: Whose workers send, within their bound on connections.
    package init(_ transport: CurlTransport) { self.transport = transport }

    /// Sends `request` once, as ``HTTPSending`` says.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await transport.send(request, over: Wire.carries(request) ? .wire : .transfer)
    }

    private static func carries(_ request: HTTPRequest) -> Bool {
        guard request.unixSocketPath == nil else { return false }
        if request.usesTLS || !request.usesProxy { return true }
        return unsafe getenv("http_proxy") == nil && getenv("all_proxy") == nil && getenv("ALL_PROXY") == nil
    }
}
