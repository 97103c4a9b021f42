/// The line that `systemctl status` shows: a value without a clock, fed with figures at even intervals.
struct ServiceStatus: Sendable {
    /// How many intervals make a minute.
    private let samplesPerMinute: Int
    private var samples: [RequestTally.Counts] = []

    /// - Parameter interval: The time between two calls of ``ready(_:obstacle:address:)``, a part of a minute.
    init(interval: Duration) { samplesPerMinute = max(1, Int(Duration.seconds(60) / interval)) }

    /// Before the server is ready.
    static func starting(_ obstacle: String?) -> String { "Starting: \(obstacle ?? "opening the listeners")" }

    /// While the server serves, or would if there were no obstacle.
    mutating func ready(_ counts: RequestTally.Counts, obstacle: String?, address: String) -> String {
        samples.append(counts)
        if samples.count > samplesPerMinute + 1 { samples.removeFirst() }
        let before = samples.count > samplesPerMinute ? samples[0] : RequestTally.Counts()
        let state = obstacle.map { "Not ready: \($0)" } ?? "Ready on \(address)"
        var text =
            "\(state). Last minute: \(counts.arrived - before.arrived) requests, "
            + "\(counts.refused - before.refused) refused, \(counts.failed - before.failed) failed; "
            + "\(counts.inFlight) in flight"
        if let failure = counts.lastFailure { text += "; last failure \(failure.text)" }
        return text
    }

    /// After the stop has begun.
    static func stopping(_ counts: RequestTally.Counts) -> String { "Stopping: \(counts.inFlight) requests in flight" }
}
