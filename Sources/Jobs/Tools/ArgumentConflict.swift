package import Observability

/// Arguments that are fine one by one and wrong together, found before anything is sent (D-43, D-89, TC-07).
package struct ArgumentConflict: CallerFacingError {
    /// Which arguments, why, and what to do.
    package let callerMessage: String
    /// `invalid_argument`.
    package let details: ErrorDetails

    /// The caller's text: it holds no values.
    package var operatorMessage: String { callerMessage }

    /// - Parameters:
    ///   - tool: The tool that was called.
    ///   - problem: Which arguments and why, without a full stop; no values.
    ///   - fix: What to do, with an example where one helps.
    init(tool: String, problem: String, fix: String) {
        callerMessage = "Invalid arguments for \(tool): \(problem). \(fix)"
        details = ErrorDetails(category: .invalidArgument, nextStep: fix)
    }
}
