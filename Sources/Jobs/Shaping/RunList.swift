internal import JSON

/// The result of `list_runs`: one page, newest first.
struct RunList {
    private let root: JSONElement
    private let runs: [RunView]
    private let nextPage: JSONElement?
    private let workspace: Workspace
    /// Milliseconds since the epoch, for durations of runs that go on.
    private let now: Int64

    init(_ answer: DatabricksAnswer, workspace: Workspace, now: Int64) {
        root = answer.root
        runs = root["runs"].map { $0.elements.map(RunView.init) } ?? []
        nextPage = PageToken.next(in: root)
        self.workspace = workspace
        self.now = now
    }

    /// The page as a JSON object.
    var structured: [UInt8] { ResultBudget.fit(items: runs.count, write) }

    private func write(_ reduction: Reduction) -> [UInt8] {
        var copy = UpstreamCopy(runsOf: workspace, reduction)
        var writer = JSONWriter(capacity: root.rawBytes.count + 160 * runs.count + 512)
        writer.beginObject()
        writer.key("runs")
        writer.beginArray()
        for run in runs.prefix(reduction.itemLimit) { copy.run(run, now: now, into: &writer) }
        writer.endArray()
        copy.leaveOut(runs.count - min(runs.count, reduction.itemLimit), of: runs.count, "runs")
        PageToken.write(nextPage, rest: root, except: "runs", copy: &copy, into: &writer)
        copy.facts(into: &writer)
        writer.endObject()
        return writer.bytes
    }

    // MARK: Text

    /// The page as text: id, outcome and times of every run, and the cause of unhappy ends as far as there is room.
    var digest: String {
        var text = ByteText(reserving: ResultBudget.text)
        PageToken.heading(count: runs.count, "run", "runs", nextPage, into: &text)
        let share = (ResultBudget.text - text.count - 300) / max(1, runs.count)
        for run in runs { line(run, share: share, into: &text) }
        if let first = runs.first { footer(first, into: &text) }
        return text.string(limit: ResultBudget.text)
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
