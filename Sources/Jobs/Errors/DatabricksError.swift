package import Observability

/// A Databricks call that failed, with a text for each reader (D-99).
///
/// A refusal by the workspace is always a tool error: the caller's own token at our door was fine (D-110).
package struct DatabricksError: CallerFacingError, Equatable {
    /// Which of the known ways it failed.
    package let kind: FailureKind
    /// The call that failed.
    package let endpoint: Endpoint
    /// The id to quote to Databricks support.
    package let requestID: String?
    /// Whether the service may have done what was asked although no good answer arrived (D-118).
    package internal(set) var mayHaveActed = false
    /// What happened, in a few words of ours without a full stop.
    package let problem: String
    /// What the caller reads.
    package internal(set) var callerMessage: String
    /// What the operator reads.
    package let operatorMessage: String
    /// The same facts for a machine.
    package internal(set) var details: ErrorDetails

    /// An answer that is no success.
    init(_ answer: FailedAnswer, to request: DatabricksRequest, retryAfter: Duration?) {
        let kind = FailureKind(answer)
        let words = FailureText(kind: kind, request: request)
        self.init(
            kind: kind, request: request, words: words, status: answer.status, code: answer.body.code,
            requestID: answer.body.requestID, retryAfter: retryAfter,
            lead: words.lead(status: answer.status, code: answer.body.code), quote: Self.quote(answer.body, kind: kind),
            operatorMessage: "\(request.endpoint.rawValue) answered \(answer.status) "
                + "\(answer.body.code ?? "-") (\(answer.body.shape.rawValue)): \(answer.body.message)")
    }

    /// A call without an answer, or one that was not made.
    init(
        _ kind: FailureKind, to request: DatabricksRequest, wasSent: Bool = false, retryAfter: Duration? = nil,
        operatorMessage: String
    ) {
        let words = FailureText(kind: kind, request: request)
        self.init(
            kind: kind, request: request, words: words, status: nil, code: nil, requestID: nil, retryAfter: retryAfter,
            lead: words.leadWithoutAnswer(wasSent: wasSent), quote: "", operatorMessage: operatorMessage)
    }

    private init(
        kind: FailureKind, request: DatabricksRequest, words: FailureText, status: Int?, code: String?,
        requestID: String?, retryAfter: Duration?, lead: String, quote: String, operatorMessage: String
    ) {
        self.kind = kind
        problem = words.problem
        endpoint = request.endpoint
        self.requestID = requestID
        self.operatorMessage = operatorMessage
        let seconds = kind.isRetryable ? retryAfter.map(Self.wholeSeconds) : nil
        let nextStep = words.nextStep(retryAfterSeconds: seconds)
        let reference = requestID.map { " Databricks request id: \($0)." } ?? ""
        callerMessage = "\(lead)\(words.problem). \(nextStep)\(quote)\(reference)"
        details = ErrorDetails(
            category: kind.category, httpStatus: status, errorCode: code, retryable: kind.isRetryable,
            retryAfterSeconds: seconds, nextStep: nextStep)
    }

    /// Repeats the service's own words, marked as a quotation, unless they only repeat the status.
    private static func quote(_ body: ErrorBody, kind: FailureKind) -> String {
        // What stands in the place of an answer comes from somebody else than Databricks.
        guard kind != .notAnAnswer, kind != .redirect, kind != .privateLink else { return "" }
        let stop = body.message.hasSuffix(".") ? "" : "."
        return switch body.shape {
        case .empty: ""
        case .unparsed: " The answer has no known form; it starts: \"\(body.message)\"\(stop)"
        case .json, .scim, .plainText, .html: " Databricks says: \"\(body.message)\"\(stop)"
        }
    }

    /// Rounded up: waiting too short would only be refused again.
    private static func wholeSeconds(_ duration: Duration) -> Int {
        Int(duration.components.seconds) + (duration.components.attoseconds > 0 ? 1 : 0)
    }
}

extension DatabricksError: CustomDebugStringConvertible {
    /// The operator's text.
    package var debugDescription: String { operatorMessage }
}
