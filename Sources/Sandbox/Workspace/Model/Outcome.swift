internal import JSON

/// How a run or a task ended, in the terms of both state objects (D-69).
struct Outcome: Sendable {
    /// v1 `life_cycle_state`.
    let lifeCycle: String
    /// v1 `result_state`.
    let result: String
    /// v2 `termination_details.code`.
    let code: String
    /// v2 `termination_details.type`.
    let type: String
    /// What people read; the same in both.
    let message: String
    var isCancelledOrTimedOut = false

    /// Whether tasks that need this one to succeed may run.
    var isSuccess: Bool { result == "SUCCESS" || result == "SUCCESS_WITH_FAILURES" }

    /// Whether this is a failure of its own, not the consequence of another (D-73).
    var isCause: Bool { ["FAILED", "TIMEDOUT"].contains(result) }

    static let success = Outcome(
        lifeCycle: "TERMINATED", result: "SUCCESS", code: "SUCCESS", type: "SUCCESS", message: "")

    /// A task whose code failed (D-72).
    static let workloadFailed = failed("Workload failed, see run output for details")

    static func failed(_ message: String, lifeCycle: String = "TERMINATED") -> Outcome {
        Outcome(
            lifeCycle: lifeCycle, result: "FAILED", code: "RUN_EXECUTION_ERROR", type: "CLIENT_ERROR", message: message)
    }

    static let upstreamFailed = Outcome(
        lifeCycle: "SKIPPED", result: "UPSTREAM_FAILED", code: "SKIPPED", type: "CLIENT_ERROR",
        message: "An upstream task failed.")

    static let upstreamCanceled = Outcome(
        lifeCycle: "SKIPPED", result: "UPSTREAM_CANCELED", code: "SKIPPED", type: "CLIENT_ERROR",
        message: "An upstream task was canceled.")

    /// A branch that a condition task did not choose.
    static let excluded = Outcome(
        lifeCycle: "SKIPPED", result: "EXCLUDED", code: "SKIPPED", type: "SUCCESS",
        message: "The outcome of the condition task excludes this task.")

    static let canceledByUser = Outcome(
        lifeCycle: "TERMINATED", result: "CANCELED", code: "USER_CANCELED", type: "CLIENT_ERROR",
        message: "Run cancelled.", isCancelledOrTimedOut: true)

    static func timedOut(seconds: Int) -> Outcome {
        Outcome(
            lifeCycle: "TERMINATED", result: "TIMEDOUT", code: "CANCELED", type: "CLIENT_ERROR",
            message: "Run exceeded the timeout of \(seconds) seconds", isCancelledOrTimedOut: true)
    }

    /// A run that never started because others were active and queueing is off (D-92a).
    static func tooManyRuns(limit: Int) -> Outcome {
        Outcome(
            lifeCycle: "SKIPPED", result: "MAXIMUM_CONCURRENT_RUNS_REACHED", code: "MAX_CONCURRENT_RUNS_EXCEEDED",
            type: "CLIENT_ERROR", message: "Skipped because the maximum of \(limit) concurrent runs was reached.")
    }
}

/// Where a run or a task is in its life.
enum Phase: Sendable {
    case queued, blocked, waitingForRetry, pending, running, terminating, terminated

    /// What `active_only` selects (D-42).
    var isActive: Bool {
        switch self {
        case .queued, .pending, .running, .terminating: true
        case .blocked, .waitingForRetry, .terminated: false
        }
    }

    private var lifeCycle: String {
        switch self {
        case .queued: "QUEUED"
        case .blocked: "BLOCKED"
        case .waitingForRetry: "WAITING_FOR_RETRY"
        case .pending: "PENDING"
        case .running: "RUNNING"
        case .terminating: "TERMINATING"
        case .terminated: "TERMINATED"
        }
    }

    /// The deprecated v1 object.
    func state(_ outcome: Outcome, queueReason: String?) -> JSONValue {
        var members = Members()
        let hasResult = self == .terminated || self == .terminating
        members.add("life_cycle_state", .string(self == .terminated ? outcome.lifeCycle : lifeCycle))
        if hasResult { members.add("result_state", .string(outcome.result)) }
        let message: String =
            switch self {
            case .queued: queueReason ?? ""
            case .pending: "Waiting for cluster"
            case .running: "In run"
            case .terminating, .terminated: outcome.message
            case .blocked, .waitingForRetry: ""
            }
        members.add("state_message", .string(message))
        if self == .queued { members.add("queue_reason", queueReason.map(JSONValue.string)) }
        members.add("user_cancelled_or_timedout", .bool(hasResult && outcome.isCancelledOrTimedOut))
        return members.value
    }

    /// The v2 object.
    func status(_ outcome: Outcome, queueReason: String?) -> JSONValue {
        var members = Members(["state": .string(self == .waitingForRetry ? "WAITING" : lifeCycle)])
        if self == .terminated || self == .terminating {
            let details = Members([
                "code": .string(outcome.code), "type": .string(outcome.type), "message": .string(outcome.message),
            ])
            members.add("termination_details", details.value)
        }
        if self == .queued {
            let details = Members([
                "code": "MAX_CONCURRENT_RUNS_REACHED", "message": .string(queueReason ?? ""),
            ])
            members.add("queue_details", details.value)
        }
        return members.value
    }
}
