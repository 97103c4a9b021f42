internal import HTTPTypes
internal import Observability

/// What a request's headers say about its identity: correlation and trace (K-20).
struct RequestIdentity {
    let context: RequestContext

    /// Adopts a UUID from `X-Correlation-ID`, else `X-Request-ID`; any other value of at most 128 visible ASCII
    /// characters is kept beside an identifier of our own.
    init(of headers: HTTPFields) {
        let offered = headers[.correlationID] ?? headers[.requestID]
        let adopted = offered.flatMap(CorrelationID.init)
        let trace = headers[.traceparent].flatMap(TraceContext.init(traceparent:))
        context = RequestContext(
            correlationID: adopted ?? CorrelationID(),
            clientCorrelationID: adopted == nil ? offered.flatMap { LogSafeText.isVisibleASCII($0) ? $0 : nil } : nil,
            trace: trace?.child() ?? TraceContext())
    }
}

extension HTTPField.Name {
    /// `X-Correlation-ID`.
    static let correlationID = unchecked("X-Correlation-ID")
    /// `X-Request-ID`.
    static let requestID = unchecked("X-Request-ID")
    /// `traceparent` of W3C Trace Context.
    static let traceparent = unchecked("traceparent")

    /// A literal that is known to be a token of RFC 9110 section 5.1.
    private static func unchecked(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("not a header name: \(name)") }
        return name
    }
}
