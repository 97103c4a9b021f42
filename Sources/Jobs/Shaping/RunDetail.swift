internal import JSON
internal import MCP

/// The result of `get_run`: the run, all its tasks, and what to do next.
struct RunDetail {
    private let pages: RunPages
    private let run: RunView
    private let tasks: TaskList
    private let failed: [RunView]
    /// The places of the tasks, those that matter first.
    private let order: [Int]
    private let workspace: Workspace
    private let now: Int64
    private let budget: ResultBudget
    /// How the waiting ended, when the caller asked for it (P-74).
    private let wait: RunWait.Outcome?

    init(_ pages: RunPages, wait: RunWait.Outcome? = nil, workspace: Workspace, now: Int64, budget: ResultBudget) {
        self.pages = pages
        run = pages.run(at: now)
        tasks = pages.tasks
        failed = tasks.failed
        order = Self.byInterest(tasks.entries)
        self.wait = wait
        self.workspace = workspace
        self.now = now
        self.budget = budget
    }

    /// The run as a tool result.
    var result: ToolResult {
        let digest = RunDigest(pages: pages, run: run, tasks: tasks, wait: wait, workspace: workspace, now: now).text
        return budget.result(digest, draft)
    }

    /// All tasks, as long as there is room; what the run itself says is one more item, the last in rank.
    private var draft: ResultBudget.Draft {
        let count = tasks.entries.count
        var ranks = [Int](repeating: count, count: count + 1)
        for (rank, index) in order.enumerated() { ranks[index] = rank }
        let fit = budget.fit(
            items: count + 1, weight: pages.weight, ladder: ItemGrade.tasks, ranks: ranks, keepsSize: true, write)
        switch fit {
        case .whole(let draft): return draft
        case .tooLong: return budget.cut(items: count, ladder: ItemGrade.tasks, ranks: ranks, write)
        }
    }

    /// The members that are written here, under names that the service does not use.
    private static let handled =
        RunPages.pagedNames + RunFacts.names + [
            "task_counts", "failed_tasks", "pages_read", "has_more", "next_page_token", "truncated", "left_out",
            "waited_seconds",
        ]

    private func write(_ plan: GradePlan) -> ResultBudget.Draft {
        let own = plan.grade(of: tasks.entries.count).reduction
        var copy = UpstreamCopy(runsOf: workspace, own)
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
        for name in RunPages.pagedNames where name != tasksName { array(name, &copy, into: &writer) }
        taskArray(plan, &copy, into: &writer)
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

    private var tasksName: String { tasks.areIterations ? "iterations" : "tasks" }

    private func array(_ name: String, _ copy: inout UpstreamCopy, into writer: inout JSONWriter) {
        let elements = pages.elements(of: name)
        guard !elements.isEmpty else { return }
        guard copy.keeps(name) || name == "tasks" else { return copy.drop(name) }
        writer.key(name)
        writer.beginArray()
        for element in elements { copy.value(element, into: &writer) }
        writer.endArray()
    }

    /// What failed or still runs comes first when not everything can stay.
    private func taskArray(_ plan: GradePlan, _ copy: inout UpstreamCopy, into writer: inout JSONWriter) {
        let count = tasks.entries.count
        guard count > 0 else { return }
        let own = copy.reduction
        writer.key(tasksName)
        writer.beginArray()
        let shown = plan.itemLimit < count ? Array(order.prefix(plan.itemLimit)) : Array(tasks.entries.indices)
        for index in shown where writer.bytes.count <= plan.stopsAt {
            copy.task(tasks.entries[index], plan.grade(of: index), now: now, into: &writer)
        }
        writer.endArray()
        copy.use(own)
        copy.leaveOut(count - shown.count, of: count, tasksName)
    }

    private static func byInterest(_ entries: [TaskList.Entry]) -> [Int] {
        let interest: (TaskList.Entry) -> Int = { entry in
            if entry.isSuperseded { return 5 }
            if entry.view.state.isOwnFailure { return entry.view.state.outcome == .failed ? 0 : 1 }
            if entry.view.state.isCancelled { return 2 }
            return entry.view.state.finished ? 4 : 3
        }
        var places = [[Int]](repeating: [], count: 6)
        for (index, entry) in entries.enumerated() { places[interest(entry)].append(index) }
        return places.flatMap(\.self)
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
