internal import JSON

/// What the tools read from a run, a task or an iteration; everything else passes through unread.
///
/// A view and not a decoded copy: every member is optional (D-06), and unknown ones must survive (D-07).
struct RunView {
    let element: JSONElement
    let state: RunState
    /// Milliseconds in which something of it ran, for a run under repair, whose idle days count for nothing (D-67).
    let activeTime: Int64?

    init(_ element: JSONElement) { self.init(element, state: RunState(of: element)) }

    /// A view of a run whose state stands elsewhere.
    init(_ element: JSONElement, state: RunState, activeTime: Int64? = nil) {
        self.element = element
        self.state = state
        self.activeTime = activeTime
    }

    var runID: Int64? { id("run_id") }
    var jobID: Int64? { id("job_id") }
    /// The job run that a task run belongs to (D-62).
    var jobRunID: Int64? { id("job_run_id") }
    var taskKey: JSONElement? { element["task_key"]?.nonEmptyText }
    var name: JSONElement? { element["run_name"]?.nonEmptyText }
    var creator: JSONElement? { element["creator_user_name"]?.nonEmptyText }
    var trigger: JSONElement? { element["trigger"]?.nonEmptyText }
    /// The run of the Run Job task that started this one (D-62).
    var callerRunID: Int64? { element["trigger_info"]?["run_id"]?.exactInteger }
    var attempt: Int64 { element["attempt_number"]?.exactInteger ?? 0 }

    /// Milliseconds since the epoch; 0 means absent (D-62).
    var start: Int64? { positive("start_time") }
    var end: Int64? { positive("end_time") }

    /// Milliseconds that the run took, or takes so far (D-135).
    func duration(now: Int64) -> Int64? {
        guard state.finished else {
            if let activeTime { return activeTime }
            // It was over before and goes on since: when it began says nothing about how long it took.
            if state.outcome == .running, end != nil || positive("run_duration") != nil { return nil }
            return start.map { max(0, now - $0) }
        }
        if let duration = positive("run_duration") { return duration }
        let phases = ["setup_duration", "execution_duration", "cleanup_duration"].compactMap(positive)
        if !phases.isEmpty { return phases.reduce(0) { $0.addingReportingOverflow($1).partialValue } }
        guard let start, let end, end >= start else { return nil }
        return end - start
    }

    /// Why it ended or waits, in the service's words: v2 first (D-69), reasons for queueing included.
    var message: JSONElement? {
        let status = element["status"]
        return [
            status?["termination_details"]?["message"], status?["queue_details"]?["message"],
            element["state"]?["state_message"], element["state"]?["queue_reason"],
        ].compactMap { $0 }.first { $0.string?.isEmpty == false }
    }

    /// Whether the run consists of several tasks whose outputs must be asked for one by one.
    var isForEach: Bool { element["for_each_task"] != nil }

    private func id(_ name: String) -> Int64? { element[name]?.exactInteger }
    private func positive(_ name: String) -> Int64? { element[name]?.exactInteger.flatMap { $0 > 0 ? $0 : nil } }
}
