internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import Testing

/// Text and structured part say the same, and what the service says nothing about is not shown as if it did.
@Suite struct AgreementTests {
    @Test("The cause and the meaning of a code do not contradict each other")
    func causes() async throws {
        for code in [
            "SUCCESS", "USER_CANCELED", "CANCELED", "SKIPPED", "RUN_EXECUTION_ERROR", "INTERNAL_ERROR", "CLOUD_FAILURE",
            "CLUSTER_ERROR", "DRIVER_ERROR",
        ] {
            for type in ["CLIENT_ERROR", "CLOUD_FAILURE", "INTERNAL_ERROR", ""] {
                for result in ["CANCELED", "TIMEDOUT", "FAILED"] {
                    let body: JSONValue = [
                        "run_id": 1,
                        "state": ["life_cycle_state": "TERMINATED", "result_state": .string(result)],
                        "status": [
                            "state": "TERMINATED",
                            "termination_details": ["code": .string(code), "type": .string(type)],
                        ],
                    ]
                    let call = try await ToolBench(ScriptedTransport(body.description)).call("get_run", ["run_id": 1])
                    let cause = try call.json["cause_kind"]?.string
                    if call.text.contains("the platform cancelled it") { #expect(cause == "platform") }
                    if call.text.contains("a user cancelled it") { #expect(cause == "user") }
                    if call.text.contains("Databricks had trouble") { #expect(cause == "platform") }
                    if call.text.contains("the cloud provider had trouble") { #expect(cause == "cloud") }
                    if let cause { #expect(call.text.contains("cause: \(cause)")) }
                    if try call.json["outcome"] == "timed_out" { #expect(!call.text.contains("cancelled it")) }
                }
            }
        }
    }

    private static let day: Int64 = 86_400_000

    @Test("Idle days of a run under repair count for nothing, with the history or without")
    func repairs() async throws {
        let old = ToolBench.now - 4 * Self.day
        let running: JSONValue = ["life_cycle_state": "RUNNING"]
        let done: JSONValue = ["life_cycle_state": "TERMINATED", "result_state": "FAILED"]
        var run: JSONObject = ["run_id": 1, "job_id": 4, "start_time": .integer(old), "end_time": 0, "state": running]
        run["tasks"] = [
            [
                "task_key": "a", "run_id": 2, "start_time": .integer(old), "end_time": .integer(old + 60_000),
                "state": done,
            ],
            [
                "task_key": "a", "run_id": 3, "start_time": .integer(ToolBench.now - 120_000), "end_time": 0,
                "state": running,
            ],
        ]
        let result = try await ToolBench(ScriptedTransport(JSONValue.object(run).description)).call(
            "get_run", ["run_id": 1])
        #expect(result.text.contains("for 3m so far, without the time between its repairs"))
        #expect(try result.json["duration_ms"] == 180_000)
        run["tasks"] = nil
        run["repair_history"] = [
            ["type": "ORIGINAL", "start_time": .integer(old), "end_time": .integer(old + 600_000), "state": done],
            ["type": "REPAIR", "id": 9, "start_time": .integer(ToolBench.now - 60_000), "state": running],
        ]
        let history = try await ToolBench(ScriptedTransport(JSONValue.object(run).description)).call(
            "get_run", ["run_id": 1])
        #expect(try history.json["duration_ms"] == 660_000)
        // A list has neither; what is left of the first end says that the start tells nothing.
        run["repair_history"] = nil
        run["run_duration"] = 600_000
        let list: JSONValue = ["runs": [.object(run)]]
        let listed = try await ToolBench(ScriptedTransport(list.description)).call("list_runs")
        #expect(!listed.text.contains("so far"))
        #expect(try listed.json["runs"]?[0]?["duration"] == nil)
    }

    @Test("What waits in the queue has not started")
    func queued() async throws {
        let body = try TestFile.fixture("run-queued")
        let result = try await ToolBench(ScriptedTransport(body)).call("get_run", ["run_id": 778_899_001_122_334])
        #expect(try result.json["started_at"] == nil)
        #expect(try result.json["queued_at"]?.string?.hasPrefix("2026-") == true)
        #expect(!result.text.contains("started"))
    }

    @Test(
        "The error is the line that names it, not the last one",
        arguments: [
            (
                "java.lang.RuntimeException: outer\n\tat a.b(C.scala:1)\nCaused by: java.io.IOException: disk full\n\tat d.e(F.java:2)\n\t... 42 more",
                "Caused by: java.io.IOException: disk full"
            ),
            (
                "Traceback (most recent call last):\n  File \"x\", line 1\npyspark.errors.exceptions.captured.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] no orders;\n'Project [*]\n+- 'UnresolvedRelation\n+- Relation default.orders",
                "pyspark.errors.exceptions.captured.AnalysisException: [TABLE_OR_VIEW_NOT_FOUND] no orders;"
            ),
            ("Traceback (most recent call last):\n  File \"x\", line 1\nValueError: bad", "ValueError: bad"),
            ("Traceback (most recent call last):\n  File \"x\"\nKeyboardInterrupt", "KeyboardInterrupt"),
            (
                "Py4JJavaError: An error occurred while calling o1.save.\n: org.apache.spark.SparkException: Job aborted.\n\tat x.y(Z.scala:3)\n\t... 7 more",
                ": org.apache.spark.SparkException: Job aborted."
            ),
            ("exit code 137\n... 42 more", "The task's own message."),
        ])
    func exceptions(_ trace: String, _ error: String) async throws {
        let metadata: JSONValue = [
            "run_id": 2,
            "state": [
                "life_cycle_state": "TERMINATED", "result_state": "FAILED", "state_message": "The task's own message.",
            ],
        ]
        let body: JSONValue = ["error_trace": .string(trace), "metadata": metadata]
        let result = try await ToolBench(ScriptedTransport(body.description)).call("get_run_output", ["run_id": 2])
        #expect(try result.json["error"]?.string == error)
        #expect(result.text.contains("Error: \(error)\n"))
    }

    @Test("Members that are null are not shown as if they were something")
    func nulls() async throws {
        let job: JSONValue = [
            "jobs": [
                [
                    "job_id": 1, "creator_user_name": .null, "created_time": 1_767_225_600_000,
                    "settings": [
                        "name": .null, "schedule": ["quartz_cron_expression": .null, "timezone_id": .null],
                        "parameters": [["name": .null, "default": .null]],
                    ],
                ]
            ]
        ]
        let run: JSONObject = [
            "run_id": 1, "job_id": 4, "run_name": .null, "creator_user_name": .null, "trigger": .null, "status": .null,
            "state": ["life_cycle_state": "TERMINATED", "result_state": "FAILED", "state_message": .null],
        ]
        var detail = run
        detail["tasks"] = [["task_key": .null, "run_id": 2, "state": ["life_cycle_state": "RUNNING"]]]
        detail["job_parameters"] = [["name": "region", "default": .null, "value": .null]]
        let output: JSONValue = [
            "error": .null, "error_trace": .null, "logs": .null, "notebook_output": ["result": .null],
            "sql_output": .null,
            "dbt_output": .null, "info": .null, "metadata": .object(run),
        ]
        for (tool, arguments, body) in [
            ("list_jobs", [:], job), ("list_runs", [:], ["runs": [.object(run)]]),
            ("get_run", ["run_id": 1], .object(detail)),
            ("get_run_output", ["run_id": 1], output),
        ] as [(String, JSONValue, JSONValue)] {
            let text = try await ToolBench(ScriptedTransport(body.description)).call(tool, arguments).text
            for trace in ["\"\"", "by .", "by \n", "trigger .", "| null", "null", "  ", "=\n"] {
                #expect(!text.contains(trace), "\(tool): \(text)")
            }
        }
    }

    @Test("Says what the service cut, adds and calls the task")
    func outputFacts() async throws {
        let body: JSONValue = [
            "logs": "end of the log", "logs_truncated": true,
            "notebook_output": ["result": "begin", "truncated": true],
            "info": "Retried on another cluster.",
            "metadata": ["run_id": 2, "tasks": [["task_key": "validate", "run_id": 2]]],
        ]
        let result = try await ToolBench(ScriptedTransport(body.description)).call("get_run_output", ["run_id": 2])
        #expect(result.text.contains("Task \"validate\" run 2"))
        #expect(result.text.contains("Info: Retried on another cluster."))
        #expect(result.text.contains("The service kept only the end of the logs."))
        #expect(result.text.contains("The service kept only the beginning of the result."))
        #expect(try result.json["task_key"] == "validate")
    }

    @Test(
        "Says what starts a job",
        arguments: [
            (
                ["trigger": ["file_arrival": ["url": "/Volumes/main/landing"]]],
                ", on file arrival at /Volumes/main/landing"
            ),
            (
                ["trigger": ["table_update": ["table_names": ["main.a", "main.b"]]]],
                ", on table update of main.a and 1 more"
            ),
            (
                ["trigger": ["periodic": ["interval": 4, "unit": "HOURS"], "pause_status": "PAUSED"]],
                ", every 4 hours (paused)"
            ),
            (["trigger": ["periodic": ["interval": 1, "unit": "DAYS"]]], ", every 1 day"),
            (["trigger": ["model": ["securable_name": "main.m"]]], ", on model change of main.m"),
            (["trigger": ["something_new": [:]]], ", triggered"),
            (["triggers": [["periodic": ["interval": 2, "unit": "WEEKS"]]]], ", every 2 weeks"),
            (["continuous": ["pause_status": "PAUSED"]], ", continuous (paused)"),
        ] as [(JSONValue, String)])
    func triggers(_ settings: JSONValue, _ words: String) async throws {
        let body: JSONValue = ["jobs": [["job_id": 1, "settings": settings]]]
        let text = try await ToolBench(ScriptedTransport(body.description)).call("list_jobs").text
        #expect(text.contains("- 1\(words)\n"))
    }

    @Test("Names the run that called")
    func caller() async throws {
        let body: JSONValue = [
            "run_id": 1, "trigger": "RUN_JOB_TASK", "trigger_info": ["run_id": 9_007_199_254_740_993],
        ]
        let text = try await ToolBench(ScriptedTransport(body.description)).call("get_run", ["run_id": 1]).text
        #expect(text.contains("It was started by the Run Job task run 9007199254740993."))
    }

    @Test(
        "A link with another name of the workspace is made anew, and any other host is not shown",
        arguments: [
            ("https://dbc-1a2b.cloud.example/?o=1234567890123456#job/4/run/77", "/jobs/4/runs/77?o=1234567890123456"),
            ("https://vanity.contoso.example/jobs/4/runs/77?o=1234567890123456", "/jobs/4/runs/77?o=1234567890123456"),
            ("https://vanity.contoso.example/jobs/4/runs/77", "/jobs/4/runs/77"),
            ("https://evil.example/login?next=/jobs/4/runs/77", nil), ("javascript:alert(1)", nil),
            ("https://evil.example/jobs/4/runs/77/../../x", nil),
        ] as [(String, String?)])
    func links(_ link: String, _ path: String?) async throws {
        let body: JSONValue = ["run_id": 77, "job_id": 4, "run_page_url": .string(link)]
        let result = try await ToolBench(ScriptedTransport(body.description)).call("get_run", ["run_id": 77])
        let expected = path.map { "https://adb-1234567890123456.7.azuredatabricks.net\($0)" }
        #expect(try result.json["run_page_url"]?.string == expected)
        #expect(!result.text.contains("example"))
    }

    @Test("Credentials in lists of parameters are masked, as pairs and as options")
    func parameterLists() async throws {
        let parameters: JSONValue = [
            "--password", "hunter2hunter2", "--token=abcd", "--name", "visible", "-secret", "s3cr3t",
            "--password=x1y2z3",
        ]
        let run: JSONValue = [
            "run_id": 1, "overriding_parameters": ["python_params": parameters],
            "tasks": [
                [
                    "task_key": "a", "run_id": 2, "spark_python_task": ["parameters": parameters],
                    "resolved_values": ["spark_python_task": ["parameters": parameters]],
                ]
            ],
        ]
        for detail in ["summary", "standard", "full"] as [JSONValue] {
            let result = try await ToolBench(ScriptedTransport(run.description))
                .call("get_run", ["run_id": 1, "detail": detail, "include_resolved_values": true])
            let everything = result.text + (try result.json.description)
            for secret in ["hunter2", "abcd", "s3cr3t", "x1y2z3"] { #expect(!everything.contains(secret)) }
        }
    }
}
