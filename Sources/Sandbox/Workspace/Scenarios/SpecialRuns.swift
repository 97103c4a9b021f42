internal import JSON

// Runs with a history: repaired, iterated, started without a job (D-126).

extension WorkspaceState {
    /// A run whose second task failed, and whose repair an hour later succeeded (D-67).
    mutating func addRepairedRun(now: Int64) {
        var job = Self.named(.repairedLedger, "Repaired ledger", created: 1_763_200_000_000)
        job.tasks = [
            Self.notebook("ingest", path: "ledger/ingest"),
            Self.notebook(
                "validate", path: "ledger/validate", after: ["ingest"],
                behaviour: TaskBehaviour(
                    ending: .fails, output: .notebook(result: "balanced"),
                    failure: .notebookError(
                        message: "AssertionError: debit and credit differ by 12.50",
                        trace: "AssertionError: debit and credit differ by 12.50"))),
            Self.notebook("publish", path: "ledger/publish", after: ["validate"]),
        ]
        add(job)
        let start = now - 30 * 3_600_000
        let plan = RunPlan(job, parameters: [:], ids: &ids, jobs: jobs)
        let template = Run(id: plan.runID, job: job, parameters: [:], trigger: "PERIODIC", startTime: start)
        guard var run = plan.runs(origin: start, scale: 1, template: template).first else { return }
        var repaired = job
        repaired.tasks = job.tasks.filter { $0.key != "ingest" }
        for index in repaired.tasks.indices { repaired.tasks[index].behaviour.ending = .succeeds }
        let repair = RunPlan(repaired, parameters: [:], ids: &ids, jobs: jobs)
        let repairStart = run.endTime + 3_600_000
        let original = run
        let tasks = repair.tasks.map { task in
            var task = task.mapped { repairStart + $0 }
            task.attempt = 1
            return task
        }
        run.tasks = original.tasks.filter { $0.spec.key == "ingest" } + tasks
        run.repair = Run.Repair(
            id: 605_040_302_010_203, startTime: repairStart, endTime: repairStart + repair.duration,
            taskRunIDs: tasks.map(\.id), originalEndTime: original.endTime, originalOutcome: original.outcome,
            originalTasks: original.tasks)
        add(run)
    }

    /// A for-each over 120 regions, 6 failed and one timed out (D-65).
    mutating func addRegionScores(now: Int64) {
        let forEach = ForEach(
            inputs: (1...120).map { number in
                let digits = String(number)
                return "r" + String(repeating: "0", count: 3 - digits.count) + digits
            },
            taskKey: "score_region", notebookPath: "/Workspace/Shared/orders/score",
            failing: [6, 31, 47, 70, 88, 103], timingOut: 115)
        var job = Self.named(.regionScores, "Region scores", created: 1_763_100_000_000)
        let prepare = Self.notebook("prepare", path: "orders/prepare")
        let score = TaskSpec(
            key: "score_regions", dependencies: [TaskSpec.Dependency(key: "prepare")],
            kind: Members(["for_each_task": forEach.definition.value]),
            behaviour: TaskBehaviour(setup: 1_000, execution: 720_000, cleanup: 0, ending: .iterates(forEach)))
        job.tasks = [prepare, score]
        add(job)
        ids.layOut([779_100_000_000_001, 779_100_000_000_499, 779_100_000_000_500])
        ids.layOut((601...720).map { 779_100_000_000_000 + $0 })
        addScheduledRun(of: job, at: now - 20 * 3_600_000, trigger: "ONE_TIME")
    }

    /// Runs that belong to no job: submitted once, and started by a notebook (D-47).
    mutating func addOneTimeRuns(now: Int64) {
        for (index, type) in ["SUBMIT_RUN", "WORKFLOW_RUN"].enumerated() {
            var job = Self.named(.helloLakehouse, "One-time \(type.prefix(6).lowercased())", created: 0)
            job = Job(id: ids.next(), name: job.name, createdTime: 0, creator: job.creator, tasks: job.tasks)
            let start = now - Int64(index + 1) * 11_000_000
            let plan = RunPlan(job, parameters: [:], ids: &ids, jobs: jobs)
            var template = Run(id: plan.runID, job: job, parameters: [:], trigger: "ONE_TIME", startTime: start)
            template.type = type
            for run in plan.runs(origin: start, scale: 1, template: template) { add(run) }
        }
    }
}
