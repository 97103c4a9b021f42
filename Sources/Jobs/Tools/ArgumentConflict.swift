internal import Observability

/// Arguments that are fine one by one and wrong together, found before anything is sent (D-43, D-89, TC-07).
struct ArgumentConflict: CallerFacingError {
    let callerMessage: String
    let details: ErrorDetails

    var operatorMessage: String { callerMessage }

    /// - Parameters:
    ///   - tool: The tool that was called.
    ///   - problem: Which arguments and why, without a full stop; no values.
    ///   - fix: What to do, with an example where one helps.
    init(tool: String, problem: String, fix: String) {
        callerMessage = "Invalid arguments for \(tool): \(problem). \(fix)"
        details = ErrorDetails(category: .invalidArgument, nextStep: fix)
    }
}
