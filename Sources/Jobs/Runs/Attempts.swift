internal import JSON

/// Tells which attempts of a task others came after: by time, since neither order nor numbers are promised (D-64, D-67).
///
/// A retry counts on, a repair may begin at 0 again, and the service lists attempts in any order.
enum Attempts {
    /// The positions of tasks that a later attempt of the same task key replaced.
    static func superseded(ofTasks tasks: [RunView]) -> Set<Int> {
        var latest: [String: Int] = [:]
        var superseded: Set<Int> = []
        for (index, task) in tasks.enumerated() {
            guard let key = task.taskKey?.string else { continue }
            guard let other = latest[key] else {
                latest[key] = index
                continue
            }
            // A later place in the list decides between attempts that nothing else tells apart.
            let isNewer = !isLater(tasks[other], than: task)
            superseded.insert(isNewer ? other : index)
            if isNewer { latest[key] = index }
        }
        return superseded
    }

    /// Whether `first` came after `second`: the start decides, then the number.
    static func isLater(_ first: RunView, than second: RunView) -> Bool {
        switch (time(of: first), time(of: second)) {
        case (let one?, let other?) where one != other: return one > other
        // What has not begun yet is the attempt that waits.
        case (nil, _?) where !first.state.finished: return true
        case (_?, nil) where !second.state.finished: return false
        default: return first.attempt > second.attempt
        }
    }

    /// Milliseconds since the epoch; of what was skipped before it began, its end.
    private static func time(of run: RunView) -> Int64? { run.start ?? (run.state.finished ? run.end : nil) }

    /// The positions of iterations that were tried again.
    ///
    /// They share one task key. What tells that two are the same one is `original_attempt_run_id`, or the parameters that
    /// the input was put into; where neither does, a retry replaces the failure before it.
    static func superseded(ofIterations iterations: [RunView], total: Int64? = nil) -> Set<Int> {
        let isRetried = iterations.contains { $0.attempt > 0 }
        if let total, iterations.count <= total, !isRetried { return [] }
        for key in [originalID, definition] {
            guard let groups = groups(iterations, by: key), total == nil || groups.count >= total ?? 0 else { continue }
            return superseded(iterations, groups)
        }
        return isRetried ? matched(iterations) : []
    }

    private static func originalID(_ iteration: RunView) -> String? {
        guard let id = iteration.element["original_attempt_run_id"]?.exactInteger, id > 0 else { return nil }
        return String(id)
    }

    /// The task that the iteration ran, parameters included.
    private static func definition(_ iteration: RunView) -> String? {
        let task = iteration.element.members.first { $0.name.hasSuffix("_task") && $0.value.isObject }
        guard let task else { return nil }
        return "\(iteration.taskKey?.string ?? "") \(String(decoding: task.value.rawBytes, as: UTF8.self))"
    }

    /// The iterations by what they have in common, or `nil` when that cannot be what makes them attempts of one: all must
    /// have it, some must share it, and no two first attempts without anything between them may.
    private static func groups(_ iterations: [RunView], by key: (RunView) -> String?) -> [[Int]]? {
        var groups: [String: [Int]] = [:]
        for (index, iteration) in iterations.enumerated() {
            guard let key = key(iteration) else { return nil }
            groups[key, default: []].append(index)
        }
        guard groups.count < iterations.count else { return nil }
        let areAttempts = groups.values.allSatisfy { group in
            let inOrder = group.sorted { isLater(iterations[$1], than: iterations[$0]) }
            return zip(inOrder, inOrder.dropFirst()).allSatisfy { canFollow(iterations[$0], iterations[$1]) }
        }
        return areAttempts ? Array(groups.values) : nil
    }

    /// Whether `next` may be another attempt at `run`: only what came to no good end is tried again, and not before it.
    private static func canFollow(_ run: RunView, _ next: RunView) -> Bool {
        guard run.state.finished, run.state.outcome.isUnhappyEnd else { return false }
        guard let end = run.end, let start = next.start else { return true }
        return end <= start
    }

    private static func superseded(_ iterations: [RunView], _ groups: [[Int]]) -> Set<Int> {
        var superseded: Set<Int> = []
        for group in groups where group.count > 1 {
            let latest = group.dropFirst().reduce(group[0]) { isLater(iterations[$0], than: iterations[$1]) ? $0 : $1 }
            superseded.formUnion(group.filter { $0 != latest })
        }
        return superseded
    }

    /// Lets each retry replace the attempt before it that failed last before the retry began.
    private static func matched(_ iterations: [RunView]) -> Set<Int> {
        var superseded: Set<Int> = []
        let retries = iterations.indices.filter { iterations[$0].attempt > 0 }
            .sorted { (iterations[$0].start ?? .max, $0) < (iterations[$1].start ?? .max, $1) }
        for retry in retries {
            let candidates = iterations.indices.filter { index in
                !superseded.contains(index) && iterations[index].attempt == iterations[retry].attempt - 1
                    && iterations[index].taskKey?.string == iterations[retry].taskKey?.string
                    && canFollow(iterations[index], iterations[retry])
            }
            if let match = candidates.max(by: { (iterations[$0].end ?? 0) < (iterations[$1].end ?? 0) }) {
                superseded.insert(match)
            }
        }
        return superseded
    }
}
