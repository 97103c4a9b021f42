package import Observability

/// Why no Databricks token could be had, for a user or for the server itself: one text for the caller, one for the operator (E-75, E-77).
package struct OBOError: CallerFacingError {
    /// What kind of failure it is: a closed set, the metric label.
    package let failureClass: EntraFailureClass
    /// The number after `AADSTS`.
    package let code: Int?
    /// The status of Entra ID's answer, `nil` when there was none.
    package let httpStatus: Int?
    /// The claims challenge of Entra ID, to be relayed to clients that can handle it (E-101).
    package let claims: String?
    /// How long to wait before a retry, in seconds.
    package internal(set) var retryAfterSeconds: Int?
    /// What the operator should know and do, where that is known.
    package let remedy: String?
    /// By what the administrator finds the attempt in the sign-in log.
    package let reference: EntraReference
    /// The sentence for the caller, without what to quote.
    let callerText: String
    /// What Entra ID or the transport said, cleaned, for the log.
    let detail: String
    /// What was asked for.
    let grant: TokenGrant.Kind
    /// Whether the same request would meet it again; `false` when it was not even sent.
    var isAboutThisRequest = true

    init(
        _ failureClass: EntraFailureClass, message: String? = nil, detail: String, reference: EntraReference,
        code: Int? = nil, httpStatus: Int? = nil, claims: String? = nil, retryAfterSeconds: Int? = nil,
        remedy: String? = nil, grant: TokenGrant.Kind = .onBehalfOf
    ) {
        self.failureClass = failureClass
        self.code = code
        self.httpStatus = httpStatus
        self.claims = claims
        self.retryAfterSeconds = retryAfterSeconds
        self.remedy = remedy
        self.reference = reference
        callerText = message ?? failureClass.generalMessage
        self.detail = detail
        self.grant = grant
    }

    /// One sentence or two, then what to quote to an administrator; nothing of Entra ID's own words (E-75).
    package var callerMessage: String {
        let quoted = [code.map { "AADSTS\($0)" }].compactMap { $0 } + reference.parts
        return "\(timedText) (\(quoted.joined(separator: ", ")))"
    }

    /// The sentence for the caller; when to try again is said once.
    private var timedText: String {
        guard failureClass == .throttled, let seconds = retryAfterSeconds else { return callerText }
        let later = " Try again later."
        let text = callerText.hasSuffix(later) ? String(callerText.dropLast(later.count)) : callerText
        return "\(text) Try again in \(seconds) s."
    }

    /// What happened, with the identifiers and the remedy.
    package var operatorMessage: String {
        let facts =
            ["class=\(failureClass.rawValue)"] + [code.map { "code=AADSTS\($0)" }].compactMap { $0 }
            + [httpStatus.map { "status=\($0)" }].compactMap { $0 } + [detail] + reference.parts
        return "\(grant.name) failed: \(facts.joined(separator: ", "))" + (remedy.map { ". \($0)" } ?? "")
    }

    /// The same for a machine (K-12).
    package var details: ErrorDetails {
        ErrorDetails(
            category: failureClass.category, httpStatus: httpStatus, errorCode: code.map { "AADSTS\($0)" },
            retryable: [.transient, .throttled, .protocolError].contains(failureClass),
            retryAfterSeconds: retryAfterSeconds, nextStep: failureClass.nextStep)
    }

    /// How long the same request need not be repeated, because the answer would be the same (E-67).
    package var memory: Duration? {
        guard isAboutThisRequest else { return nil }
        if failureClass == .throttled { return .seconds(retryAfterSeconds ?? OBORetryPlan.defaultThrottleSeconds) }
        return failureClass.isAboutTheUser ? .seconds(60) : nil
    }
}

/// The identifiers by which an administrator finds one request in Entra ID's sign-in log (E-106).
package struct EntraReference: Sendable, Equatable {
    /// What we sent as `client-request-id`, or what the answer says it was.
    package let correlationID: String
    /// `trace_id`, which the log calls request ID.
    package let traceID: String?
    /// `timestamp`, in Entra ID's own form.
    package let timestamp: String?

    init(correlationID: CorrelationID, body: EntraErrorBody? = nil, requestID: String? = nil) {
        self.correlationID = body?.correlationID ?? "\(correlationID)"
        traceID = body?.traceID ?? requestID.flatMap { GUID($0) }?.description
        timestamp = body?.timestamp
    }

    /// The running request's, for a failure that Entra ID has not seen.
    static var current: EntraReference {
        EntraReference(correlationID: RequestContext.current?.correlationID ?? CorrelationID())
    }

    /// What is known, in words.
    var parts: [String] {
        ["correlation id \(correlationID)"]
            + [traceID.map { "trace id \($0)" }, timestamp.map { "timestamp \($0)" }].compactMap { $0 }
    }
}
