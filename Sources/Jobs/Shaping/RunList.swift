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

    /// The page as a tool result, or how many runs would fit, in which case the service should be asked for so many.
    var fit: ListFit {
        switch budget.fit(items: runs.count, weight: weight, ladder: ItemGrade.runs, ranks: ranks, write) {
        case .whole(let draft): .result(budget.result(digest, draft))
        case .tooLong(let room): .tooLong(roomFor: room)
        }
    }

    /// The page cut after `room` runs, which it says.
    func cut(to room: Int) -> ToolResult {
        budget.result(digest, budget.cut(items: runs.count, to: room, ladder: ItemGrade.runs, write))
    }

    private var weight: Int { runs.reduce(0) { $0 + $1.element.rawBytes.count } }

    /// What failed is told at greater length than what did not.
    private var ranks: [Int] {
        let isUnhappy = runs.map(\.state.outcome.isUnhappyEnd)
        let order = runs.indices.filter { isUnhappy[$0] } + runs.indices.filter { !isUnhappy[$0] }
        var ranks = [Int](repeating: 0, count: runs.count)
        for (rank, index) in order.enumerated() { ranks[index] = rank }
        return ranks
    }

    private func write(_ plan: GradePlan) -> ResultBudget.Draft {
        var copy = UpstreamCopy(runsOf: workspace, plan.base.reduction)
        var writer = JSONWriter(capacity: min(weight, 2 * budget.structured) + 160 * runs.count + 512)
        writer.beginObject()
        writer.key("runs")
        writer.beginArray()
        for (index, run) in runs.prefix(plan.itemLimit).enumerated() where writer.bytes.count <= plan.stopsAt {
            copy.run(run, plan.grade(of: index), now: now, into: &writer)
        }
        writer.endArray()
        copy.use(plan.base.reduction)
        copy.leaveOut(runs.count - min(runs.count, plan.itemLimit), of: runs.count, "runs")
        page.write(except: "runs", copy: &copy, into: &writer)
        // Among fewer items each gets more room, unless it is alone already.
        let advice = budget.advice(for: copy.omissions, isMoreOffered: runs.count > 1)
        copy.facts(advice: advice, into: &writer)
        writer.endObject()
        return ResultBudget.Draft(bytes: writer.bytes, omissions: copy.omissions, advice: advice)
    }

    // MARK: Text

    /// How much a line tells: less for all of them rather than nothing of some.
    private enum Line: CaseIterable { case full, short, shortest }

    /// The page as text: id, outcome and times of every run, and the cause of unhappy ends as far as there is room.
    private var digest: String {
        var text = ByteText(reserving: ResultBudget.text)
        page.heading("run", "runs", into: &text)
        guard let first = runs.first else { return text.string(limit: ResultBudget.digest) }
        let start = text.count
        for form in Line.allCases {
            text.truncate(to: start)
            for (index, run) in runs.enumerated() {
                // What one run does not need is there for the others.
                let share = (ResultBudget.digest - 420 - text.count) / (runs.count - index)
                line(run, form, share: share, into: &text)
            }
            if text.count <= ResultBudget.digest - 200 { break }
        }
        footer(first, into: &text)
        return text.string(limit: ResultBudget.digest)
    }

    private func line(_ run: RunView, _ form: Line, share: Int, into text: inout ByteText) {
        let start = text.count
        text.append("- run ")
        text.append(id: run.element["run_id"])
        text.append(" of job ")
        text.append(id: run.element["job_id"])
        if form == .full, let name = run.name {
            text.append(byte: UInt8(ascii: " "))
            text.append(quoted: name, limit: min(60, max(8, share - 140)))
        }
        text.append(": ")
        guard form != .shortest else {
            text.append(run.state.outcome.rawValue)
            return text.append(byte: UInt8(ascii: "\n"))
        }
        text.append(state: run.state)
        text.append(startOf: run)
        text.append(durationOf: run, now: now)
        let room = share - (text.count - start) - 4
        if form == .full, room > 40, run.state.outcome != .succeeded, let message = run.message {
            text.append(": ")
            text.append(quoted: message, limit: min(room, 200))
        }
        text.append(byte: UInt8(ascii: "\n"))
    }

    /// The link, if there is room, and what to do next.
    private func footer(_ first: RunView, into text: inout ByteText) {
        let start = text.count
        text.append("Newest run's page: ")
        let hasLink = text.append(linkOf: first, origin: workspace.origin)
        text.append("; the others differ in job and run id.\n")
        if !hasLink || text.count > ResultBudget.digest - 100 { text.truncate(to: start) }
        text.append("Next: get_run with a run_id for its tasks; get_run_output with a run_id for why it failed.")
    }
}
