internal import JSON

/// How much of the upstream answer a result repeats (TC-04, P-73).
///
/// A result starts complete and takes the next step of ``ladder`` only when it does not fit.
struct Reduction: Sendable, Equatable {
    /// Longer strings are cut, in bytes of their JSON text.
    var stringLimit = Int.max
    /// Members that are large and seldom asked for are left out, such as cluster specifications.
    var dropsBulk = false
    /// Only the members that the next step needs are kept.
    var keepsEssentialsOnly = false
    /// At most so many elements of the leading list are kept.
    var itemLimit = Int.max

    /// Nothing is left out.
    static let none = Reduction()

    /// From complete to essential.
    static let ladder = [
        none, Reduction(stringLimit: 2048), Reduction(stringLimit: 512, dropsBulk: true),
        Reduction(stringLimit: 256, dropsBulk: true, keepsEssentialsOnly: true),
        Reduction(stringLimit: 128, dropsBulk: true, keepsEssentialsOnly: true),
    ]

    /// Members that describe how a job is set up rather than what became of it.
    static let bulk: JSONNames = [
        "new_cluster", "job_clusters", "cluster_spec", "libraries", "email_notifications", "webhook_notifications",
        "notification_settings", "health", "git_source", "environments", "environment_variables",
        "deployment", "query_text", "query_result",
    ]

    /// What an assistant needs to name a thing, to judge it and to take the next step.
    static let essential: JSONNames = [
        "job_id", "run_id", "job_run_id", "task_key", "name", "run_name", "settings", "created_time",
        "creator_user_name", "schedule", "trigger", "continuous", "parameters", "state", "status", "start_time",
        "end_time", "run_page_url", "attempt_number", "error", "run_job_output", "tags",
    ]
}
