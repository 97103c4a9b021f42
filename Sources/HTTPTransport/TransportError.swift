/// Why there is no complete answer to a request.
package struct TransportError: Error, Sendable, Equatable {
    /// A closed list: each case is a metric label, an operator's search term and a row in a test.
    package enum Kind: String, Sendable, CaseIterable {
        /// The request cannot be sent: a malformed URL, another scheme than http and https, an impossible header.
        case invalidRequest = "invalid_request"
        /// The host's (or the proxy's) name could not be resolved.
        case dns
        /// No connection: refused, unreachable, or the proxy would not open it.
        case connect
        /// The TLS handshake failed, or the certificate is not one we trust for this host.
        case tls
        /// ``HTTPRequest/connectTimeout`` passed before the connection stood.
        case connectTimeout = "connect_timeout"
        /// ``HTTPRequest/timeout`` passed.
        case timeout
        /// The answer is longer than ``HTTPRequest/maximumResponseBytes``, or its header than 64 KiB.
        case responseTooLarge = "response_too_large"
        /// The connection ended before the answer was complete.
        case cutOff = "cut_off"
        /// What arrived is not HTTP.
        case protocolViolation = "protocol_violation"
        /// The calling task was cancelled.
        case cancelled
        /// ``CurlTransport/run()`` has ended.
        case shuttingDown = "shutting_down"
        /// libcurl failed for a reason of its own, for example lack of memory.
        case internalFailure = "internal_failure"
    }

    /// What went wrong.
    package let kind: Kind

    /// Whether the server may have seen the request: `false` only when surely not one byte of it was written (D-117).
    package let requestWasSent: Bool

    /// What happened, for the operator: never a query, a header value or a body.
    package let detail: String

    /// Describes a failure.
    ///
    /// - Parameters:
    ///   - kind: What went wrong.
    ///   - requestWasSent: Whether the server may have seen the request.
    ///   - detail: What happened, for the operator.
    package init(_ kind: Kind, requestWasSent: Bool, detail: String = "") {
        self.kind = kind
        self.requestWasSent = requestWasSent
        self.detail = detail
    }
}

extension TransportError: CustomStringConvertible {
    /// The kind and the detail.
    package var description: String { detail.isEmpty ? kind.rawValue : "\(kind.rawValue): \(detail)" }
}
