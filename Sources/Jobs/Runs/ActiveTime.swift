internal import JSON

/// How long a run was at work that was over, lay idle and goes on since: a repair makes the same run active (D-67).
struct ActiveTime {
    /// Pauses that are none: tasks wait for each other, for compute and for a retry.
    private static let shortPause: Int64 = 15 * 60_000

    private var spans: [(start: Int64, end: Int64)] = []

    /// - Parameters:
    ///   - parts: Tasks, iterations, or the original and its repairs.
    ///   - now: Milliseconds since the epoch, up to which goes on what is not over.
    init(_ parts: [JSONElement], now: Int64) {
        for part in parts.map(RunView.init) {
            guard let start = part.start, start <= now else { continue }
            spans.append((start, part.state.finished ? max(start, part.end ?? start) : now))
        }
        spans.sort { $0.start < $1.start }
    }

    /// Milliseconds without the pauses, or `nil` when there was none worth mentioning.
    var milliseconds: Int64? {
        guard var current = spans.first else { return nil }
        var total: Int64 = 0
        var hasPause = false
        for span in spans.dropFirst() {
            if span.start - current.end > Self.shortPause {
                total += current.end - current.start
                current = span
                hasPause = true
            } else {
                current.end = max(current.end, span.end)
            }
        }
        return hasPause ? total + current.end - current.start : nil
    }
}
