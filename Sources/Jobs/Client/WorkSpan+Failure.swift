internal import Observability

extension WorkSpan {
    /// Says which of the known ways a call failed, and what kind of failure that is for the caller (D-99).
    ///
    /// The texts stay in the log: they may quote what the workspace wrote.
    func fail(_ error: any Error) {
        guard isRecording else { return }
        switch error {
        case let error as DatabricksError:
            annotate(["error.category": .text(error.details.category.rawValue)])
            fail(error.kind.rawValue)
        case let error as any CallerFacingError:
            // No token could be had; the exchange's own span has the reason.
            annotate(["error.category": .text(error.details.category.rawValue)])
            fail("no_token")
        case is CancellationError: fail("cancelled")
        default: fail("internal")
        }
    }
}
