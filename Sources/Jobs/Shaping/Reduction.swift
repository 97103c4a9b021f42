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
    /// Tasks that ended well keep little more than their name and id.
    var shortensCalmTasks = false
    /// At most so many elements of the leading list are kept.
    var itemLimit = Int.max

    /// Nothing is left out.
    static let none = Reduction()

    /// From complete to essential.
    static let ladder = [
        none, Reduction(stringLimit: 2048), Reduction(stringLimit: 512, dropsBulk: true),
        Reduction(stringLimit: 256, dropsBulk: true, keepsEssentialsOnly: true),
        Reduction(stringLimit: 256, dropsBulk: true, keepsEssentialsOnly: true, shortensCalmTasks: true),
    ]

    /// Members that describe how a job is set up rather than what became of it.
    static let bulk: Set<String> = [
        "new_cluster", "job_clusters", "cluster_spec", "libraries", "email_notifications", "webhook_notifications",
        "notification_settings", "health", "git_source", "environments", "environment_variables", "resolved_values",
        "deployment", "repair_history", "query_text", "query_result",
    ]

    /// What stays of a task that ended well, beside our own facts about it.
    static let core = ["task_key", "run_id", "attempt_number"]

    /// What an assistant needs to name a thing, to judge it and to take the next step.
    static let essential: Set<String> = [
        "job_id", "run_id", "job_run_id", "task_key", "name", "run_name", "settings", "created_time",
        "creator_user_name", "schedule", "trigger", "continuous", "parameters", "state", "status", "start_time",
        "end_time", "run_page_url", "attempt_number", "error", "run_job_output",
    ]
}

/// Keeps the structured part of a result within its share of the limit.
enum ResultBudget {
    /// Bytes of structured content; with the text and the envelope the whole stays under 64 KiB.
    static let structured = 56 << 10
    /// Bytes of text (K-11).
    static let text = 4 << 10

    /// Writes with the first reduction whose result fits.
    ///
    /// - Parameters:
    ///   - items: Elements of the leading list.
    ///   - write: Writes the whole structured part with a given reduction.
    /// - Returns: The bytes of one JSON object.
    static func fit(items: Int, _ write: (Reduction) -> [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var reduction = Reduction.none
        for step in Reduction.ladder {
            reduction = step
            bytes = write(step)
            if bytes.count <= structured { return bytes }
        }
        var kept = items
        while bytes.count > structured, kept > 0 {
            // In proportion, with a margin for items of uneven size; always at least one less.
            kept = min(kept - 1, kept * structured * 9 / (bytes.count * 10))
            reduction.itemLimit = max(0, kept)
            bytes = write(reduction)
        }
        return bytes
    }
}
