internal import JSON
internal import MCP

/// The result of `list_jobs`: one page, or what a search found, complete in structured form and digested as text.
struct JobList {
    private let page: ListPage
    private let jobs: [JobView]
    private let workspace: Workspace
    private let budget: ResultBudget
    /// Whether the text may lead to `run_now`.
    private let offersRuns: Bool

    init(_ page: ListPage, workspace: Workspace, budget: ResultBudget, offersRuns: Bool) {
        self.page = page
        jobs = page.items.map(JobView.init)
        self.workspace = workspace
        self.budget = budget
        self.offersRuns = offersRuns
    }

    /// The page as a tool result, or how many jobs would fit, in which case the service should be asked for so many.
    var fit: ListFit {
        switch budget.fit(items: jobs.count, weight: weight, ladder: ItemGrade.jobs, write) {
        case .whole(let draft): .result(budget.result(digest, draft))
        case .tooLong(let room): .tooLong(roomFor: room)
        }
    }

    /// The page cut after `room` jobs, which it says.
    func cut(to room: Int) -> ToolResult {
        budget.result(digest, budget.cut(items: jobs.count, to: room, ladder: ItemGrade.jobs, write))
    }

    private var weight: Int { jobs.reduce(0) { $0 + $1.element.rawBytes.count } }

    private func write(_ plan: GradePlan) -> ResultBudget.Draft {
        var copy = UpstreamCopy(jobsOf: workspace, plan.base.reduction)
        var writer = JSONWriter(capacity: min(weight, 2 * budget.structured) + 64 * jobs.count + 512)
        writer.beginObject()
        writer.key("jobs")
        writer.beginArray()
        for (index, job) in jobs.prefix(plan.itemLimit).enumerated() where writer.bytes.count <= plan.stopsAt {
            copy.job(job, plan.grade(of: index), into: &writer)
        }
        writer.endArray()
        copy.use(plan.base.reduction)
        copy.leaveOut(jobs.count - min(jobs.count, plan.itemLimit), of: jobs.count, "jobs")
        page.write(except: "jobs", copy: &copy, into: &writer)
        // Among fewer items each gets more room, unless it is alone already.
        let advice = budget.advice(for: copy.omissions, isMoreOffered: jobs.count > 1)
        copy.facts(advice: advice, into: &writer)
        writer.endObject()
        return ResultBudget.Draft(bytes: writer.bytes, omissions: copy.omissions, advice: advice)
    }

    // MARK: Text

    /// How much a line tells: details go first, then when the job runs and what it takes.
    private enum Line: Int, CaseIterable { case full, withoutDates, withoutTasks, withoutParameters, name, id }

    /// The page as text: every id and name, and as much else as fits.
    private var digest: String {
        var text = ByteText(reserving: ResultBudget.text)
        page.heading("job", "jobs", into: &text)
        guard !jobs.isEmpty else { return text.string(limit: ResultBudget.digest) }
        let start = text.count
        var hasCutNames = false
        for (index, job) in jobs.enumerated() {
            // What one job does not need is there for the others.
            let share = (ResultBudget.digest - 300 - text.count) / (jobs.count - index)
            if line(job, share: share, into: &text) { hasCutNames = true }
        }
        if text.count > ResultBudget.digest - 300 {
            text.truncate(to: start)
            for job in jobs { _ = line(job, .id, share: 0, into: &text) }
        }
        if hasCutNames {
            text.append("Long names are cut here; ")
            text.append(
                jobs.count > 1 ? "a smaller limit or name_contains shows them whole.\n" : "settings.name is whole.\n")
        }
        text.append("Job pages: ")
        text.append(workspace.origin)
        text.append("/jobs/JOB_ID\nNext: list_runs with a job_id for its runs")
        text.append(offersRuns ? "; run_now with a job_id to start it." : ".")
        return text.string(limit: ResultBudget.digest)
    }

    /// Writes one job in the longest form that is within its share, and says whether its name was cut.
    private func line(_ job: JobView, share: Int, into text: inout ByteText) -> Bool {
        let start = text.count
        for form in Line.allCases where form != .id {
            let isCut = line(job, form, share: share, into: &text)
            if text.count - start <= share || form == .name { return isCut }
            text.truncate(to: start)
        }
        return false
    }

    private func line(_ job: JobView, _ form: Line, share: Int, into text: inout ByteText) -> Bool {
        let start = text.count
        text.append("- ")
        text.append(id: job.id)
        var isCut = false
        if form != .id, let name = job.name {
            text.append(byte: UInt8(ascii: " "))
            let limit = min(120, max(8, share - (text.count - start) - 6))
            text.append(quoted: name, limit: limit)
            isCut = name.rawBytes.count > limit + 2
        }
        if form.rawValue < Line.name.rawValue { text.append(starterOf: job) }
        if form.rawValue < Line.withoutTasks.rawValue { text.append(tasksOf: job) }
        if form.rawValue < Line.withoutParameters.rawValue { text.append(parametersOf: job) }
        if form == .full {
            if let created = job.created {
                text.append(", created ")
                text.append(time: created)
            }
            if let creator = job.creator {
                text.append(job.created == nil ? ", by " : " by ")
                text.append(line: creator, limit: 64)
            }
        }
        text.append(byte: UInt8(ascii: "\n"))
        return isCut
    }
}
