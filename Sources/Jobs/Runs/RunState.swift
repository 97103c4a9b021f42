/// What became of a run, read from the v2 `status` and, where that is silent, from the v1 `state` (D-69 to D-74).
///
/// Unknown words of either version are kept and never taken for success or for an end (D-07, D-70).
package struct RunState: Sendable, Equatable {
    /// The words of one state pair, as the service sent them.
    package struct Words: Sendable, Equatable {
        /// v2 `status.state`.
        package var state: String?
        /// v2 `status.termination_details.code`.
        package var terminationCode: String?
        /// v2 `status.termination_details.type`.
        package var terminationType: String?
        /// v1 `state.life_cycle_state`.
        package var lifeCycleState: String?
        /// v1 `state.result_state`.
        package var resultState: String?
        /// v1 `state.user_cancelled_or_timedout`.
        package var userCancelledOrTimedOut = false

        /// No words at all.
        package init() {}
    }

    /// Where the cause of an unhappy end lies (P-72).
    package enum CauseKind: String, Sendable, CaseIterable {
        /// Input, code or configuration of the job, or a user's decision.
        case user
        /// Databricks itself.
        case platform
        /// The cloud provider.
        case cloud
        /// A limit or a quota.
        case quota
    }

    /// Whether the run has ended; nothing changes it but a repair (D-67).
    package let finished: Bool
    /// What came out of it.
    package let outcome: RunOutcome
    /// Where the cause lies, when the words tell.
    package let causeKind: CauseKind?
    /// The words this was read from.
    package let words: Words

    /// Reads the words of one state pair.
    package init(_ words: Words) {
        self.words = words
        finished = Self.isFinished(words)
        outcome = finished ? RunOutcome(finished: words) : RunOutcome(unfinished: words)
        causeKind = outcome.isUnhappyEnd ? Self.cause(of: outcome, words) : nil
    }

    /// The most telling word for people: termination code, result, or the state it is in.
    package var word: String? {
        finished
            ? words.terminationCode ?? words.resultState ?? words.state ?? words.lifeCycleState
            : words.state ?? words.lifeCycleState
    }

    /// Whether this run counts among the failed tasks: neither consequences of another task's failure do (D-73), nor
    /// what somebody stopped.
    package var isOwnFailure: Bool { finished && (outcome == .failed || outcome == .timedOut) }

    /// Whether it was stopped before its end.
    package var isCancelled: Bool { finished && outcome == .cancelled }

    /// D-70, word for word.
    private static func isFinished(_ words: Words) -> Bool {
        if let state = words.state { return state == "TERMINATED" }
        switch words.lifeCycleState {
        case "TERMINATED", "SKIPPED", "INTERNAL_ERROR": return true
        default: return false
        }
    }

    private static let quotaCodes: Set<String> = [
        "CLUSTER_REQUEST_LIMIT_EXCEEDED", "WORKSPACE_RUN_LIMIT_EXCEEDED", "MAX_CONCURRENT_RUNS_EXCEEDED",
        "MAX_JOB_QUEUE_SIZE_EXCEEDED", "BUDGET_POLICY_LIMIT_EXCEEDED",
    ]

    /// The type decides, except that limits are told by their code; v1 alone cannot separate user from platform (D-71).
    private static func cause(of outcome: RunOutcome, _ words: Words) -> CauseKind? {
        if let code = words.terminationCode, quotaCodes.contains(code) { return .quota }
        if words.resultState == "MAXIMUM_CONCURRENT_RUNS_REACHED" { return .quota }
        // What was skipped is a consequence: its type says nothing about the cause (D-73).
        if outcome == .skipped { return nil }
        // These name whose fault it is, whatever the type beside them.
        switch words.terminationCode {
        case "USER_CANCELED": return .user
        case "CLOUD_FAILURE": return .cloud
        case "INTERNAL_ERROR": return .platform
        default: break
        }
        switch words.terminationType {
        case "CLIENT_ERROR": return .user
        case "CLOUD_FAILURE": return .cloud
        case "INTERNAL_ERROR": return .platform
        default: break
        }
        if words.userCancelledOrTimedOut { return .user }
        return outcome == .timedOut ? .user : nil
    }
}

/// What came out of a run, in words that are the same for every version of the service (P-72).
package enum RunOutcome: String, Sendable, CaseIterable {
    /// Waits for a slot.
    case queued
    /// Is being prepared, runs, waits for another task or a retry, or cleans up.
    case running
    /// Ended well.
    case succeeded
    /// Ended well on the whole; some tasks failed.
    case succeededWithFailures = "succeeded_with_failures"
    /// Ended badly.
    case failed
    /// Was stopped.
    case cancelled
    /// Ran longer than allowed.
    case timedOut = "timed_out"
    /// Never ran.
    case skipped
    /// The service used words this server does not know; they are shown as they are.
    case unknown

    /// Whether an explanation is in order.
    package var isUnhappyEnd: Bool {
        switch self {
        case .failed, .cancelled, .timedOut, .skipped: true
        default: false
        }
    }

    init(unfinished words: RunState.Words) {
        switch words.state ?? words.lifeCycleState {
        case "QUEUED": self = .queued
        case "PENDING", "RUNNING", "BLOCKED", "WAITING", "WAITING_FOR_RETRY", "TERMINATING": self = .running
        default: self = .unknown
        }
    }

    /// The v2 code decides; v1 refines it where v2 has one word for two ends (`CANCELED` for a run out of time).
    init(finished words: RunState.Words) {
        let old = Self.result(words.resultState)
        guard let code = words.terminationCode else {
            self = old ?? Self.fallback(words)
            return
        }
        switch code {
        case "SUCCESS": self = .succeeded
        case "SUCCESS_WITH_FAILURES": self = .succeededWithFailures
        case "USER_CANCELED": self = .cancelled
        case "CANCELED": self = old == .timedOut ? .timedOut : .cancelled
        case "SKIPPED", "DISABLED", "MAX_CONCURRENT_RUNS_EXCEEDED", "MAX_JOB_QUEUE_SIZE_EXCEEDED": self = .skipped
        case "RUN_EXECUTION_ERROR": self = old == .timedOut ? .timedOut : .failed
        default: self = Self.unlisted(old: old, words)
        }
    }

    /// Codes that name a cause mean failure; codes that nobody here knows are judged by the other words.
    private static func unlisted(old: RunOutcome?, _ words: RunState.Words) -> RunOutcome {
        if let old, old.isUnhappyEnd { return old }
        switch words.terminationType {
        // Both versions agree that it is a success, under a name that is new.
        case "SUCCESS" where old != nil: return old ?? .unknown
        case "CLIENT_ERROR", "CLOUD_FAILURE", "INTERNAL_ERROR": return .failed
        default: return words.terminationCode.map(TerminationCode.isKnown) == true ? .failed : .unknown
        }
    }

    private static func result(_ word: String?) -> RunOutcome? {
        switch word {
        case "SUCCESS": .succeeded
        case "SUCCESS_WITH_FAILURES": .succeededWithFailures
        case "FAILED": .failed
        case "TIMEDOUT": .timedOut
        case "CANCELED", "EVICTED": .cancelled
        case "MAXIMUM_CONCURRENT_RUNS_REACHED", "EXCLUDED", "DISABLED": .skipped
        case "UPSTREAM_FAILED", "UPSTREAM_CANCELED", "UPSTREAM_EVICTED": .skipped
        default: nil
        }
    }

    private static func fallback(_ words: RunState.Words) -> RunOutcome {
        switch words.lifeCycleState {
        case "SKIPPED": .skipped
        case "INTERNAL_ERROR": .failed
        default: unlisted(old: nil, words)
        }
    }
}
