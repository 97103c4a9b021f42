internal import JSON

/// What `get_run` says in words: the verdict first, then the tasks that matter, then the next step.
struct RunDigest {
    let pages: RunPages
    let run: RunView
    let tasks: TaskList
    let wait: RunWait.Outcome?
    let workspace: Workspace
    let now: Int64

    var text: String {
        var text = ByteText(reserving: ResultBudget.text)
        verdict(into: &text)
        parameters(into: &text)
        history(into: &text)
        forEach(into: &text)
        resolvedValues(into: &text)
        taskLines(into: &text)
        more(into: &text)
        nextStep(into: &text)
        return text.string(limit: ResultBudget.digest)
    }

    private func verdict(into text: inout ByteText) {
        text.append("Run ")
        text.append(id: run.element["run_id"])
        text.append(" of job ")
        text.append(id: run.element["job_id"])
        if let name = run.name {
            text.append(byte: UInt8(ascii: " "))
            text.append(quoted: name, limit: 120)
        }
        text.append(": ")
        text.append(state: run.state)
        text.append(timesOf: run, now: now)
        if let trigger = run.trigger {
            text.append(", trigger ")
            text.append(line: trigger, limit: 40)
        }
        if let creator = run.creator {
            text.append(", by ")
            text.append(line: creator, limit: 64)
        }
        text.append(".\n")
        if let parent = run.jobRunID, parent != run.runID {
            text.append("It is a task run of job run ")
            text.append(parent)
            text.append(".\n")
        }
        if let caller = run.callerRunID {
            text.append("It was started by the Run Job task run ")
            text.append(caller)
            text.append(".\n")
        }
        if let message = run.message {
            text.append("Message: ")
            text.append(quoted: message, limit: 400)
            text.append("\n")
        }
        text.append(explanationOf: run.state)
        if let wait, !run.state.finished {
            text.append("Waited ")
            text.append(wait.seconds)
            text.append("s; the run goes on, which is no error.\n")
        }
        link(into: &text)
    }

    private func link(into text: inout ByteText) {
        let start = text.count
        text.append("Link: ")
        guard text.append(linkOf: run, origin: workspace.origin) else { return text.truncate(to: start) }
        text.append("\n")
    }

    private func parameters(into text: inout ByteText) {
        let parameters = pages.elements(of: "job_parameters")
        guard !parameters.isEmpty else { return }
        text.append("Parameters:")
        for parameter in parameters.prefix(20) {
            guard let name = parameter["name"]?.nonEmptyText else { continue }
            text.append(" ")
            text.append(line: name, limit: 40)
            text.append("=")
            let value = [parameter["value"], parameter["default"]].compactMap { $0 }.first { $0.kind == .string }
            if let value { self.value(value, of: name, into: &text) } else { text.append("(none)") }
        }
        if parameters.count > 20 { text.append(" and more") }
        text.append("\n")
    }

    /// A parameter's value, unless its name says that it is a credential (P-82).
    private func value(_ value: JSONElement, of name: JSONElement, into text: inout ByteText) {
        let isSecret = name.string.map(SecretMask.isSecretName) ?? false
        if isSecret, !SecretMask.isHarmlessValue(value.string ?? "") {
            text.append(SecretMask.replacement)
        } else {
            text.append(quoted: value, limit: 60)
        }
    }

    /// What `{{…}}` in the tasks' parameters stood for, when that was asked for (D-58).
    private func resolvedValues(into text: inout ByteText) {
        for task in tasks.latest.prefix(8) {
            guard let values = task.element["resolved_values"] else { continue }
            text.append("Resolved values of ")
            if let key = task.taskKey { text.append(line: key, limit: 100) }
            text.append(": ")
            var copy = UpstreamCopy(runsOf: workspace, .none)
            var writer = JSONWriter()
            copy.value(values, into: &writer)
            text.append(UntrustedText.line(String(decoding: writer.bytes, as: UTF8.self), limit: 200))
            text.append("\n")
        }
    }

    /// The original and its repairs, which share the run's id, newest first (D-67).
    private func history(into text: inout ByteText) {
        let entries = pages.elements(of: "repair_history").enumerated().sorted { first, second in
            let times = (RunView(first.element).start ?? 0, RunView(second.element).start ?? 0)
            return times.0 == times.1 ? first.offset > second.offset : times.0 > times.1
        }
        for (_, entry) in entries.prefix(5) {
            let attempt = RunView(entry)
            text.append(entry["type"]?.isString("REPAIR") == true ? "Repair " : "Original")
            if let id = entry["id"] { text.append(id: id) }
            text.append(": ")
            text.append(state: attempt.state)
            text.append(timesOf: attempt, now: now)
            text.append("\n")
        }
        guard entries.count > 5 else { return }
        text.append("and ")
        text.append(Int64(entries.count - 5))
        text.append(" more, older\n")
    }

    // MARK: What next

    private func more(into text: inout ByteText) {
        guard pages.isPartial else { return }
        text.append("Not everything was read (")
        text.append(Int64(pages.count))
        text.append(pages.count == 1 ? " page" : " pages")
        if let unread = pages.unread {
            text.append(", then ")
            text.append(unread)
        }
        guard let next = pages.nextPage else {
            return text.append("): the service says that there is more but gave no token.\n")
        }
        text.append("); for the rest call get_run again and")
        text.append(wayTo: next)
        text.append(".\n")
    }

    private func nextStep(into text: inout ByteText) {
        if let failed = tasks.failed.first, let id = failed.runID {
            text.append("Next: get_run_output with run_id ")
            text.append(id)
            text.append(" for the error")
            if let key = failed.taskKey {
                text.append(" of ")
                text.append(line: key, limit: 100)
            }
            text.append(".")
        } else if !run.state.finished {
            text.append("Next: the run is not over; get_run with wait_seconds 45 waits for its end.")
        } else if tasks.latest.contains(where: { $0.runID != nil && $0.state.outcome != .skipped }) {
            text.append("Next: get_run_output with the run_id of a task for what it returned or printed.")
        } else {
            text.append("No task of it ran: there is no output to read.")
        }
    }
}
