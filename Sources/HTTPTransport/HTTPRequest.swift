/// One HTTP request with the bounds that apply to it.
///
/// Redirects are never followed (D-109).
package struct HTTPRequest: Sendable {
    /// The methods this project sends.
    package enum Method: String, Sendable, CaseIterable {
        /// Reads; never has a body.
        case get = "GET"
        /// Sends ``HTTPRequest/body``, which may be empty.
        case post = "POST"
    }

    /// What to do with the resource.
    package var method: Method

    /// An absolute `http` or `https` URL, percent-encoded.
    package var url: String

    /// Fields besides those the transport adds itself: `Host`, `Content-Length`, `User-Agent`.
    package var headers: HeaderList

    /// The body of a POST.
    ///
    /// There is no `Content-Type` unless ``headers`` has one.
    package var body: [UInt8]?

    /// Bound on the whole exchange: waiting for a free connection, connecting, sending, and receiving the last byte.
    package var timeout: Duration

    /// Bound on name resolution, TCP and TLS handshake together.
    package var connectTimeout: Duration

    /// The largest body that is accepted; the transfer is aborted when a byte more is announced or arrives.
    package var maximumResponseBytes: Int

    /// Whether the standard proxy variables of the environment apply; `false` connects directly, as E-115 demands.
    package var usesProxy: Bool

    /// Describes a request.
    ///
    /// - Parameters:
    ///   - method: What to do with the resource.
    ///   - url: An absolute `http` or `https` URL, percent-encoded.
    ///   - headers: Further header fields.
    ///   - body: The body of a POST.
    ///   - timeout: Bound on the whole exchange, more than zero; shorter than 1 ms counts as 1 ms.
    ///   - connectTimeout: Bound on connecting, more than zero; ``timeout`` still applies.
    ///   - maximumResponseBytes: The largest body that is accepted; 1 MiB unless said otherwise.
    ///   - usesProxy: Whether the environment's proxy variables apply.
    package init(
        method: Method = .get, url: String, headers: HeaderList = [:], body: [UInt8]? = nil, timeout: Duration,
        connectTimeout: Duration = .seconds(5), maximumResponseBytes: Int = 1 << 20, usesProxy: Bool = true
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.maximumResponseBytes = maximumResponseBytes
        self.usesProxy = usesProxy
    }
}
