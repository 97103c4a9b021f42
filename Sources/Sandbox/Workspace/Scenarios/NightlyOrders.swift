internal import JSON

extension WorkspaceState {
    /// The job of most examples in the tests, with a run every night; the last one failed.
    mutating func addNightlyOrders(day: Int64) {
        let job = Self.nightlyOrders
        add(job)
        for daysAgo in (1...61).reversed() {
            let start = day - Int64(daysAgo) * UTCTime.millisecondsPerDay + 900_000
            // Two earlier nights failed like the last one; on all others the data was clean.
            let parameters = job.parameters(
                startTime: start, overrides: [9, 23].contains(daysAgo) ? [:] : ["region": "nordics"])
            addScheduledRun(of: job, at: start, parameters: parameters)
        }
        ids.layOut([777_000_111_222_333, 777_000_111_222_401, 777_000_111_222_402, 777_000_111_222_403])
        addScheduledRun(of: job, at: day + 900_000, parameters: job.parameters(startTime: day + 900_000))
    }

    /// Adds a run in the past, at the speed of real life.
    mutating func addScheduledRun(
        of job: Job, at start: Int64, parameters: [String: String] = [:], trigger: String = "PERIODIC"
    ) {
        let plan = RunPlan(job, parameters: parameters, ids: &ids, jobs: jobs)
        let template = Run(id: plan.runID, job: job, parameters: parameters, trigger: trigger, startTime: start)
        for run in plan.runs(origin: start, scale: 1, template: template) { add(run) }
    }

    private static var nightlyOrders: Job {
        Job(
            id: KnownJob.nightlyOrders.rawValue, name: "Nightly orders", createdTime: 1_767_225_600_000,
            creator: "ada@contoso.example",
            settings: Members(
                json:
                    """
                    {"description": "Loads orders, checks them and publishes the daily report.",
                     "tags": {"team": "sales-data", "env": "prod"}, "timeout_seconds": 7200,
                     "schedule": {"quartz_cron_expression": "0 15 2 * * ?", "timezone_id": "Europe/Stockholm",
                                  "pause_status": "UNPAUSED"},
                     "run_as": {"service_principal_name": "6f1b2c3d-0000-4000-8000-00000000beef"},
                     "email_notifications": {}, "webhook_notifications": {}}
                    """),
            parameters: [
                Job.Parameter(name: "run_date", defaultValue: "{{job.start_time.iso_date}}"),
                Job.Parameter(name: "region", defaultValue: "emea"),
            ],
            tasks: [ingest, validate, publish], jobClusters: [SharedFragments.mainCluster],
            concurrency: Job.Concurrency(limit: 1, isQueueing: true), namesFormat: true)
    }

    private static var ingest: TaskSpec {
        TaskSpec(
            key: "ingest_orders",
            kind: Members(
                json:
                    """
                    {"python_wheel_task": {"package_name": "orders", "entry_point": "ingest",
                                           "named_parameters": {"region": "{{job.parameters.region}}"}}}
                    """),
            compute: SharedFragments.onMainCluster, clusterInstance: SharedFragments.mainInstance,
            behaviour: TaskBehaviour(
                setup: 190_000, execution: 118_000, cleanup: 2_000,
                output: .logs("loaded 120394 rows\n", isTruncated: false)))
    }

    private static var validate: TaskSpec {
        let trace = """
            ---------------------------------------------------------------------------
            AssertionError                            Traceback (most recent call last)
            File <command-3344556677889900>, line 6
                  4 ratio = df.filter(F.col('customer_id').isNull()).count() / max(df.count(), 1)
                  5 limit = float(dbutils.widgets.get('max_null_ratio'))
            ----> 6 assert ratio <= limit, f'null ratio of customer_id is {ratio:.3f}, allowed {limit:.3f}'

            AssertionError: null ratio of customer_id is 0.043, allowed 0.010
            """
        return TaskSpec(
            key: "validate_orders", dependencies: [TaskSpec.Dependency(key: "ingest_orders")],
            kind: Members(
                json:
                    """
                    {"notebook_task": {"notebook_path": "/Workspace/Shared/orders/validate", "source": "WORKSPACE",
                                       "base_parameters": {"max_null_ratio": "0.01"}}}
                    """),
            compute: SharedFragments.onMainCluster, clusterInstance: SharedFragments.mainInstance,
            behaviour: TaskBehaviour(
                setup: 3_000, execution: 296_000, cleanup: 1_000,
                ending: .failsWhen(parameter: "region", is: "emea"),
                output: .notebook(result: "{\"rows\": 120394, \"null_ratio\": 0.004}"),
                failure: .notebookError(
                    message: "AssertionError: null ratio of customer_id is 0.043, allowed 0.010", trace: trace)))
    }

    private static var publish: TaskSpec {
        TaskSpec(
            key: "publish_report", dependencies: [TaskSpec.Dependency(key: "validate_orders")],
            kind: Members(
                json:
                    """
                    {"sql_task": {"warehouse_id": "a1b2c3d4e5f60718",
                                  "query": {"query_id": "0f6a2c58-0000-4000-8000-0000000000aa"}}}
                    """),
            behaviour: TaskBehaviour(
                setup: 1_000, execution: 42_000, cleanup: 0, output: .members(SharedFragments.queryOutput)))
    }
}

/// Fragments that several scenarios use.
enum SharedFragments {
    static let mainCluster = Members(
        json:
            """
            {"job_cluster_key": "main",
             "new_cluster": {"spark_version": "16.4.x-scala2.12", "node_type_id": "Standard_D4ds_v5", "num_workers": 2,
                             "data_security_mode": "SINGLE_USER",
                             "azure_attributes": {"availability": "SPOT_WITH_FALLBACK_AZURE", "first_on_demand": 1}}}
            """
    ).value

    static let onMainCluster = Members(json: #"{"job_cluster_key": "main"}"#)

    static let mainInstance = Members(
        json:
            #"{"cluster_id": "0202-021501-k3x9q2ab", "spark_context_id": "7210034455667788990"}"#
    ).value

    static let queryOutput = Members(
        json:
            """
            {"sql_output": {"query_output": {"query_text": "SELECT region, sum(amount) FROM sales.orders GROUP BY region",
                                             "warehouse_id": "a1b2c3d4e5f60718",
                                             "sql_statements": [{"lookup_key": "statement-01"}]}}}
            """)

    static let noNotifications = Members(json: #"{"timeout_seconds": 0, "email_notifications": {}}"#)
}
