internal import JSON

/// One attempt of one task in one run: a plan from which the state at any time follows.
struct TaskRun: Sendable {
    let id: Int64
    let spec: TaskSpec
    var attempt = 0
    /// When the tasks before it are done; it is blocked until then.
    var readyTime: Int64
    /// When compute is asked for; later than ``readyTime`` when a retry waits.
    var startTime: Int64
    /// When its code starts.
    var executionTime: Int64
    /// When its code is done.
    var cleanupTime: Int64
    var endTime: Int64
    var outcome: Outcome
    var output = TaskOutput.none
    var iterations: [TaskRun] = []
    /// Members that take the place of what the plan says: states and fields that no client knows yet.
    var overrides = Members()

    /// Whether it ever asks for compute.
    var isExecuted: Bool { outcome.lifeCycle != "SKIPPED" }

    func phase(at now: Int64) -> Phase {
        if now < readyTime { return .blocked }
        if now < startTime { return .waitingForRetry }
        guard isExecuted else { return now < endTime ? .blocked : .terminated }
        if now < executionTime { return .pending }
        if now < cleanupTime { return .running }
        return now < endTime ? .terminating : .terminated
    }

    /// Whether it shows at `now`: a further attempt exists only once the one before has failed.
    func exists(at now: Int64) -> Bool { attempt == 0 || now >= readyTime }

    /// The same plan on another time scale.
    func mapped(_ time: (Int64) -> Int64) -> TaskRun {
        var copy = self
        copy.readyTime = time(readyTime)
        copy.startTime = time(startTime)
        copy.executionTime = time(executionTime)
        copy.cleanupTime = time(cleanupTime)
        copy.endTime = time(endTime)
        copy.iterations = iterations.map { $0.mapped(time) }
        return copy
    }

    /// Ends it at `moment` if it would still be active then.
    mutating func cancel(at moment: Int64) {
        guard endTime > moment else { return }
        outcome = .canceledByUser
        output = .none
        endTime = moment
        cleanupTime = min(cleanupTime, moment)
        executionTime = min(executionTime, moment)
        startTime = min(startTime, moment)
        readyTime = min(readyTime, moment)
    }

    /// Start, end and durations; zero until each is known (D-62).
    func times(at now: Int64) -> Members {
        let hasStarted = now >= startTime
        return Members([
            "start_time": .integer(hasStarted ? startTime : 0),
            "end_time": .integer(now >= endTime ? endTime : 0),
            "setup_duration": .integer(
                hasStarted && now >= executionTime && isExecuted ? executionTime - startTime : 0),
            "execution_duration": .integer(now >= cleanupTime && isExecuted ? cleanupTime - executionTime : 0),
            "cleanup_duration": .integer(now >= endTime && isExecuted ? endTime - cleanupTime : 0),
        ])
    }

    /// Both state objects.
    func states(at now: Int64) -> Members {
        let phase = phase(at: now)
        return Members([
            "state": phase.state(outcome, queueReason: nil), "status": phase.status(outcome, queueReason: nil),
        ])
    }
}
