internal import JSON

/// The iterations of a for-each task (D-65).
struct ForEach: Sendable {
    let inputs: [String]
    /// The key of the task that is repeated.
    let taskKey: String
    /// The path of the notebook that is repeated.
    let notebookPath: String
    /// Positions of the iterations that fail, from 0.
    let failing: Set<Int>
    /// The position of the iteration that times out.
    let timingOut: Int?

    private static let concurrency = 10

    /// The `for_each_task` member of the job's task.
    var definition: Members {
        let notebook = Members([
            "notebook_path": .string(notebookPath), "source": "WORKSPACE", "base_parameters": ["region": "{{input}}"],
        ])
        let task = Members(["task_key": .string(taskKey), "notebook_task": notebook.value])
        let list = inputs.map { "\"\($0)\"" }.joined(separator: ",")
        return Members([
            "inputs": .string("[\(list)]"), "concurrency": .integer(Int64(Self.concurrency)), "task": task.value,
        ])
    }

    /// Lets the iterations happen within the task, ten at a time.
    func run(in task: inout TaskRun, _ ids: inout IDSource) {
        let rounds = (inputs.count + Self.concurrency - 1) / Self.concurrency
        let slot = (task.cleanupTime - task.executionTime) / Int64(max(rounds, 1))
        for index in inputs.indices {
            let start = task.executionTime + Int64(index / Self.concurrency) * slot
            let outcome: Outcome =
                index == timingOut ? .timedOut(seconds: 600) : failing.contains(index) ? .workloadFailed : .success
            task.iterations.append(
                TaskRun(
                    id: ids.next(), spec: iterationSpec(inputs[index]), readyTime: start, startTime: start,
                    executionTime: start + slot / 4, cleanupTime: start + slot - slot / 10, endTime: start + slot,
                    outcome: outcome, output: output(outcome, inputs[index])))
        }
        let failures = failing.count + (timingOut == nil ? 0 : 1)
        task.outcome = failures == 0 ? .success : .failed("\(failures) of \(inputs.count) iterations failed")
    }

    private func iterationSpec(_ input: String) -> TaskSpec {
        let notebook = Members([
            "notebook_path": .string(notebookPath), "source": "WORKSPACE",
            "base_parameters": Members(["region": .string(input)]).value,
        ])
        return TaskSpec(key: "\(taskKey)_iteration", kind: Members(["notebook_task": notebook.value]))
    }

    private func output(_ outcome: Outcome, _ input: String) -> TaskOutput {
        switch outcome.result {
        case "SUCCESS": .notebook(result: "{\"region\": \"\(input)\", \"score\": 0.91}")
        case "FAILED":
            .notebookError(
                message: "KeyError: 'no price list for region \(input)'",
                trace: "Traceback (most recent call last):\n  File \"\(notebookPath)\", line 12, in <module>\n"
                    + "KeyError: 'no price list for region \(input)'")
        default: .notebook(result: nil)
        }
    }

    /// The `stats` of a for-each task run: counts, and the most common messages (D-65).
    static func statistics(_ iterations: [TaskRun], at now: Int64) -> Members {
        let ended = iterations.filter { now >= $0.endTime }
        let failed = ended.filter { !$0.outcome.isSuccess }
        let scheduled = iterations.filter { now >= $0.readyTime }
        let counts = Members([
            "total_iterations": .integer(Int64(iterations.count)),
            "scheduled_iterations": .integer(Int64(scheduled.count)),
            "active_iterations": .integer(Int64(scheduled.count - ended.count)),
            "completed_iterations": .integer(Int64(ended.count)),
            "succeeded_iterations": .integer(Int64(ended.count - failed.count)),
            "failed_iterations": .integer(Int64(failed.count)),
        ])
        var statistics = Members(["task_run_stats": counts.value])
        let byMessage = Dictionary(grouping: failed) { $0.outcome.message }
            .sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }
        statistics.addUnlessEmpty(
            "error_message_stats",
            byMessage.prefix(3).map { message, runs in
                Members([
                    "error_message": .string(message), "count": .integer(Int64(runs.count)),
                    "termination_category": .string(runs.first?.outcome.code ?? ""),
                ]).value
            })
        return statistics
    }
}
