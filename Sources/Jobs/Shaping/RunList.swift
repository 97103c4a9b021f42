internal import JSON
internal import MCP

/// The result of `list_runs`: one page, or what a search found, newest first.
struct RunList {
    private let page: ListPage
    private let runs: [RunView]
    private let workspace: Workspace
    /// Milliseconds since the epoch, for durations of runs that go on.
    private let now: Int64
    private let budget: ResultBudget

    init(_ page: ListPage, workspace: Workspace, now: Int64, budget: ResultBudget) {
        self.page = page
        runs = page.items.map(RunView.init)
        self.workspace = workspace
        self.now = now
        self.budget = budget
    }

    /// The page as a tool result.
    var result: ToolResult { budget.result(digest, budget.fit(items: runs.count, weight: weight, write)) }

    private var weight: Int { runs.reduce(0) { $0 + $1.element.rawBytes.count } }

    private func write(_ reduction: Reduction) -> ResultBudget.Draft {
        var copy = UpstreamCopy(runsOf: workspace, reduction)
        var writer = JSONWriter(capacity: min(weight, 2 * budget.structured) + 160 * runs.count + 512)
        writer.beginObject()
        writer.key("runs")
        writer.beginArray()
        for run in runs.prefix(reduction.itemLimit) where !budget.rejects(writer.bytes.count, reduction) {
            copy.run(run, now: now, into: &writer)
        }
        writer.endArray()
        copy.leaveOut(runs.count - min(runs.count, reduction.itemLimit), of: runs.count, "runs")
        page.write(except: "runs", copy: &copy, into: &writer)
        copy.facts(advice: budget.advice, into: &writer)
        writer.endObject()
        return ResultBudget.Draft(bytes: writer.bytes, omissions: copy.omissions)
    }

    // MARK: Text

    /// The page as text: id, outcome and times of every run, and the cause of unhappy ends as far as there is room.
    private var digest: String {
        var text = ByteText(reserving: ResultBudget.text)
        page.heading("run", "runs", into: &text)
        let share = (ResultBudget.digest - text.count - 300) / max(1, runs.count)
        for run in runs { line(run, share: share, into: &text) }
        if let first = runs.first { footer(first, into: &text) }
        return text.string(limit: ResultBudget.digest)
    }

    private func line(_ run: RunView, share: Int, into text: inout ByteText) {
        let start = text.count
        text.append("- run ")
        text.append(id: run.element["run_id"])
        text.append(" of job ")
        text.append(id: run.element["job_id"])
        if let name = run.name {
            text.append(byte: UInt8(ascii: " "))
            text.append(quoted: name, limit: min(60, max(8, share - 140)))
        }
        text.append(": ")
        text.append(state: run.state)
        text.append(startOf: run)
        text.append(durationOf: run, now: now)
        let room = share - (text.count - start) - 4
        if room > 40, run.state.outcome != .succeeded, let message = run.message {
            text.append(": ")
            text.append(quoted: message, limit: min(room, 200))
        }
        text.append(byte: UInt8(ascii: "\n"))
    }

    private func footer(_ first: RunView, into text: inout ByteText) {
        let start = text.count
        text.append("Newest run's page: ")
        if text.append(linkOf: first.element, origin: workspace.origin) {
            text.append("; the others differ in job and run id.\n")
        } else {
            text.truncate(to: start)
        }
        text.append("Next: get_run with a run_id for its tasks; get_run_output with a run_id for why it failed.")
    }
}
