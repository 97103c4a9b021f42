internal import JSON

extension RunState {
    /// Reads `status` and `state` of a run, a task, an iteration or a repair.
    init(of run: JSONElement) {
        var words = Words()
        if let status = run["status"] {
            words.state = status["state"]?.word
            let details = status["termination_details"]
            words.terminationCode = details?["code"]?.word
            words.terminationType = details?["type"]?.word
        }
        if let state = run["state"] {
            words.lifeCycleState = state["life_cycle_state"]?.word
            words.resultState = state["result_state"]?.word
            words.userCancelledOrTimedOut = state["user_cancelled_or_timedout"]?.bool ?? false
        }
        self.init(words)
    }
}

extension JSONElement {
    /// The text of a string that is not empty: empty means absent (D-06).
    fileprivate var word: String? { string.flatMap { $0.isEmpty ? nil : $0 } }
}
