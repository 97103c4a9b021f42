/// Why a call to the workspace was not made: a label of `databricks_calls_refused_total`.
package enum CallRefusal: String, Sendable, CaseIterable {
    /// As many calls wait as may, and no other user has more of them.
    case queueFull = "queue_full"
    /// As many calls of this user wait as may.
    case userQueueFull = "user_queue_full"
    /// There was no free slot before the call's time was up.
    case tooLate = "too_late"
    /// The workspace asked this user for a pause that is longer than the call may last.
    case userPause = "user_pause"
    /// It asked several users, so that all pause.
    case sharedPause = "shared_pause"

    /// How the call fails.
    var kind: FailureKind {
        switch self {
        case .queueFull, .userQueueFull, .tooLate: .busy
        case .userPause, .sharedPause: .coolingDown
        }
    }

    /// What the operator reads.
    var operatorMessage: String {
        switch self {
        case .queueFull: "too many calls wait (DATABRICKS_MAX_CALLS_WAITING)"
        case .userQueueFull: "too many calls of this user wait (DATABRICKS_MAX_CALLS_WAITING_PER_USER)"
        case .tooLate: "no free slot before the deadline (DATABRICKS_MAX_CALLS, DATABRICKS_MAX_CALLS_PER_USER)"
        case .userPause: "the workspace asked this user for a pause"
        case .sharedPause: "the workspace asked several users for a pause"
        }
    }
}
