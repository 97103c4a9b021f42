internal import JSON

/// One task of nearly every kind, with the output that its kind has (D-63, D-80).
enum MixedTasks {
    static var all: [TaskSpec] {
        [
            wheel, jar, sqlQuery, sqlFile, sqlAlert, dbt, pipeline, dashboard, condition,
            branch("large_load", "true"), branch("small_load", "false"),
        ]
    }

    private static func task(
        _ key: String, after: String? = nil, _ kind: String, _ output: TaskOutput, on compute: Members = Members()
    ) -> TaskSpec {
        TaskSpec(
            key: key, dependencies: after.map { [TaskSpec.Dependency(key: $0)] } ?? [], kind: Members(json: kind),
            compute: compute, behaviour: TaskBehaviour(output: output))
    }

    private static let wheel = task(
        "wheel", #"{"python_wheel_task": {"package_name": "etl", "entry_point": "main", "parameters": ["--full"]}}"#,
        .logs("read 3 files\nwrote 9981 rows\n", isTruncated: false), on: SharedFragments.onMainCluster)

    private static let jar = task(
        "jar", after: "wheel", #"{"spark_jar_task": {"main_class_name": "com.contoso.Compact"}}"#,
        .logs("compacted 12 tables\n", isTruncated: false), on: SharedFragments.onMainCluster)

    private static let sqlQuery = task(
        "sql_query", after: "wheel",
        #"{"sql_task": {"warehouse_id": "a1b2c3d4e5f60718", "query": {"query_id": "0f6a2c58-0000-4000-8000-0000000000ab"}}}"#,
        .members(SharedFragments.queryOutput))

    private static let sqlFile = task(
        "sql_file", after: "wheel",
        #"{"sql_task": {"warehouse_id": "a1b2c3d4e5f60718", "file": {"path": "/Workspace/Shared/sql/daily.sql"}}}"#,
        .members(
            Members(
                json:
                    """
                    {"sql_output": {"file_output": {"query_text": "OPTIMIZE sales.orders", "warehouse_id": "a1b2c3d4e5f60718",
                       "query_result": {"columns": ["path", "metrics"], "rows": [["/mnt/orders", "numFilesAdded=4"]]},
                       "sql_statements": [{"lookup_key": "statement-07"}]}}}
                    """)))

    private static let sqlAlert = task(
        "sql_alert", after: "wheel",
        #"{"sql_task": {"warehouse_id": "a1b2c3d4e5f60718", "alert": {"alert_id": "7c11aa42"}}}"#,
        .members(
            Members(
                json:
                    """
                    {"sql_output": {"alert_output": {"alert_state": "TRIGGERED", "warehouse_id": "a1b2c3d4e5f60718",
                       "query_text": "SELECT count(*) FROM sales.orders WHERE amount < 0"}}}
                    """)))

    private static let dashboard = task(
        "sql_dashboard", after: "wheel",
        #"{"sql_task": {"warehouse_id": "a1b2c3d4e5f60718", "dashboard": {"dashboard_id": "5e7d"}}}"#,
        .members(
            Members(
                json:
                    """
                    {"sql_output": {"dashboard_output": {"warehouse_id": "a1b2c3d4e5f60718", "widgets": [
                       {"widget_id": "w1", "widget_title": "Revenue", "status": "SUCCESS"},
                       {"widget_id": "w2", "widget_title": "Returns", "status": "FAILED",
                        "error": {"message": "Division by zero"}}]}}}
                    """)))

    /// The link is a secret: it opens the artifacts for whoever has it (D-80).
    private static let dbt = task(
        "dbt", after: "sql_query",
        #"{"dbt_task": {"commands": ["dbt deps", "dbt run"], "warehouse_id": "a1b2c3d4e5f60718"}}"#,
        .members(
            Members(
                json:
                    """
                    {"dbt_output": {"artifacts_link":
                       "https://artifacts.contoso.example/dbt.tar.gz?sv=2026-01-01&sig=SANDBOX-PRESIGNED-SECRET",
                       "artifacts_headers": {"x-ms-encryption-key": "SANDBOX-HEADER-SECRET"}},
                     "logs": "Completed successfully\\n", "logs_truncated": false}
                    """)))

    private static let pipeline = task(
        "pipeline", after: "wheel", #"{"pipeline_task": {"pipeline_id": "b8f0e2a4", "full_refresh": false}}"#, .none)

    private static let condition = TaskSpec(
        key: "is_large", dependencies: [TaskSpec.Dependency(key: "wheel")],
        kind: Members(
            json:
                """
                {"condition_task": {"op": "GREATER_THAN", "left": "{{tasks.wheel.values.rows}}", "right": "5000",
                                    "outcome": "true"}}
                """),
        behaviour: TaskBehaviour(setup: 0, execution: 1_000, cleanup: 0, ending: .chooses("true")))

    private static func branch(_ key: String, _ outcome: String) -> TaskSpec {
        var spec = WorkspaceState.notebook(key, path: "loads/\(key)")
        spec.dependencies = [TaskSpec.Dependency(key: "is_large", outcome: outcome)]
        return spec
    }
}
