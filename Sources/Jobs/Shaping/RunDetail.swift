internal import JSON
internal import MCP

/// The result of `get_run`: the run, all its tasks, and what to do next.
struct RunDetail {
    private let pages: RunPages
    private let run: RunView
    private let tasks: TaskList
    private let workspace: Workspace
    private let now: Int64
    private let budget: ResultBudget
    /// How the waiting ended, when the caller asked for it (P-74).
    private let wait: RunWait.Outcome?

    init(_ pages: RunPages, wait: RunWait.Outcome? = nil, workspace: Workspace, now: Int64, budget: ResultBudget) {
        self.pages = pages
        run = pages.run(at: now)
        tasks = pages.tasks
        self.wait = wait
        self.workspace = workspace
        self.now = now
        self.budget = budget
    }

    /// The run as a tool result.
    var result: ToolResult {
        let digest = RunDigest(pages: pages, run: run, tasks: tasks, wait: wait, workspace: workspace, now: now).text
        return budget.result(digest, budget.fit(items: tasks.entries.count, weight: pages.weight, write))
    }

    /// The members that are written here, under names that the service does not use.
    private static let handled =
        RunPages.pagedNames + RunFacts.names + [
            "task_counts", "failed_tasks", "pages_read", "has_more", "next_page_token", "truncated", "left_out",
            "waited_seconds",
        ]

    private func write(_ reduction: Reduction) -> ResultBudget.Draft {
        var copy = UpstreamCopy(runsOf: workspace, reduction)
        var writer = JSONWriter(capacity: 16 << 10)
        writer.beginObject()
        copy.facts(of: run, now: now, into: &writer)
        if let wait {
            writer.key("waited_seconds")
            writer.integer(wait.seconds)
        }
        taskCounts(into: &writer)
        failedTasks(&copy, into: &writer)
        copy.members(of: run.element, except: Self.handled + copy.superfluous(in: run.element), into: &writer)
        for name in RunPages.pagedNames { array(name, &copy, into: &writer) }
        writer.key("pages_read")
        writer.integer(Int64(pages.count))
        writer.key("has_more")
        writer.bool(pages.isPartial)
        if let next = pages.nextPage { writer.token(next) }
        if pages.isTokenLost { copy.note("the service says that there is more but gave no token") }
        if let unread = pages.unread {
            copy.note("the next page could not be read: \(unread)", way: "page_token reads it")
        }
        let advice = budget.advice(for: copy.omissions)
        copy.facts(advice: advice, into: &writer)
        writer.endObject()
        return ResultBudget.Draft(bytes: writer.bytes, omissions: copy.omissions, advice: advice)
    }

    /// How many tasks, or iterations, came to what: complete even where the list is not (D-64).
    private func taskCounts(into writer: inout JSONWriter) {
        guard !tasks.entries.isEmpty else { return }
        writer.key("task_counts")
        writer.counts(of: tasks)
    }

    /// The answer to "which tasks failed", so that nobody has to work it out from attempts and states (D-64, D-73).
    ///
    /// All of them, unless they alone would be too much; those that failed come before those that ran out of time.
    private func failedTasks(_ copy: inout UpstreamCopy, into writer: inout JSONWriter) {
        writer.key("failed_tasks")
        writer.beginArray()
        let failed = tasks.failed
        let room = budget.structured * 2 / 3
        var count = 0
        for task in failed {
            // A few are named in any case.
            guard count < 5 || writer.bytes.count < room else { break }
            count += 1
            writer.beginObject()
            if let key = task.taskKey { copy.shortName(key, key: "task_key", 100, into: &writer) }
            if let id = task.runID {
                writer.key("run_id")
                writer.identifier(id)
            }
            writer.key("outcome")
            writer.string(task.state.outcome.rawValue)
            writer.endObject()
        }
        writer.endArray()
        copy.leaveOut(failed.count - count, of: failed.count, "failed tasks")
    }

    private func array(_ name: String, _ copy: inout UpstreamCopy, into writer: inout JSONWriter) {
        let isTaskList = name == (tasks.areIterations ? "iterations" : "tasks")
        if isTaskList { return taskArray(name, &copy, into: &writer) }
        let elements = pages.elements(of: name)
        guard !elements.isEmpty else { return }
        guard copy.keeps(name) || name == "tasks" else { return copy.drop(name) }
        writer.key(name)
        writer.beginArray()
        for element in elements { copy.value(element, into: &writer) }
        writer.endArray()
    }

    /// What failed or still runs comes first when not everything can stay.
    private func taskArray(_ name: String, _ copy: inout UpstreamCopy, into writer: inout JSONWriter) {
        guard !tasks.entries.isEmpty else { return }
        var entries = tasks.entries
        let limit = copy.reduction.itemLimit
        if limit < entries.count { entries = Array(Self.byInterest(entries).prefix(limit)) }
        writer.key(name)
        writer.beginArray()
        for entry in entries where !budget.rejects(writer.bytes.count, copy.reduction) {
            copy.run(entry.view, now: now, isSuperseded: entry.isSuperseded, into: &writer)
        }
        writer.endArray()
        copy.leaveOut(tasks.entries.count - entries.count, of: tasks.entries.count, name)
    }

    private static func byInterest(_ entries: [TaskList.Entry]) -> [TaskList.Entry] {
        let interest: (TaskList.Entry) -> Int = { entry in
            if entry.isSuperseded { return 5 }
            if entry.view.state.isOwnFailure { return entry.view.state.outcome == .failed ? 0 : 1 }
            if entry.view.state.isCancelled { return 2 }
            return entry.view.state.finished ? 4 : 3
        }
        return (0...5).flatMap { rank in entries.filter { interest($0) == rank } }
    }
}

extension JSONWriter {
    /// Writes how many tasks came to what.
    mutating func counts(of tasks: TaskList) {
        beginObject()
        for (outcome, count) in tasks.counts {
            key(outcome.rawValue)
            integer(Int64(count))
        }
        endObject()
    }
}
