internal import JSON

/// The tasks of a run in words, or the iterations of a for-each task.
extension RunDigest {
    /// The numbers of a for-each task (D-65), which its own run carries in its only task.
    func forEach(into text: inout ByteText) {
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
            guard let words = message["error_message"]?.nonEmptyText else { continue }
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

    private var noun: StaticString { tasks.areIterations ? "Iterations" : "Tasks" }

    func taskLines(into text: inout ByteText) {
        let latest = tasks.latest
        guard !latest.isEmpty else { return }
        text.append(noun)
        text.append(pages.isPartial ? " (at least " : " (")
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
        var left = 0
        for task in tasks.failed + tasks.cancelled + tasks.active + tasks.calm {
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
        if let key = task.taskKey {
            text.append(line: key, limit: 100)
            text.append(" ")
        }
        text.append("run ")
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
}
