internal import JSON

extension WorkspaceState {
    /// `POST jobs/run-now` (D-87 to D-92c): answers at once, the clock does the rest.
    mutating func runNow(_ call: WorkspaceCall) throws(WorkspaceError) -> JSONValue {
        let request = try RunNowRequest(call.request, version: call.version)
        try call.member.requireRun(on: request.jobID)
        guard let job = jobs[request.jobID] else { throw .unknownJob(request.jobID) }
        if let token = request.idempotencyToken, !token.isEmpty, let runID = idempotencyTokens[token] {
            // The same run even for another body (D-127).
            guard deletedRuns[runID] == nil else {
                throw .invalidParameter("The run of this idempotency_token was deleted.")
            }
            return answer(runID)
        }
        try checkParameters(request, job)
        try checkActiveRuns(request, job, at: call.now)
        let run = start(job, request, only: try selectedTasks(request.only, job), by: call.member, at: call.now)
        if let token = request.idempotencyToken, !token.isEmpty { idempotencyTokens[token] = run }
        return answer(run)
    }

    /// The workspace's limit on active runs; what may wait in the queue does not run into it (D-92b).
    private func checkActiveRuns(_ request: RunNowRequest, _ job: Job, at now: Int64) throws(WorkspaceError) {
        guard let limit = options.activeRunLimit, !(request.queueing ?? job.concurrency.isQueueing) else { return }
        let active = runs.values.count { $0.startTime <= now && $0.phase(at: now) != .terminated }
        guard active < limit else { throw .tooManyActiveRuns(active, limit: limit) }
    }

    private func answer(_ runID: Int64) -> JSONValue {
        Members(["run_id": .integer(runID), "number_in_job": .integer(runID)]).value
    }

    /// Job parameters and task-type parameters exclude each other (D-89).
    private func checkParameters(_ request: RunNowRequest, _ job: Job) throws(WorkspaceError) {
        if !job.parameters.isEmpty, let name = request.overriding.items.first?.name, name != "pipeline_params" {
            throw .invalidParameter("Job \(job.id) defines job parameters; use job_parameters instead of \(name).")
        }
        let known = Set(job.parameters.map(\.name))
        if let unknown = request.jobParameters?.keys.sorted().first(where: { !known.contains($0) }) {
            throw .invalidParameter("Job parameter '\(unknown)' is not defined on job \(job.id).")
        }
    }

    /// The task keys that `only` selects: `key`, `+key`, `key+` and `+key+` (D-87).
    private func selectedTasks(_ only: [String]?, _ job: Job) throws(WorkspaceError) -> Set<String>? {
        guard let only, !only.isEmpty else { return nil }
        var selected: Set<String> = []
        for text in only {
            let key = String(text.drop { $0 == "+" }.reversed().drop { $0 == "+" }.reversed())
            guard job.tasks.contains(where: { $0.key == key }) else {
                throw .invalidParameter("Task '\(key)' does not exist in job \(job.id).")
            }
            selected.insert(key)
            if text.hasPrefix("+") { selected.formUnion(job.upstream(of: key)) }
            if text.hasSuffix("+") { selected.formUnion(job.downstream(of: key)) }
        }
        return selected
    }

    /// Starts a run, queues it or skips it, as the job's other runs demand.
    ///
    /// - Returns: The run's id.
    private mutating func start(
        _ job: Job, _ request: RunNowRequest, only: Set<String>?, by member: WorkspaceMember, at now: Int64
    ) -> Int64 {
        var active = activeRuns(of: job.id, at: now)
        if job.concurrency.isContinuous {
            for run in active { update(run.id) { $0.cancel(at: now) } }
            active = []
        }
        let parameters = job.parameters(startTime: now, overrides: request.jobParameters ?? [:])
        let plan = RunPlan(job, only: only, parameters: parameters, ids: &ids, jobs: jobs)
        var template = Run(id: plan.runID, job: job, parameters: parameters, trigger: "ONE_TIME", startTime: now)
        template.creator = member.userName
        template.overriding = request.overriding
        var origin = now
        if active.count >= job.concurrency.limit {
            let limit = job.concurrency.limit
            guard limit > 0, request.queueing ?? job.concurrency.isQueueing else {
                template.fixedOutcome = .tooManyRuns(limit: limit)
                add(template)
                return template.id
            }
            origin = Self.freeTime(active, limit: limit)
            template.queue = Run.Queue(
                until: origin, reason: "Queued due to reaching maximum concurrent runs of \(limit).")
        }
        // A continuous run does not end by itself, and is not hurried.
        let isHurried = !job.concurrency.isContinuous && plan.duration > 0
        let scale = isHurried ? Double(options.runPaceMilliseconds) / Double(plan.duration) : 1
        for run in plan.runs(origin: origin, scale: scale, template: template) { add(run) }
        return template.id
    }

    /// When the next of the places that `active` runs hold becomes free.
    private static func freeTime(_ active: [Run], limit: Int) -> Int64 {
        let ends = active.map(\.endTime).sorted()
        return ends[ends.count - limit]
    }
}

extension Job {
    /// The keys of all tasks that `key` depends on, directly or not.
    func upstream(of key: String) -> Set<String> {
        closure(from: key) { key in
            tasks.first { $0.key == key }?.dependencies.map(\.key) ?? []
        }
    }

    /// The keys of all tasks that depend on `key`, directly or not.
    func downstream(of key: String) -> Set<String> {
        closure(from: key) { key in
            tasks.filter { $0.dependencies.contains { $0.key == key } }.map(\.key)
        }
    }

    private func closure(from key: String, _ neighbours: (String) -> [String]) -> Set<String> {
        var found: Set<String> = []
        var open = [key]
        while let next = open.popLast() {
            for neighbour in neighbours(next) where found.insert(neighbour).inserted { open.append(neighbour) }
        }
        return found
    }
}
