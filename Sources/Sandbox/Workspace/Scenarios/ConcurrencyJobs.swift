internal import JSON

// Jobs whose runs wait, never start, or do not end by themselves (D-126).

extension WorkspaceState {
    mutating func addConcurrencyJobs(now: Int64) {
        addClickstream(now: now)
        addHourlySync(now: now)
        addExclusiveLoad(now: now)
        addLongTraining(now: now)
    }

    private mutating func run(_ job: Job, at start: Int64, trigger: String = "PERIODIC", _ change: (inout Run) -> Void)
    {
        let plan = RunPlan(job, parameters: [:], ids: &ids, jobs: jobs)
        let template = Run(id: plan.runID, job: job, parameters: [:], trigger: trigger, startTime: start)
        for var run in plan.runs(origin: start, scale: 1, template: template) {
            change(&run)
            add(run)
        }
    }

    private mutating func addClickstream(now: Int64) {
        var job = Self.named(.clickstream, "Clickstream", created: 1_763_000_000_000)
        job.settings = Members(
            json:
                """
                {"timeout_seconds": 0, "email_notifications": {}, "continuous": {"pause_status": "UNPAUSED"}}
                """)
        job.concurrency.isContinuous = true
        job.tasks = [
            Self.notebook(
                "stream", path: "clickstream/stream",
                behaviour: TaskBehaviour(setup: 90_000, execution: 30 * UTCTime.millisecondsPerDay))
        ]
        add(job)
        run(job, at: now - 3 * 3_600_000, trigger: "CONTINUOUS") { _ in }
    }

    private mutating func addHourlySync(now: Int64) {
        var job = Self.named(.hourlySync, "Hourly sync", created: 1_762_900_000_000)
        job.concurrency = Job.Concurrency(limit: 1, isQueueing: true)
        job.tasks = [
            Self.notebook(
                "sync", path: "sync/main", behaviour: TaskBehaviour(execution: UTCTime.millisecondsPerDay))
        ]
        add(job)
        var end = now
        run(job, at: now - 600_000) { end = $0.endTime }
        let plan = RunPlan(job, parameters: [:], ids: &ids, jobs: jobs)
        var template = Run(id: plan.runID, job: job, parameters: [:], trigger: "ONE_TIME", startTime: now - 60_000)
        template.queue = Run.Queue(until: end, reason: "Queued due to reaching maximum concurrent runs of 1.")
        for run in plan.runs(origin: end, scale: 1, template: template) { add(run) }
    }

    private mutating func addExclusiveLoad(now: Int64) {
        var job = Self.named(.exclusiveLoad, "Exclusive load", created: 1_762_800_000_000)
        job.tasks[0].behaviour.execution = 7_200_000
        add(job)
        run(job, at: now - 9 * 3_600_000) { _ in }
        run(job, at: now - 8 * 3_600_000) { run in
            run.tasks = []
            run.fixedOutcome = .tooManyRuns(limit: 1)
        }
    }

    private mutating func addLongTraining(now: Int64) {
        var job = Self.named(.longTraining, "Long training", created: 1_762_700_000_000)
        job.settings = Members(json: #"{"timeout_seconds": 14400, "email_notifications": {}}"#)
        job.tasks[0].behaviour.execution = 4 * 3_600_000
        add(job)
        run(job, at: now - 26 * 3_600_000) { $0.cancel(at: $0.startTime + 3_000_000) }
        job.tasks[0].behaviour.ending = .timesOut(seconds: 14_400)
        run(job, at: now - 50 * 3_600_000) { $0.fixedOutcome = .timedOut(seconds: 14_400) }
    }
}
