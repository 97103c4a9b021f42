internal import JSON

/// What `get_run` says in words: the verdict first, then the tasks that matter, then the next step.
struct RunDigest {
    let pages: RunPages
    let tasks: TaskList
    let wait: RunWait.Outcome?
    let workspace: Workspace
    let now: Int64

    private var run: RunView { pages.run }

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
        if let trigger = run.element["trigger"] {
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
        guard text.append(linkOf: run.element, origin: workspace.origin) else { return text.truncate(to: start) }
        text.append("\n")
    }

    private func parameters(into text: inout ByteText) {
        let parameters = pages.elements(of: "job_parameters")
        guard !parameters.isEmpty else { return }
        text.append("Parameters:")
        for parameter in parameters.prefix(20) {
            guard let name = parameter["name"] else { continue }
            text.append(" ")
            text.append(line: name, limit: 40)
            text.append("=")
            if let value = parameter["value"] ?? parameter["default"] { self.value(value, of: name, into: &text) }
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
            text.append(UntrustedText.line(String(decoding: values.rawBytes, as: UTF8.self), limit: 200))
            text.append("\n")
        }
    }

    /// The original and its repairs, which share the run's id (D-67).
    private func history(into text: inout ByteText) {
        for entry in pages.elements(of: "repair_history").prefix(5) {
            let attempt = RunView(entry)
            text.append(entry["type"]?.isString("REPAIR") == true ? "Repair " : "Original")
            if let id = entry["id"] { text.append(id: id) }
            text.append(": ")
            text.append(state: attempt.state)
            text.append(timesOf: attempt, now: now)
            text.append("\n")
        }
    }

    /// The numbers of a for-each task (D-65), which its own run carries in its only task.
    private func forEach(into text: inout ByteText) {
        let tasks = pages.elements(of: "tasks")
        guard tasks.count == 1, let stats = tasks.first?["for_each_task"]?["stats"],
            let counts = stats["task_run_stats"]
        else { return }
        text.append("For-each:")
        for (name, label) in Self.forEachCounts {
            guard let count = counts[name]?.exactInteger else { continue }
            text.append(" ")
            text.append(count)
            text.append(label)
        }
        text.append("\n")
        for message in (stats["error_message_stats"].map { Array($0.elements) } ?? []).prefix(3) {
            guard let words = message["error_message"] else { continue }
            text.append("- ")
            text.append(id: message["count"])
            text.append(" × ")
            text.append(quoted: words, limit: 160)
            text.append("\n")
        }
    }

    private static let forEachCounts: [(String, StaticString)] = [
        ("total_iterations", " iterations,"), ("succeeded_iterations", " succeeded,"),
        ("failed_iterations", " failed,"), ("active_iterations", " active"),
    ]

    // MARK: Tasks

    private var noun: StaticString { tasks.areIterations ? "Iterations" : "Tasks" }

    private func taskLines(into text: inout ByteText) {
        let latest = tasks.latest
        guard !latest.isEmpty else { return }
        text.append(noun)
        text.append(" (")
        text.append(Int64(latest.count))
        text.append(")")
        var separator: StaticString = ": "
        for (outcome, count) in tasks.counts {
            text.append(separator)
            separator = ", "
            text.append(Int64(count))
            text.append(" ")
            text.append(outcome.rawValue)
        }
        text.append("\n")
        let calm = latest.filter { $0.state.finished && !$0.state.isOwnFailure }
        var left = 0
        for task in tasks.failed + tasks.active + calm {
            let start = text.count
            line(task, into: &text)
            guard text.count > ResultBudget.digest - 500 else { continue }
            text.truncate(to: start)
            left += 1
        }
        guard left > 0 else { return }
        text.append("- ")
        text.append(Int64(left))
        text.append(" more, counted above\n")
    }

    private func line(_ task: RunView, into text: inout ByteText) {
        text.append("- ")
        if let key = task.taskKey { text.append(line: key, limit: 100) }
        text.append(" run ")
        text.append(id: task.element["run_id"])
        text.append(": ")
        text.append(state: task.state)
        if task.attempt > 0 {
            text.append(", attempt ")
            text.append(task.attempt)
        }
        text.append(durationOf: task, now: now)
        iterations(of: task, into: &text)
        if task.state.outcome != .succeeded, let message = task.message {
            text.append(": ")
            text.append(quoted: message, limit: 160)
        }
        text.append("\n")
    }

    /// `, 120 iterations, 7 failed` for a for-each task among others (D-65).
    private func iterations(of task: RunView, into text: inout ByteText) {
        guard let counts = task.element["for_each_task"]?["stats"]?["task_run_stats"],
            let total = counts["total_iterations"]?.exactInteger
        else { return }
        text.append(", ")
        text.append(total)
        text.append(" iterations")
        guard let failed = counts["failed_iterations"]?.exactInteger, failed > 0 else { return }
        text.append(", ")
        text.append(failed)
        text.append(" failed")
    }

    // MARK: What next

    private func more(into text: inout ByteText) {
        guard let next = pages.nextPage else { return }
        text.append("Not everything was read (")
        text.append(Int64(pages.count))
        text.append(pages.count == 1 ? " page)" : " pages)")
        text.append("; call get_run again with page_token ")
        text.append(quoted: next, limit: 1024)
        text.append(" for the rest.\n")
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
        } else {
            text.append("Next: get_run_output with the run_id of a task for what it returned or printed.")
        }
    }
}
