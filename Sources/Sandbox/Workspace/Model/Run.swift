internal import JSON

/// A run of a job: a plan from which the state at any time follows, so that the clock alone moves it on (D-123).
struct Run: Sendable {
    struct Parameter: Sendable {
        let name: String
        let defaultValue: String?
        let value: String
    }

    /// A repair: it makes the same run active again (D-67).
    struct Repair: Sendable {
        let id: Int64
        let startTime: Int64
        let endTime: Int64
        let taskRunIDs: [Int64]
        /// What the run was before the repair.
        let originalEndTime: Int64
        let originalOutcome: Outcome
        let originalTasks: [TaskRun]
    }

    /// Why a run has not started, and when it will.
    struct Queue: Sendable {
        let until: Int64
        let reason: String
    }

    let id: Int64
    let jobID: Int64
    let name: String
    var type = "JOB_RUN"
    var trigger = "ONE_TIME"
    var creator: String?
    let startTime: Int64
    var queue: Queue?
    var tasks: [TaskRun]
    var parameters: [Parameter] = []
    /// Task-type parameters given at `run-now`.
    var overriding = Members()
    var jobClusters: [JSONValue] = []
    var schedule: JSONValue?
    var repair: Repair?
    /// Set when the run ended otherwise than its tasks say: cancelled, timed out, never started.
    var fixedOutcome: Outcome?
    /// The run of the Run Job task that started this one.
    var parentTaskRunID: Int64?
    /// Members that take the place of what the plan says.
    var overrides = Members()
    /// Everything that is said about the run, in place of what the plan says.
    var planted: PlantedRun?
    var writesIntegersAsStrings = false

    /// The newest attempt of each task.
    var latestTasks: [TaskRun] {
        var latest: [String: TaskRun] = [:]
        for task in tasks where task.attempt >= (latest[task.spec.key]?.attempt ?? 0) { latest[task.spec.key] = task }
        return tasks.filter { latest[$0.spec.key]?.id == $0.id }
    }

    var endTime: Int64 { tasks.map(\.endTime).max() ?? startTime }

    /// How the run ends; a failed task makes it `INTERNAL_ERROR` with `FAILED` (D-71, D-72).
    var outcome: Outcome {
        if let fixedOutcome { return fixedOutcome }
        guard let cause = latestTasks.first(where: { $0.outcome.isCause }) else { return .success }
        let hasSkipped = latestTasks.contains { $0.outcome.result == "UPSTREAM_FAILED" }
        let consequence = hasSkipped ? " This caused all downstream tasks to get skipped." : ""
        return .failed(
            "Task \(cause.spec.key) failed with message: \(cause.outcome.message).\(consequence)",
            lifeCycle: "INTERNAL_ERROR")
    }

    func phase(at now: Int64) -> Phase {
        if let planted { return planted.phase }
        if let queue, now < queue.until { return .queued }
        if now >= endTime { return .terminated }
        let executed = tasks.filter(\.isExecuted)
        if let first = executed.map(\.executionTime).min(), now < first { return .pending }
        if let last = executed.map(\.cleanupTime).max(), now >= last { return .terminating }
        return .running
    }

    mutating func cancel(at moment: Int64) {
        fixedOutcome = .canceledByUser
        for index in tasks.indices { tasks[index].cancel(at: moment) }
    }

    /// The task run or iteration with this id, among all attempts and those that a repair replaced.
    func task(_ id: Int64) -> TaskRun? {
        for task in tasks + (repair?.originalTasks ?? []) {
            if task.id == id { return task }
            if let iteration = task.iterations.first(where: { $0.id == id }) { return iteration }
        }
        return nil
    }

    /// The ids of ``task(_:)``, for the index.
    var taskIDs: [Int64] {
        (tasks + (repair?.originalTasks ?? [])).flatMap { [$0.id] + $0.iterations.map(\.id) }
            + (planted?.partIDs ?? []).filter { $0 != id }
    }
}
