internal import JSON

/// What `runs/get-output` says about one task run (D-80), and the task it belongs to.
struct TaskOutput {
    /// The whole answer.
    let root: JSONElement
    /// The task run, from `metadata`.
    let run: RunView
    /// The task's key, which the answer itself has in a list of one at best (D-80).
    let taskKey: JSONElement?
    /// The exception that the trace names, which stands for a missing message (D-81).
    let exception: String?

    init(_ answer: DatabricksAnswer, task: RunView? = nil) {
        root = answer.root
        let metadata = root["metadata"].flatMap { $0.isObject ? $0 : nil }
        run = metadata.map(RunView.init) ?? task ?? RunView(answer.root)
        let listed = metadata?["tasks"]?[0].map(RunView.init)
        taskKey = task?.taskKey ?? run.taskKey ?? listed?.taskKey
        let hasMessage = root["error"]?.nonEmptyText != nil
        exception = hasMessage ? nil : root["error_trace"]?.nonEmptyText.flatMap(ExceptionLine.find)
    }

    /// The short message; where neither it nor an exception in the trace exists, what the run's end says (D-82).
    var error: JSONElement? {
        if let error = text("error") { return error }
        return run.state.outcome.isUnhappyEnd && exception == nil ? run.message : nil
    }

    var trace: JSONElement? { text("error_trace") }
    var logs: JSONElement? { text("logs") }
    /// The argument of `dbutils.notebook.exit()`.
    var notebookResult: JSONElement? { root["notebook_output"]?["result"]?.nonEmptyText }
    /// The job run that a Run Job task started (D-66).
    var childRunID: Int64? { root["run_job_output"]?["run_id"]?.exactInteger }
    /// Kinds of output that the structured part alone shows.
    var otherOutputs: [String] {
        root.members.map(\.name).filter {
            $0.hasSuffix("_output") && $0 != "notebook_output" && $0 != "run_job_output" && root[$0]?.isNull == false
        }
    }
    /// What the service adds in words (D-80).
    var info: JSONElement? { text("info") }
    /// Whether the service kept the end of the logs only.
    var hasCutLogs: Bool { root["logs_truncated"]?.bool == true }
    /// Whether the service kept the beginning of the notebook's result only.
    var hasCutResult: Bool { root["notebook_output"]?["truncated"]?.bool == true }

    /// Whether there is anything to show beside the state.
    var isEmpty: Bool {
        error == nil && trace == nil && logs == nil && notebookResult == nil && childRunID == nil
            && info == nil && otherOutputs.isEmpty
    }

    /// Whether the run failed and nothing here says why; the summary of its state does not count.
    var leavesFailureUnexplained: Bool {
        run.state.isOwnFailure && text("error") == nil && trace == nil && logs == nil && childRunID == nil
            && otherOutputs.isEmpty
    }

    private func text(_ name: String) -> JSONElement? { root[name]?.nonEmptyText }
}
