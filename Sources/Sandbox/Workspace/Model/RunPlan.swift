internal import JSON

/// When each task of a run starts and ends, and how, on a time scale of its own that begins at 0.
struct RunPlan: Sendable {
    /// The run that a Run Job task starts.
    struct Child: Sendable {
        let plan: RunPlan
        /// When it starts on the parent's time scale.
        let offset: Int64
        let parentTaskRunID: Int64
    }

    let job: Job
    let runID: Int64
    /// The effective values of the job's parameters.
    let parameters: [String: String]
    private(set) var tasks: [TaskRun] = []
    private(set) var children: [Child] = []

    /// How long the whole run takes, in milliseconds.
    var duration: Int64 { tasks.map(\.endTime).max() ?? 0 }

    /// Plans the tasks in the order in which the job lists them, each after those that it depends on.
    ///
    /// - Parameters:
    ///   - job: Whose run it is.
    ///   - only: The keys of the tasks to run; all when `nil`.
    ///   - parameters: The effective values of the job's parameters.
    ///   - ids: Where run ids come from.
    ///   - jobs: The jobs that Run Job tasks may start.
    init(_ job: Job, only: Set<String>? = nil, parameters: [String: String], ids: inout IDSource, jobs: [Int64: Job]) {
        self.job = job
        self.parameters = parameters
        runID = ids.next()
        var latest: [String: TaskRun] = [:]
        for spec in job.tasks where only?.contains(spec.key) ?? true {
            let upstream = spec.dependencies.compactMap { latest[$0.key] }
            let done = upstream.map(\.endTime).max() ?? 0
            if let obstacle = Self.obstacle(spec, latest) {
                tasks.append(Self.skipped(spec, at: done, obstacle, &ids))
            } else {
                // The service takes a second to notice that the tasks before are done.
                appendAttempts(spec, at: upstream.isEmpty ? 0 : done + 1_000, &ids, jobs)
            }
            latest[spec.key] = tasks.last
        }
    }

    /// Why a task does not run, given how the tasks before it ended; `nil` when it runs.
    private static func obstacle(_ spec: TaskSpec, _ latest: [String: TaskRun]) -> Outcome? {
        guard spec.runIf == "ALL_SUCCESS" else { return nil }
        for dependency in spec.dependencies {
            guard let task = latest[dependency.key] else { continue }
            if task.outcome.result == "EXCLUDED" { return .excluded }
            if !task.outcome.isSuccess { return .upstreamFailed }
            if let branch = dependency.outcome, case .chooses(let chosen) = task.spec.behaviour.ending, chosen != branch
            {
                return .excluded
            }
        }
        return nil
    }

    private static func skipped(
        _ spec: TaskSpec, at moment: Int64, _ outcome: Outcome, _ ids: inout IDSource
    ) -> TaskRun {
        TaskRun(
            id: ids.next(), spec: spec, readyTime: moment, startTime: moment, executionTime: moment,
            cleanupTime: moment, endTime: moment + 1_000, outcome: outcome)
    }

    private mutating func appendAttempts(
        _ spec: TaskSpec, at ready: Int64, _ ids: inout IDSource, _ jobs: [Int64: Job]
    ) {
        let behaviour = spec.behaviour
        var ready = ready
        for attempt in 0...behaviour.failedAttempts {
            // A retry waits before it asks for compute again.
            let start = attempt == 0 ? ready : ready + 15_000
            let execution = start + behaviour.setup
            let cleanup = execution + behaviour.execution
            var task = TaskRun(
                id: ids.next(), spec: spec, attempt: attempt, readyTime: ready, startTime: start,
                executionTime: execution, cleanupTime: cleanup, endTime: cleanup + behaviour.cleanup,
                outcome: .workloadFailed, output: behaviour.failure)
            if attempt == behaviour.failedAttempts { end(&task, &ids, jobs) }
            tasks.append(task)
            ready = task.endTime
        }
    }

    /// Decides how the last attempt of a task ends.
    private mutating func end(_ task: inout TaskRun, _ ids: inout IDSource, _ jobs: [Int64: Job]) {
        let behaviour = task.spec.behaviour
        switch behaviour.ending {
        case .fails: break
        case .failsWhen(let name, let value) where parameters[name] == value: break
        case .timesOut(let seconds): task.outcome = .timedOut(seconds: seconds)
        case .iterates(let forEach): forEach.run(in: &task, &ids)
        case .runsJob(let jobID):
            guard let job = jobs[jobID] else { break }
            let plan = RunPlan(job, parameters: [:], ids: &ids, jobs: jobs)
            let failed = plan.tasks.contains { $0.outcome.isCause }
            task.outcome = failed ? .workloadFailed : .success
            task.output = .runJob(runID: plan.runID)
            task.cleanupTime = task.executionTime + plan.duration
            task.endTime = task.cleanupTime + behaviour.cleanup
            children.append(Child(plan: plan, offset: task.executionTime, parentTaskRunID: task.id))
        case .succeeds, .failsWhen, .chooses:
            task.outcome = .success
            task.output = behaviour.output
        }
    }
}

extension RunPlan {
    /// The run and all that its Run Job tasks start, placed in time.
    ///
    /// - Parameters:
    ///   - origin: When the first task becomes ready, in milliseconds since 1970.
    ///   - scale: What a millisecond of the plan lasts: 1 in the past, less for runs that people wait for.
    ///   - template: The run without tasks.
    /// - Returns: The run, then its descendants.
    func runs(origin: Int64, scale: Double, template: Run) -> [Run] {
        let time: (Int64) -> Int64 = { origin + Int64((Double($0) * scale).rounded()) }
        var run = template
        run.tasks = tasks.map { $0.mapped(time) }
        let descendants = children.flatMap { child in
            child.plan.runs(
                origin: time(child.offset), scale: scale,
                template: Run(
                    id: child.plan.runID, job: child.plan.job, parameters: child.plan.parameters,
                    trigger: "RUN_JOB_TASK", startTime: time(child.offset), parentTaskRunID: child.parentTaskRunID))
        }
        return [run] + descendants
    }
}

extension Run {
    /// A run of `job` without tasks; see ``RunPlan/runs(origin:scale:template:)``.
    init(
        id: Int64, job: Job, parameters: [String: String], trigger: String, startTime: Int64,
        parentTaskRunID: Int64? = nil
    ) {
        self.init(
            id: id, jobID: job.id, name: job.name, trigger: trigger, creator: job.creator, startTime: startTime,
            tasks: [],
            parameters: job.parameters.sorted { $0.name < $1.name }.map { parameter in
                Parameter(
                    name: parameter.name, defaultValue: parameter.defaultValue,
                    value: parameters[parameter.name] ?? parameter.defaultValue)
            },
            jobClusters: job.jobClusters, schedule: trigger == "PERIODIC" ? job.settings["schedule"] : JSONValue?.none,
            parentTaskRunID: parentTaskRunID, writesIntegersAsStrings: job.writesIntegersAsStrings)
    }
}

extension Job {
    /// The effective parameters of a run: defaults with `{{job.start_time.iso_date}}` resolved, then `overrides`.
    func parameters(startTime: Int64, overrides: [String: String] = [:]) -> [String: String] {
        let date = UTCTime(seconds: startTime / 1000).isoDate
        return parameters.reduce(into: [:]) { values, parameter in
            let resolved = parameter.defaultValue == "{{job.start_time.iso_date}}" ? date : parameter.defaultValue
            values[parameter.name] = overrides[parameter.name] ?? resolved
        }
    }
}
