internal import JSON

// Jobs whose structure is what clients stumble over (D-126).

extension WorkspaceState {
    mutating func addSpecialJobs(now: Int64) {
        add(Self.featureBackfill)
        add(Self.helloLakehouse)
        add(Self.named(.dailySales, "Daily sales", created: 1_764_200_000_000))
        add(Self.named(.dailySalesUpperCase, "DAILY SALES", created: 1_764_100_000_000))
        add(Self.pausedReport)
        add(Self.named(.payrollExport, "Payroll export (confidential)", created: 1_763_800_000_000))
        add(Self.wideMigration)
        add(Self.flakyIngestion)
        for job in Self.chain { add(job) }
        let recent: [KnownJob] = [
            .featureBackfill, .helloLakehouse, .dailySales, .payrollExport, .wideMigration, .flakyIngestion,
        ]
        for (index, known) in recent.enumerated() {
            guard let job = jobs[known.rawValue] else { continue }
            addScheduledRun(of: job, at: now - Int64(index + 2) * 7_200_000, trigger: "ONE_TIME")
        }
        if let top = jobs[KnownJob.chainTop.rawValue] { addScheduledRun(of: top, at: now - 40_000_000) }
        addRepairedRun(now: now)
        addRegionScores(now: now)
        addOneTimeRuns(now: now)
    }

    /// A notebook task in the simplest form.
    static func notebook(
        _ key: String, path: String, after: [String] = [], behaviour: TaskBehaviour = TaskBehaviour()
    ) -> TaskSpec {
        TaskSpec(
            key: key, dependencies: after.map { TaskSpec.Dependency(key: $0) },
            kind: Members([
                "notebook_task": Members([
                    "notebook_path": .string("/Workspace/Shared/\(path)"), "source": "WORKSPACE",
                ]).value
            ]),
            compute: Members(json: #"{"environment_key": "default"}"#), behaviour: behaviour)
    }

    /// A job with one notebook that succeeds.
    static func named(_ known: KnownJob, _ name: String, created: Int64) -> Job {
        Job(
            id: known.rawValue, name: name, createdTime: created, creator: "ada@contoso.example",
            settings: SharedFragments.noNotifications,
            tasks: [notebook("main", path: "jobs/main", behaviour: TaskBehaviour(output: .notebook(result: "done")))])
    }

    private static var featureBackfill: Job {
        var job = named(.featureBackfill, "Feature backfill", created: 1_764_547_200_000)
        job.creator = nil
        job.concurrency.limit = 3
        job.namesFormat = true
        return job
    }

    private static var helloLakehouse: Job {
        var job = named(.helloLakehouse, "Hello lakehouse", created: 1_764_300_000_000)
        job.settings = Members(
            json:
                """
                {"description": "A smoke test: one notebook that reads a table and exits.", "tags": {"env": "dev"},
                 "timeout_seconds": 0, "email_notifications": {}}
                """)
        job.concurrency = Job.Concurrency(limit: 10)
        job.tasks = [
            notebook(
                "hello", path: "demo/hello",
                behaviour: TaskBehaviour(output: .notebook(result: "Hello from the lakehouse: 42 tables")))
        ]
        return job
    }

    private static var pausedReport: Job {
        var job = named(.pausedReport, "Quarterly report", created: 1_764_000_000_000)
        job.settings = Members(
            json:
                """
                {"timeout_seconds": 3600, "email_notifications": {},
                 "schedule": {"quartz_cron_expression": "0 0 6 1 */3 ?", "timezone_id": "Europe/Stockholm",
                              "pause_status": "PAUSED"}}
                """)
        return job
    }

    /// 250 tasks in 10 layers of 25, each after one of the layer before.
    private static var wideMigration: Job {
        var job = named(.wideMigration, "Wide migration", created: 1_763_700_000_000)
        job.tasks = (0..<250).map { index in
            notebook(
                "migrate_\(index + 1)", path: "migration/table",
                after: index < 25 ? [] : ["migrate_\(index - 24)"],
                behaviour: TaskBehaviour(execution: 20_000 + Int64(index % 7) * 3_000))
        }
        return job
    }

    private static var flakyIngestion: Job {
        var job = named(.flakyIngestion, "Flaky ingestion", created: 1_763_600_000_000)
        let behaviour = TaskBehaviour(
            failedAttempts: 1, output: .notebook(result: "{\"rows\": 5120}"),
            failure: .notebookError(
                message: "ConnectionError: connection to source-db.contoso.example:1433 was reset",
                trace: "ConnectionError                           Traceback (most recent call last)\n"
                    + "ConnectionError: connection to source-db.contoso.example:1433 was reset"))
        job.tasks = [notebook("fetch", path: "ingestion/fetch", behaviour: behaviour)]
        job.tasks[0].compute.append(Members(json: #"{"max_retries": 2, "min_retry_interval_millis": 15000}"#))
        return job
    }

    /// Three jobs: each but the last runs the next, and the last one fails.
    private static var chain: [Job] {
        var top = named(.chainTop, "Month end", created: 1_763_500_000_000)
        var middle = named(.chainMiddle, "Month end: ledger", created: 1_763_400_000_000)
        var leaf = named(.chainLeaf, "Month end: currency rates", created: 1_763_300_000_000)
        top.tasks = [runJob("run_ledger", .chainMiddle)]
        middle.tasks = [runJob("run_rates", .chainLeaf)]
        leaf.tasks = [
            TaskSpec(
                key: "fetch_rates",
                kind: Members(
                    json:
                        """
                        {"spark_python_task": {"python_file": "/Workspace/Shared/rates/fetch.py", "parameters": ["--day=last"]}}
                        """),
                behaviour: TaskBehaviour(
                    ending: .fails,
                    failure: .failedLogs(
                        "requesting rates\n", message: "HTTPError: 503 Server Error: rates.contoso.example is down",
                        trace: "Traceback (most recent call last):\n  File \"/Workspace/Shared/rates/fetch.py\", "
                            + "line 31, in <module>\n    main()\n"
                            + "HTTPError: 503 Server Error: rates.contoso.example is down")))
        ]
        return [leaf, middle, top]
    }

    private static func runJob(_ key: String, _ job: KnownJob) -> TaskSpec {
        TaskSpec(
            key: key, kind: Members(["run_job_task": Members(["job_id": .integer(job.rawValue)]).value]),
            behaviour: TaskBehaviour(setup: 1_000, cleanup: 0, ending: .runsJob(job.rawValue)))
    }
}
