/// How often a stream speaks (T-06, T-09, PRG-03).
package struct StreamIntervals: Sendable, Equatable {
    /// The least time between two progress notifications of one call.
    package var progress: Duration
    /// The silence after which a comment is sent; a call that has said nothing yet opens its stream then.
    package var keepAlive: Duration

    /// Creates intervals; the defaults are those of the official SDKs: two notifications a second, 15 s of silence.
    package init(progress: Duration = .milliseconds(500), keepAlive: Duration = .seconds(15)) {
        self.progress = progress
        self.keepAlive = keepAlive
    }
}

/// What a call's stream says and when: a value without I/O or clock.
struct StreamPacing {
    /// Something to send now.
    enum Output: Equatable {
        case progress(ProgressUpdate)
        case keepAlive
    }

    private let intervals: StreamIntervals
    private var lastOutput: ContinuousClock.Instant
    private var lastProgress: (value: Double, at: ContinuousClock.Instant)?
    /// The newest report that came too soon; it replaces the one before it.
    private var held: ProgressUpdate?

    init(_ intervals: StreamIntervals, start: ContinuousClock.Instant) {
        self.intervals = intervals
        lastOutput = start
    }

    /// Takes a report; progress must grow from one to the next (PRG-02), anything else is dropped.
    ///
    /// - Returns: The report if it may be sent now.
    mutating func report(_ update: ProgressUpdate, at now: ContinuousClock.Instant) -> ProgressUpdate? {
        let floor = held?.progress ?? lastProgress?.value ?? -Double.infinity
        guard update.progress.isFinite, update.progress > floor else { return nil }
        guard mayProgress(at: now) else {
            held = update
            return nil
        }
        return send(update, at: now)
    }

    /// - Returns: What has become due by `now`.
    mutating func tick(at now: ContinuousClock.Instant) -> Output? {
        if let held, mayProgress(at: now) { return .progress(send(held, at: now)) }
        guard now - lastOutput >= intervals.keepAlive else { return nil }
        lastOutput = now
        return .keepAlive
    }

    /// Something else was sent, which a client takes as a sign of life as well.
    mutating func sent(at now: ContinuousClock.Instant) { lastOutput = now }

    private func mayProgress(at now: ContinuousClock.Instant) -> Bool {
        lastProgress.map { now - $0.at >= intervals.progress } ?? true
    }

    private mutating func send(_ update: ProgressUpdate, at now: ContinuousClock.Instant) -> ProgressUpdate {
        lastOutput = now
        lastProgress = (update.progress, now)
        held = nil
        return update
    }
}
