internal import Observability

/// Failures of a call that the protocol layer itself reports to the caller.
enum CallFailure: CallerFacingError {
    /// The call was cancelled at its deadline (C-05).
    case timedOut(tool: String, after: Duration)
    /// The response would be larger than clients take (TC-04).
    case tooLarge(tool: String, bytes: Int, maximum: Int)

    var callerMessage: String {
        switch self {
        case .timedOut(let tool, let limit):
            "\(tool) took longer than \(limit.components.seconds) seconds and was stopped. "
                + "What it started at Databricks may go on; look before you repeat the call."
        case .tooLarge(let tool, let bytes, let maximum):
            "The result of \(tool) is too large (\(bytes >> 10) KiB, at most \(maximum >> 10) KiB). Ask for less at once."
        }
    }

    var operatorMessage: String {
        switch self {
        case .timedOut(_, let limit): "call cancelled after \(limit.components.seconds) s"
        case .tooLarge(_, let bytes, let maximum): "response of \(bytes) bytes exceeds \(maximum)"
        }
    }

    var details: ErrorDetails {
        switch self {
        case .timedOut: ErrorDetails(category: .unavailable, retryable: true, nextStep: "Try again later.")
        case .tooLarge: ErrorDetails(category: .invalidArgument, nextStep: "Ask for less at once.")
        }
    }
}
