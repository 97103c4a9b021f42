internal import Jobs
internal import Testing

/// One row of the state model: words in, facts out (D-69).
struct StateCase: CustomTestStringConvertible {
    var v2: String?
    var code: String?
    var type: String?
    var v1: String?
    var result: String?
    var flag = false
    let finished: Bool
    let outcome: RunOutcome
    var cause: RunState.CauseKind?

    var words: RunState.Words {
        var words = RunState.Words()
        (words.state, words.terminationCode, words.terminationType) = (v2, code, type)
        (words.lifeCycleState, words.resultState, words.userCancelledOrTimedOut) = (v1, result, flag)
        return words
    }

    var testDescription: String {
        "v2 \(v2 ?? "-") \(code ?? "-") \(type ?? "-"), v1 \(v1 ?? "-") \(result ?? "-")"
    }

    private static func running(_ v1: String, _ v2: String, _ outcome: RunOutcome) -> [StateCase] {
        [
            StateCase(v2: v2, v1: v1, finished: false, outcome: outcome),
            StateCase(v2: v2, finished: false, outcome: outcome),
            StateCase(v1: v1, finished: false, outcome: outcome),
        ]
    }

    /// The pairs of D-69 that are not terminal, together and alone.
    static let unfinished: [StateCase] =
        running("QUEUED", "QUEUED", .queued) + running("PENDING", "PENDING", .running)
        + running("RUNNING", "RUNNING", .running) + running("BLOCKED", "BLOCKED", .running)
        + running("WAITING_FOR_RETRY", "WAITING", .running) + running("TERMINATING", "TERMINATING", .running)
        + [
            // The result is known while clean-up runs, but nothing is finished yet.
            StateCase(
                v2: "TERMINATING", code: "SUCCESS", type: "SUCCESS", v1: "TERMINATING", result: "SUCCESS",
                finished: false, outcome: .running)
        ]

    /// Terminal pairs as the service sends them (D-71, D-73, D-92a).
    static let pairs: [StateCase] = [
        StateCase(
            v2: "TERMINATED", code: "SUCCESS", type: "SUCCESS", v1: "TERMINATED", result: "SUCCESS", finished: true,
            outcome: .succeeded),
        StateCase(
            v2: "TERMINATED", code: "SUCCESS_WITH_FAILURES", type: "SUCCESS", v1: "TERMINATED",
            result: "SUCCESS_WITH_FAILURES", finished: true, outcome: .succeededWithFailures),
        StateCase(
            v2: "TERMINATED", code: "RUN_EXECUTION_ERROR", type: "CLIENT_ERROR", v1: "INTERNAL_ERROR",
            result: "FAILED", finished: true, outcome: .failed, cause: .user),
        StateCase(
            v2: "TERMINATED", code: "RUN_EXECUTION_ERROR", type: "CLIENT_ERROR", v1: "TERMINATED", result: "FAILED",
            finished: true, outcome: .failed, cause: .user),
        StateCase(
            v2: "TERMINATED", code: "RUN_EXECUTION_ERROR", type: "CLIENT_ERROR", v1: "TERMINATED", result: "TIMEDOUT",
            finished: true, outcome: .timedOut, cause: .user),
        StateCase(
            v2: "TERMINATED", code: "USER_CANCELED", type: "CLIENT_ERROR", v1: "TERMINATED", result: "CANCELED",
            flag: true, finished: true, outcome: .cancelled, cause: .user),
        StateCase(
            v2: "TERMINATED", code: "CANCELED", type: "CLIENT_ERROR", v1: "TERMINATED", result: "TIMEDOUT", flag: true,
            finished: true, outcome: .timedOut, cause: .user),
        StateCase(
            v2: "TERMINATED", code: "CANCELED", type: "INTERNAL_ERROR", v1: "TERMINATED", result: "CANCELED",
            finished: true, outcome: .cancelled, cause: .platform),
        StateCase(
            v2: "TERMINATED", code: "SKIPPED", type: "CLIENT_ERROR", v1: "SKIPPED", result: "UPSTREAM_FAILED",
            finished: true, outcome: .skipped),
        StateCase(
            v2: "TERMINATED", code: "MAX_CONCURRENT_RUNS_EXCEEDED", type: "CLIENT_ERROR", v1: "SKIPPED",
            result: "MAXIMUM_CONCURRENT_RUNS_REACHED", finished: true, outcome: .skipped, cause: .quota),
        StateCase(
            v2: "TERMINATED", code: "CLUSTER_ERROR", type: "CLOUD_FAILURE", v1: "INTERNAL_ERROR", result: "FAILED",
            finished: true, outcome: .failed, cause: .cloud),
        StateCase(
            v2: "TERMINATED", code: "INTERNAL_ERROR", type: "INTERNAL_ERROR", v1: "INTERNAL_ERROR", finished: true,
            outcome: .failed, cause: .platform),
    ]

    /// v1 alone, as it was before v2 existed: nothing there tells users from the platform (D-71).
    static let oldOnly: [StateCase] =
        [
            ("SUCCESS", RunOutcome.succeeded, nil), ("FAILED", .failed, nil), ("TIMEDOUT", .timedOut, .user),
            ("CANCELED", .cancelled, nil), ("SUCCESS_WITH_FAILURES", .succeededWithFailures, nil),
            ("MAXIMUM_CONCURRENT_RUNS_REACHED", .skipped, .quota), ("EXCLUDED", .skipped, nil),
            ("UPSTREAM_FAILED", .skipped, nil), ("UPSTREAM_CANCELED", .skipped, nil), ("DISABLED", .skipped, nil),
            ("EVICTED", .cancelled, nil), ("UPSTREAM_EVICTED", .skipped, nil), ("NEW_RESULT", .unknown, nil),
        ].map { (result: String, outcome: RunOutcome, cause: RunState.CauseKind?) in
            StateCase(v1: "TERMINATED", result: result, finished: true, outcome: outcome, cause: cause)
        } + [
            StateCase(
                v1: "TERMINATED", result: "CANCELED", flag: true, finished: true, outcome: .cancelled, cause: .user),
            StateCase(v1: "INTERNAL_ERROR", result: "FAILED", finished: true, outcome: .failed),
            StateCase(v1: "INTERNAL_ERROR", finished: true, outcome: .failed),
            StateCase(v1: "SKIPPED", finished: true, outcome: .skipped),
            StateCase(v1: "TERMINATED", finished: true, outcome: .unknown),
        ]

    /// v2 alone, as it will be when v1 is gone (D-69, D-74).
    static let newOnly: [StateCase] =
        [
            ("RUN_EXECUTION_ERROR", RunOutcome.failed), ("INVALID_RUN_CONFIGURATION", .failed),
            ("RESOURCE_NOT_FOUND", .failed), ("UNAUTHORIZED_ERROR", .failed), ("LIBRARY_INSTALLATION_ERROR", .failed),
            ("REPOSITORY_CHECKOUT_FAILED", .failed), ("STORAGE_ACCESS_ERROR", .failed), ("CLUSTER_ERROR", .failed),
            ("INVALID_CLUSTER_REQUEST", .failed), ("DRIVER_ERROR", .failed), ("MAX_SPARK_CONTEXTS_EXCEEDED", .failed),
            ("CLUSTER_TERMINATED_BY_USER", .failed), ("FEATURE_DISABLED", .failed), ("BREAKING_CHANGE", .failed),
            ("USER_CANCELED", .cancelled), ("CANCELED", .cancelled), ("SKIPPED", .skipped), ("DISABLED", .skipped),
        ].map { (code: String, outcome: RunOutcome) in
            StateCase(
                v2: "TERMINATED", code: code, type: "CLIENT_ERROR", finished: true, outcome: outcome,
                cause: outcome == .skipped ? nil : .user)
        }
        + [
            ("CLUSTER_REQUEST_LIMIT_EXCEEDED", RunOutcome.failed), ("WORKSPACE_RUN_LIMIT_EXCEEDED", .failed),
            ("BUDGET_POLICY_LIMIT_EXCEEDED", .failed), ("MAX_CONCURRENT_RUNS_EXCEEDED", .skipped),
            ("MAX_JOB_QUEUE_SIZE_EXCEEDED", .skipped),
        ].map { (code: String, outcome: RunOutcome) in
            StateCase(
                v2: "TERMINATED", code: code, type: "CLIENT_ERROR", finished: true, outcome: outcome, cause: .quota)
        } + [
            StateCase(
                v2: "TERMINATED", code: "CLOUD_FAILURE", type: "CLOUD_FAILURE", finished: true, outcome: .failed,
                cause: .cloud),
            StateCase(v2: "TERMINATED", finished: true, outcome: .unknown),
        ]

    /// Words that nobody here has seen: never an end, never a success (D-07, D-70).
    static let unknown: [StateCase] = [
        StateCase(v2: "HIBERNATING", v1: "RUNNING", finished: false, outcome: .unknown),
        StateCase(v2: "HIBERNATING", v1: "TERMINATED", result: "SUCCESS", finished: false, outcome: .unknown),
        StateCase(v1: "HIBERNATING", result: "SUCCESS", finished: false, outcome: .unknown),
        StateCase(finished: false, outcome: .unknown),
        StateCase(v2: "TERMINATED", code: "NEW_CODE", type: "SUCCESS", finished: true, outcome: .unknown),
        // Unless both versions of the state agree that it is one.
        StateCase(
            v2: "TERMINATED", code: "NEW_CODE", type: "SUCCESS", v1: "TERMINATED", result: "SUCCESS", finished: true,
            outcome: .succeeded),
        StateCase(
            v2: "TERMINATED", code: "NEW_CODE", type: "SUCCESS", v1: "TERMINATED", result: "SUCCESS_WITH_FAILURES",
            finished: true, outcome: .succeededWithFailures),
        StateCase(
            v2: "TERMINATED", code: "NEW_CODE", type: "CLIENT_ERROR", v1: "TERMINATED", result: "SUCCESS",
            finished: true, outcome: .failed, cause: .user),
        StateCase(v2: "TERMINATED", code: "NEW_CODE", type: "NEW_TYPE", finished: true, outcome: .unknown),
        StateCase(
            v2: "TERMINATED", code: "NEW_CODE", type: "CLIENT_ERROR", finished: true, outcome: .failed, cause: .user),
        StateCase(
            v2: "TERMINATED", code: "NEW_CODE", v1: "TERMINATED", result: "TIMEDOUT", finished: true,
            outcome: .timedOut, cause: .user),
        StateCase(
            v2: "TERMINATED", code: "NEW_CODE", v1: "TERMINATED", result: "SUCCESS", finished: true, outcome: .unknown),
        StateCase(v2: "terminated", code: "SUCCESS", finished: false, outcome: .unknown),
    ]
}

@Suite struct RunStateTests {
    @Test(
        "Reads (D-69 to D-74, P-72)",
        arguments: [
            StateCase.unfinished, StateCase.pairs, StateCase.oldOnly, StateCase.newOnly, StateCase.unknown,
        ].flatMap { $0 })
    func reads(_ row: StateCase) {
        let state = RunState(row.words)
        #expect(state.finished == row.finished)
        #expect(state.outcome == row.outcome)
        #expect(state.causeKind == row.cause)
        #expect(state.words == row.words)
    }

    @Test("Counts causes and not their consequences among the failed tasks (D-73)")
    func ownFailures() {
        let failures = StateCase.oldOnly.filter { RunState($0.words).isOwnFailure }.compactMap(\.result)
        #expect(Set(failures) == ["FAILED", "TIMEDOUT"])
        let cancelled = StateCase.oldOnly.filter { RunState($0.words).isCancelled }.compactMap(\.result)
        #expect(Set(cancelled) == ["CANCELED", "EVICTED"])
    }

    @Test("Names an end by its code and everything else by its state")
    func word() {
        let failed = StateCase.pairs[2].words
        #expect(RunState(failed).word == "RUN_EXECUTION_ERROR")
        var running = RunState.Words()
        running.lifeCycleState = "WAITING_FOR_RETRY"
        #expect(RunState(running).word == "WAITING_FOR_RETRY")
    }
}
