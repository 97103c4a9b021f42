internal import JSON

/// How much of each long text of a task's output a result holds, in bytes.
struct OutputLimits {
    /// The message: its beginning says what happened.
    let error: Int
    /// The stack trace: its end names the exception and the line.
    let trace: Int
    /// The logs: their end is nearest to the failure.
    let logs: Int
    /// What the notebook returned.
    let result: Int

    /// The share of one of `parts` outputs at a step of the ladder; each step halves it.
    ///
    /// - Parameters:
    ///   - room: Bytes for all texts together.
    ///   - parts: How many outputs share them.
    ///   - step: Which step of the ladder it is.
    init(room: Int, parts: Int, step: Int) {
        let share = room / (max(1, parts) << step)
        error = min(share / 8, 4 << 10)
        trace = share / 3
        logs = share / 3
        result = share / 3
    }
}

extension UpstreamCopy {
    /// Writes the members of one task's output into the object that is open.
    mutating func output(_ output: TaskOutput, limits: OutputLimits, now: Int64, into writer: inout JSONWriter) {
        if let key = output.taskKey { shortName(key, key: "task_key", 100, into: &writer) }
        if let id = output.run.runID {
            writer.key("run_id")
            writer.identifier(id)
        }
        facts(of: output.run, now: now, into: &writer)
        if let error = output.error {
            text("error", error, limits.error, isTail: false, into: &writer)
        } else if let line = output.exception {
            writer.key("error")
            writer.string(line)
        }
        text("error_trace", output.trace, limits.trace, isTail: true, into: &writer)
        text("logs", output.logs, limits.logs, isTail: true, into: &writer)
        if let notebook = output.root["notebook_output"], notebook.isObject {
            writer.key("notebook_output")
            writer.beginObject()
            text("result", notebook["result"]?.nonEmptyText, limits.result, isTail: false, into: &writer)
            members(of: notebook, except: ["result"], into: &writer)
            writer.endObject()
        }
        let handled =
            RunFacts.names + ["task_key", "run_id", "error", "error_trace", "logs", "notebook_output", "called_by"]
        members(of: output.root, except: handled, into: &writer)
    }

    private mutating func text(
        _ name: String, _ element: JSONElement?, _ limit: Int, isTail: Bool, into writer: inout JSONWriter
    ) {
        guard let element else { return }
        let text = ForeignText(element: element)
        writer.key(name)
        writer.string(isTail ? text.tail(limit: limit) : text.head(limit: limit))
        let count = text.count
        if count > limit { cut(name, to: limit, of: count) }
    }
}
