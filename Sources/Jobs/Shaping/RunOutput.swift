internal import JSON
internal import MCP

/// The result of `get_run_output`: one task's output, or those of the tasks that explain a job run.
struct RunOutput {
    private let resolved: ResolvedOutput
    private let workspace: Workspace
    private let now: Int64
    private let budget: ResultBudget

    init(_ resolved: ResolvedOutput, workspace: Workspace, now: Int64, budget: ResultBudget) {
        self.resolved = resolved
        self.workspace = workspace
        self.now = now
        self.budget = budget
    }

    /// The output as a tool result.
    var result: ToolResult {
        let digest = OutputDigest(resolved: resolved, workspace: workspace, now: now).text
        return budget.result(digest, budget.fit(items: resolved.pages?.tasks.latest.count ?? 0, write))
    }

    private func write(_ reduction: Reduction) -> ResultBudget.Draft {
        var copy = UpstreamCopy(runsOf: workspace, reduction)
        var writer = JSONWriter(capacity: 16 << 10)
        writer.beginObject()
        // The list of tasks gives way first: what failed matters, and `get_run` has the rest.
        let limits = OutputLimits(
            room: budget.structured, parts: resolved.parts.count, step: max(0, budget.step(of: reduction) - 1))
        if resolved.parts.count == 1, case .success(let output) = resolved.parts[0].output {
            copy.output(output, limits: limits, now: now, into: &writer)
            surroundings(of: resolved.parts[0], into: &writer)
            jobRun(&copy, into: &writer)
        } else {
            several(limits, &copy, into: &writer)
        }
        let advice = budget.advice(for: copy.omissions)
        copy.facts(advice: advice, into: &writer)
        writer.endObject()
        return ResultBudget.Draft(bytes: writer.bytes, omissions: copy.omissions, advice: advice)
    }

    /// Whose iteration the task is, what called it, and the run that it started.
    private func surroundings(of part: ResolvedOutput.Part, into writer: inout JSONWriter) {
        if let parent = part.iterationOf {
            writer.key("iteration_of")
            writer.beginObject()
            name(parent, into: &writer)
            writer.endObject()
        }
        calls(of: part, into: &writer)
        guard let child = part.child else { return }
        writer.key("child_run")
        writer.beginObject()
        writer.key("run_id")
        writer.identifier(child.id)
        switch child.run {
        case .success(let run):
            writer.key("outcome")
            writer.string(run.state.outcome.rawValue)
            if let message = run.message {
                writer.key("message")
                writer.string(ForeignText(element: message).line(limit: 400))
            }
        case .failure(let unread):
            writer.key("output_error")
            writer.string(unread.problem)
        }
        writer.endObject()
    }

    /// The Run Job tasks between the run that was asked for and the task that is shown (D-66).
    private func calls(of part: ResolvedOutput.Part, into writer: inout JSONWriter) {
        guard !part.calls.isEmpty else { return }
        writer.key("called_by")
        writer.beginArray()
        for call in part.calls {
            writer.beginObject()
            writer.name(call.taskKey)
            writer.key("run_id")
            writer.identifier(call.taskRun)
            writer.key("child_run_id")
            writer.identifier(call.childRun)
            writer.endObject()
        }
        writer.endArray()
    }

    /// The run behind a single output, when the caller gave the id of the whole run.
    private func jobRun(_ copy: inout UpstreamCopy, into writer: inout JSONWriter) {
        guard let pages = resolved.pages else { return }
        writer.key("resolved_from_run")
        writer.beginObject()
        writer.key("run_id")
        writer.identifier(resolved.run.id)
        copy.facts(of: pages.run(at: now), now: now, into: &writer)
        writer.endObject()
        tasks(pages, &copy, into: &writer)
    }

    private func several(_ limits: OutputLimits, _ copy: inout UpstreamCopy, into writer: inout JSONWriter) {
        writer.key("run_id")
        writer.identifier(resolved.run.id)
        if let pages = resolved.pages {
            copy.facts(of: pages.run(at: now), now: now, into: &writer)
            let handled =
                RunPages.pagedNames + RunFacts.names + ["run_id", "next_page_token", "has_more", "outputs"]
                + copy.superfluous(in: pages.run.element)
            copy.members(of: pages.run.element, except: handled, into: &writer)
        }
        writer.key("outputs")
        writer.beginArray()
        for part in resolved.parts { self.part(part, limits, &copy, into: &writer) }
        writer.endArray()
        if resolved.unreadFailures > 0 {
            let total = resolved.unreadFailures + resolved.parts.count
            copy.note(
                "\(resolved.unreadFailures) of \(total) outputs of failed tasks were left out",
                way: "get_run_output with the run_id of one shows it")
        }
        if let pages = resolved.pages { tasks(pages, &copy, into: &writer) }
    }

    private func part(
        _ part: ResolvedOutput.Part, _ limits: OutputLimits, _ copy: inout UpstreamCopy, into writer: inout JSONWriter
    ) {
        writer.beginObject()
        surroundings(of: part, into: &writer)
        switch part.output {
        case .success(let output): copy.output(output, limits: limits, now: now, into: &writer)
        case .failure(let error):
            if let task = part.task { name(task, into: &writer) }
            writer.key("output_error")
            writer.string(error.callerMessage)
        }
        writer.endObject()
    }

    /// All tasks, short: which there are, what became of them, and the ids to ask for.
    private func tasks(_ pages: RunPages, _ copy: inout UpstreamCopy, into writer: inout JSONWriter) {
        let tasks = pages.tasks
        let calm = tasks.active + tasks.calm
        let showsCalm = copy.reduction == .none || calm.count <= 10
        let list = tasks.failed + tasks.cancelled + (showsCalm ? calm : [])
        if !showsCalm { copy.leaveOut(calm.count, of: tasks.latest.count, "tasks, none of which failed") }
        writer.key("task_counts")
        writer.counts(of: tasks)
        writer.key(tasks.areIterations ? "iterations" : "tasks")
        writer.beginArray()
        for task in list.prefix(copy.reduction.itemLimit) {
            writer.beginObject()
            name(task, into: &writer)
            writer.key("outcome")
            writer.string(task.state.outcome.rawValue)
            writer.endObject()
        }
        writer.endArray()
        copy.leaveOut(list.count - min(list.count, copy.reduction.itemLimit), of: list.count, "tasks")
        if let next = pages.nextPage { writer.token(next) }
        if let unread = pages.unread { copy.note("not all tasks could be read: \(unread)", way: "get_run lists them") }
    }

    private func name(_ task: RunView, into writer: inout JSONWriter) {
        writer.name(task.taskKey)
        if let id = task.runID {
            writer.key("run_id")
            writer.identifier(id)
        }
    }
}

extension JSONWriter {
    /// Writes `task_key`, or its beginning.
    fileprivate mutating func name(_ taskKey: JSONElement?) {
        guard let taskKey else { return }
        key("task_key")
        string(ForeignText(element: taskKey).line(limit: 100))
    }
}
