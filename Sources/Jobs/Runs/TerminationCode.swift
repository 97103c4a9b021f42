/// What the documented termination codes mean, in one line for an assistant (D-74).
enum TerminationCode {
    /// Whether a repeat of the run makes sense.
    enum Advice: String {
        case notNeeded = "no need to run it again"
        case userDecides = "the user decides whether to run it again"
        case afterChange = "run it again after a fix"
        case later = "running it again later can help"
        case perhaps = "running it again may help"
        case pointless = "running it again does not help"
        case wait = "wait: the service retries by itself"
    }

    /// Whether the documentation lists `code`.
    static func isKnown(_ code: String) -> Bool { table[code] != nil }

    /// Meaning and advice, or `nil` for a code that is newer than this server.
    static func explanation(of code: String) -> (meaning: String, advice: Advice)? { table[code] }

    /// Meaning and advice that agree with the outcome and the cause that this server shows beside them.
    static func explanation(of state: RunState) -> (meaning: String, advice: Advice)? {
        guard let code = state.words.terminationCode else { return nil }
        if state.outcome == .timedOut { return ("it ran longer than it may", .afterChange) }
        if code == "CANCELED", state.causeKind != .platform {
            return ("it was cancelled, by somebody or at a limit that the job sets", .userDecides)
        }
        return explanation(of: code)
    }

    private static let table: [String: (meaning: String, advice: Advice)] = [
        "SUCCESS": ("done", .notNeeded),
        "SUCCESS_WITH_FAILURES": ("done, but some child runs failed", .notNeeded),
        "USER_CANCELED": ("a user cancelled it", .userDecides),
        "CANCELED": ("the platform cancelled it, for example at the maximum duration", .afterChange),
        "SKIPPED": ("it never ran: upstream failed, a condition was unmet, or there was nothing to do", .afterChange),
        "DISABLED": ("the task is disabled", .pointless),
        "RUN_EXECUTION_ERROR": ("tasks failed; the cause is in their output", .afterChange),
        "INVALID_RUN_CONFIGURATION": ("the run's settings are wrong", .afterChange),
        "RESOURCE_NOT_FOUND": ("an object it needs does not exist", .afterChange),
        "UNAUTHORIZED_ERROR": ("the run-as identity lacks a permission", .afterChange),
        "LIBRARY_INSTALLATION_ERROR": ("a library could not be installed", .perhaps),
        "REPOSITORY_CHECKOUT_FAILED": ("the Git repository could not be checked out", .perhaps),
        "STORAGE_ACCESS_ERROR": ("storage could not be accessed", .perhaps),
        "CLUSTER_ERROR": ("the cluster failed", .perhaps),
        "INVALID_CLUSTER_REQUEST": ("the cluster settings are wrong", .perhaps),
        "DRIVER_ERROR": ("the Spark driver failed", .perhaps),
        "MAX_SPARK_CONTEXTS_EXCEEDED": ("the cluster holds too many Spark contexts", .perhaps),
        "CLUSTER_TERMINATED_BY_USER": ("somebody terminated the cluster", .perhaps),
        "CLUSTER_REQUEST_LIMIT_EXCEEDED": ("too many clusters were requested", .later),
        "WORKSPACE_RUN_LIMIT_EXCEEDED": ("the workspace runs as many runs as it may", .later),
        "MAX_CONCURRENT_RUNS_EXCEEDED": ("the job's limit of concurrent runs was reached", .later),
        "MAX_JOB_QUEUE_SIZE_EXCEEDED": ("the job's queue was full", .later),
        "BUDGET_POLICY_LIMIT_EXCEEDED": ("the budget policy's limit was reached", .later),
        "FEATURE_DISABLED": ("the workspace lacks a feature", .pointless),
        "CLOUD_FAILURE": ("the cloud provider had trouble", .later),
        "INTERNAL_ERROR": ("Databricks had trouble", .later),
        "BREAKING_CHANGE": ("a Spark change broke it", .wait),
    ]
}
