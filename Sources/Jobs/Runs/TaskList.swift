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

    init(_ elements: [JSONElement], areIterations: Bool) {
        entries = elements.map { Entry(view: RunView($0)) }
        self.areIterations = areIterations
        if !areIterations { markSuperseded() }
    }

    /// The latest attempts, in the order of the service.
    var latest: [RunView] { entries.filter { !$0.isSuperseded }.map(\.view) }

    /// Those that failed by themselves, in the order of the service.
    var failed: [RunView] { latest.filter(\.state.isOwnFailure) }

    /// Those under way.
    var active: [RunView] { latest.filter { !$0.state.finished } }

    /// How many of the latest attempts came to what, in the order of ``RunOutcome``.
    var counts: [(outcome: RunOutcome, count: Int)] {
        var counts: [RunOutcome: Int] = [:]
        for entry in entries where !entry.isSuperseded { counts[entry.view.state.outcome, default: 0] += 1 }
        return RunOutcome.allCases.compactMap { outcome in counts[outcome].map { (outcome, $0) } }
    }

    private mutating func markSuperseded() {
        var latest: [String: Int] = [:]
        for (index, entry) in entries.enumerated() {
            guard let key = entry.view.taskKey?.string else { continue }
            guard let other = latest[key] else {
                latest[key] = index
                continue
            }
            // A later place in the list decides between equal numbers, which only a broken answer has.
            let isNewer = entry.view.attempt >= entries[other].view.attempt
            entries[isNewer ? other : index].isSuperseded = true
            if isNewer { latest[key] = index }
        }
    }
}
