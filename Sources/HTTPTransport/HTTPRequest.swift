internal import HTTPSyntax

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

    /// Fields besides `Host`, `Content-Length`, `User-Agent` and, unless given here, `Accept: */*`.
    ///
    /// There is no `Accept-Encoding`: answers of a few kilobytes are not worth the time, and what arrives is never
    /// longer than what was announced.
    package var headers: HeaderList

    /// The body of a POST.
    ///
    /// There is no `Content-Type` unless ``headers`` has one.
    package var body: [UInt8]?

    /// Bound on the whole exchange: waiting for a free connection, connecting, sending, and receiving the last byte.
    ///
    /// A request with nothing left of it fails without being sent.
    package var timeout: Duration

    /// Bound on name resolution, TCP and TLS handshake together.
    package var connectTimeout: Duration

    /// The largest body that is accepted; the transfer is aborted when a byte more is announced or arrives.
    package var maximumResponseBytes: Int

    /// Whether the standard proxy variables of the environment apply; `false` connects directly, as E-115 demands.
    package var usesProxy: Bool

    /// A socket in the file system to connect to instead of the URL's host; the host still goes into `Host`.
    package var unixSocketPath: String?
    /// How often the same request was sent before, for whoever observes; changes nothing about the sending.
    package var resendCount = 0

    /// Describes a request.
    ///
    /// - Parameters:
    ///   - method: What to do with the resource.
    ///   - url: An absolute `http` or `https` URL, percent-encoded.
    ///   - headers: Further header fields.
    ///   - body: The body of a POST.
    ///   - timeout: Bound on the whole exchange, in whole milliseconds.
    ///   - connectTimeout: Bound on connecting, at least 1 ms; ``timeout`` still applies.
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

// MARK: What the transport wants to know

extension HTTPRequest {
    /// Why the request cannot be sent at all; `nil` when it can.
    ///
    /// libcurl would guess a missing scheme and would stop reading at a zero byte.
    var problem: String? {
        if !usesTLS, !url.hasASCIIPrefix("http://") { return "the URL is not an absolute http or https URL" }
        if !url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return "the URL is not percent-encoded" }
        if !headers.isValid { return "a header field holds a character that HTTP forbids" }
        if method == .get, body != nil { return "a GET has no body" }
        return nil
    }

    var usesTLS: Bool { url.hasASCIIPrefix("https://") }

    /// Method and URL for the operator, without user name, query and fragment, and at most 200 characters long.
    var location: String {
        guard let parts = URLParts(url) else { return "\(method.rawValue) to no URL" }
        return "\(method.rawValue) \(operatorText("\(parts.scheme)://\(parts.authority)\(parts.path)"))"
    }
}

extension String {
    /// Whether the text begins with `prefix`, which is lower-case ASCII, in any case of letters.
    fileprivate func hasASCIIPrefix(_ prefix: String) -> Bool {
        utf8.count >= prefix.utf8.count
            && zip(utf8, prefix.utf8).allSatisfy { byte, expected in
                byte == expected || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == expected
            }
    }
}

/// Text from outside, fit for a log line: control characters replaced, at most 200 characters long.
func operatorText(_ text: String) -> String {
    String(
        String.UnicodeScalarView(text.unicodeScalars.prefix(200).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 })
    )
}
