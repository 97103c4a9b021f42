internal import HTTPTypes
internal import Observability

/// What a request's headers say about its identity (K-20); its place in a trace is ``RequestSpan``'s.
struct RequestIdentity {
    let correlationID: CorrelationID
    let clientCorrelationID: String?

    /// Adopts a UUID from `X-Correlation-ID`, else `X-Request-ID`; any other value of at most 128 visible ASCII
    /// characters is kept beside an identifier of our own.
    init(of headers: HTTPFields) {
        let offered = headers.single(.correlationID) ?? headers.single(.requestID)
        let adopted = offered.flatMap(CorrelationID.init)
        correlationID = adopted ?? CorrelationID()
        clientCorrelationID = adopted == nil ? offered.flatMap { LogSafeText.isVisibleASCII($0) ? $0 : nil } : nil
    }
}

extension HTTPFields {
    /// The value of a field that may say only one thing; `nil` where its copies differ.
    func single(_ name: HTTPField.Name) -> String? { SingleValue(self[values: name]).value }
}

extension HTTPField.Name {
    /// `X-Correlation-ID`.
    static let correlationID = unchecked("X-Correlation-ID")
    /// `X-Request-ID`.
    static let requestID = unchecked("X-Request-ID")

    /// A literal that is known to be a token of RFC 9110 section 5.1.
    static func unchecked(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("not a header name: \(name)") }
        return name
    }
}
