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

    /// The page as a tool result.
    var result: ToolResult { budget.result(digest, budget.fit(items: jobs.count, weight: weight, write)) }

    private var weight: Int { jobs.reduce(0) { $0 + $1.element.rawBytes.count } }

    private func write(_ reduction: Reduction) -> ResultBudget.Draft {
        var copy = UpstreamCopy(jobsOf: workspace, reduction)
        var writer = JSONWriter(capacity: min(weight, 2 * budget.structured) + 64 * jobs.count + 512)
        writer.beginObject()
        writer.key("jobs")
        writer.beginArray()
        for job in jobs.prefix(reduction.itemLimit) where !budget.rejects(writer.bytes.count, reduction) {
            writer.beginObject()
            copy.time("created_at", job.created, into: &writer)
            if reduction == .none, job.isRegular, !SecretMask.isSuspicious(job.element.rawBytes.span) {
                writer.copyMembers(of: job.element)
            } else if reduction.shortensCalmItems {
                copy.core(of: job, into: &writer)
            } else {
                copy.members(of: job.element, except: ["created_at"], into: &writer)
            }
            writer.endObject()
        }
        writer.endArray()
        copy.leaveOut(jobs.count - min(jobs.count, reduction.itemLimit), of: jobs.count, "jobs")
        page.write(except: "jobs", copy: &copy, into: &writer)
        copy.facts(advice: budget.advice, into: &writer)
        writer.endObject()
        return ResultBudget.Draft(bytes: writer.bytes, omissions: copy.omissions)
    }

    // MARK: Text

    /// The page as text: every id and name, and as much else as fits.
    private var digest: String {
        var text = ByteText(reserving: ResultBudget.text)
        page.heading("job", "jobs", into: &text)
        let share = (ResultBudget.digest - text.count - 300) / max(1, jobs.count)
        var hasCutNames = false
        for job in jobs where line(job, share: share, into: &text) { hasCutNames = true }
        guard !jobs.isEmpty else { return text.string(limit: ResultBudget.digest) }
        if hasCutNames { text.append("Long names are cut here; a smaller limit or name_contains shows them whole.\n") }
        text.append("Job pages: ")
        text.append(workspace.origin)
        text.append("/jobs/JOB_ID\nNext: list_runs with a job_id for its runs")
        text.append(offersRuns ? "; run_now with a job_id to start it." : ".")
        return text.string(limit: ResultBudget.digest)
    }

    /// Writes one job, and says whether its name was cut.
    private func line(_ job: JobView, share: Int, into text: inout ByteText) -> Bool {
        let start = text.count
        text.append("- ")
        text.append(id: job.id)
        var isCut = false
        if let name = job.name {
            text.append(byte: UInt8(ascii: " "))
            let limit = min(120, max(8, share - (text.count - start) - 6))
            text.append(quoted: name, limit: limit)
            isCut = name.rawBytes.count > limit + 2
        }
        let brief = text.count
        details(job, into: &text)
        if let created = job.created {
            text.append(", created ")
            text.append(time: created)
        }
        if let creator = job.creator {
            text.append(" by ")
            text.append(line: creator, limit: 64)
        }
        // Ids of all jobs come before details of some.
        if text.count - start >= share { text.truncate(to: brief) }
        text.append(byte: UInt8(ascii: "\n"))
        return isCut
    }

    private func details(_ job: JobView, into text: inout ByteText) {
        switch job.starter {
        case .schedule(let schedule): cron(schedule, into: &text)
        case .continuous(let continuous):
            text.append(", continuous")
            pause(continuous, into: &text)
        case .trigger(let trigger):
            text.append(", triggered")
            pause(trigger, into: &text)
        case nil: break
        }
        if let tasks = job.tasks {
            text.append(", ")
            text.append(Int64(tasks.count))
            text.append(tasks.count == 1 ? " task" : " tasks")
            for task in tasks.elements {
                guard let key = task["task_key"] else { continue }
                text.append(byte: UInt8(ascii: " "))
                text.append(line: key, limit: 40)
            }
        }
        guard let parameters = job.parameters, parameters.count > 0 else { return }
        text.append(", parameters")
        for parameter in parameters.elements {
            guard let name = parameter["name"] else { continue }
            text.append(byte: UInt8(ascii: " "))
            text.append(line: name, limit: 40)
        }
    }

    private func cron(_ schedule: JSONElement, into text: inout ByteText) {
        text.append(", cron ")
        if let expression = schedule["quartz_cron_expression"] { text.append(quoted: expression, limit: 64) }
        if let zone = schedule["timezone_id"] {
            text.append(byte: UInt8(ascii: " "))
            text.append(line: zone, limit: 40)
        }
        pause(schedule, into: &text)
    }

    private func pause(_ schedule: JSONElement, into text: inout ByteText) {
        if schedule["pause_status"]?.isString("PAUSED") == true { text.append(" (paused)") }
    }
}

extension ByteText {
    /// Appends an id, or a question mark where the service sent none.
    mutating func append(id element: JSONElement?) {
        if let id = element?.exactInteger { append(id) } else { append(byte: UInt8(ascii: "?")) }
    }
}
