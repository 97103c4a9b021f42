internal import JSON

/// The tasks whose outputs are not shown, in words.
extension OutputDigest {
    /// The tasks that are not shown: those that failed, and of the others all of a few or their number.
    func taskList(_ pages: RunPages, into text: inout ByteText) {
        var shown = Set(resolved.parts.compactMap { $0.task?.runID })
        for part in resolved.parts {
            shown.formUnion(part.calls.map(\.taskRun))
            if let parent = part.iterationOf?.runID { shown.insert(parent) }
        }
        let tasks = pages.tasks
        let isShown: (RunView) -> Bool = { task in task.runID.map(shown.contains) ?? false }
        let failed = tasks.failed.filter { !isShown($0) }
        let stopped = failed + tasks.cancelled.filter { !isShown($0) }
        let calm = (tasks.active + tasks.calm).filter { !isShown($0) }
        let listed = calm.count <= 12 ? stopped + calm : stopped
        guard !stopped.isEmpty || !calm.isEmpty else { return }
        text.append(tasks.areIterations ? "Other iterations:\n" : "Other tasks:\n")
        var left = stopped.count + calm.count - listed.count
        for task in listed {
            let start = text.count
            text.append("- ")
            if let key = task.taskKey {
                text.append(line: key, limit: 100)
                text.append(" ")
            }
            text.append("run ")
            text.append(id: task.element["run_id"])
            text.append(": ")
            text.append(state: task.state)
            text.append("\n")
            guard text.count > ResultBudget.digest - 200 else { continue }
            text.truncate(to: start)
            left += 1
        }
        guard left > 0 else { return }
        text.append("- ")
        text.append(Int64(left))
        text.append(" more, which get_run lists\n")
    }
}
