internal import JSON

/// The tasks of a run, or the iterations of a for-each task, over all pages that were read.
struct TaskList {
    struct Entry {
        let view: RunView
        /// Whether a later attempt of the same task exists (D-64).
        var isSuperseded = false
    }

    private(set) var entries: [Entry]
    /// Whether these are iterations: they share a task key and are told apart by run id (D-65).
    let areIterations: Bool

    /// - Parameters:
    ///   - elements: What the service sent.
    ///   - areIterations: Whether they are the iterations of a for-each task.
    ///   - total: How many different iterations there are, when the service says so.
    init(_ elements: [JSONElement], areIterations: Bool, total: Int64? = nil) {
        let views = elements.map { RunView($0) }
        let superseded =
            areIterations
            ? Attempts.superseded(ofIterations: views, total: total) : Attempts.superseded(ofTasks: views)
        entries = views.enumerated().map { Entry(view: $1, isSuperseded: superseded.contains($0)) }
        self.areIterations = areIterations
    }

    /// The latest attempts, in the order of the service.
    var latest: [RunView] { entries.filter { !$0.isSuperseded }.map(\.view) }

    /// Those that failed by themselves: first those that failed, then those that ran out of time.
    var failed: [RunView] {
        let latest = latest
        return latest.filter { $0.state.isOwnFailure && $0.state.outcome == .failed }
            + latest.filter { $0.state.isOwnFailure && $0.state.outcome != .failed }
    }

    /// Those that were stopped.
    var cancelled: [RunView] { latest.filter(\.state.isCancelled) }

    /// Those under way.
    var active: [RunView] { latest.filter { !$0.state.finished } }

    /// Those that are over and neither failed by themselves nor were cancelled.
    var calm: [RunView] { latest.filter { $0.state.finished && !$0.state.isOwnFailure && !$0.state.isCancelled } }

    /// How many of the latest attempts came to what, in the order of ``RunOutcome``.
    var counts: [(outcome: RunOutcome, count: Int)] {
        var counts: [RunOutcome: Int] = [:]
        for entry in entries where !entry.isSuperseded { counts[entry.view.state.outcome, default: 0] += 1 }
        return RunOutcome.allCases.compactMap { outcome in counts[outcome].map { (outcome, $0) } }
    }
}
