internal import JSON

/// What `runs/get-output` says about one task run (D-80), and the task it belongs to.
struct TaskOutput {
    /// The whole answer.
    let root: JSONElement
    /// The task run, from `metadata`.
    let run: RunView
    /// The task's key, which the answer itself lacks (D-80).
    let taskKey: JSONElement?

    init(_ answer: DatabricksAnswer, task: RunView? = nil) {
        root = answer.root
        run = root["metadata"].map(RunView.init) ?? task ?? RunView(answer.root)
        taskKey = task?.taskKey ?? run.taskKey
    }

    /// The short message; where neither it nor a trace exists, what the run's end says (D-82).
    var error: JSONElement? {
        if let error = text("error") { return error }
        return run.state.outcome.isUnhappyEnd && trace == nil ? run.message : nil
    }

    /// The exception at the end of the trace, which stands for a missing message (D-81).
    var lastTraceLine: String? {
        guard text("error") == nil, let trace else { return nil }
        let lines = ForeignText(element: trace).tail(limit: 2048).split(separator: "\n")
        return lines.last.map { UntrustedText.line(String($0), limit: 600) }
    }

    var trace: JSONElement? { text("error_trace") }
    var logs: JSONElement? { text("logs") }
    /// The argument of `dbutils.notebook.exit()`.
    var notebookResult: JSONElement? { root["notebook_output"]?["result"].flatMap(Self.nonEmpty) }
    /// The job run that a Run Job task started (D-66).
    var childRunID: Int64? { root["run_job_output"]?["run_id"]?.exactInteger }
    /// Kinds of output that the structured part alone shows.
    var otherOutputs: [String] {
        root.members.map(\.name).filter {
            $0.hasSuffix("_output") && $0 != "notebook_output" && $0 != "run_job_output"
        }
    }

    /// Whether there is anything to show beside the state.
    var isEmpty: Bool {
        error == nil && trace == nil && logs == nil && notebookResult == nil && childRunID == nil
            && otherOutputs.isEmpty
    }

    /// Whether the run failed and nothing here says why; the summary of its state does not count.
    var leavesFailureUnexplained: Bool {
        run.state.isOwnFailure && text("error") == nil && trace == nil && logs == nil && childRunID == nil
            && otherOutputs.isEmpty
    }

    private func text(_ name: String) -> JSONElement? { root[name].flatMap(Self.nonEmpty) }

    private static func nonEmpty(_ element: JSONElement) -> JSONElement? {
        // Two quotes at least; the text itself may be megabytes and is not decoded for this.
        element.kind == .string && element.rawBytes.count > 2 ? element : nil
    }
}
