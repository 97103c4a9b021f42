internal import HTTPTransport
internal import JSON
internal import Jobs
internal import Logging
internal import MCP
internal import NIOConcurrencyHelpers
internal import Observability
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct RunNowParametersTests {
    private static let started = #"{"run_id":5,"number_in_job":5}"#

    @Test(
        "Passes every kind of parameter on (D-87, D-88)",
        arguments: [
            (["job_parameters": ["region": "emea", "n": 1]], ["job_parameters": ["region": "emea", "n": "1"]]),
            (["notebook_params": ["a": true]], ["notebook_params": ["a": "true"]]),
            (["sql_params": ["day": "2"]], ["sql_params": ["day": "2"]]),
            (["python_named_params": ["x": "y"]], ["python_named_params": ["x": "y"]]),
            (["python_params": ["--x", "1"]], ["python_params": ["--x", "1"]]),
            (["jar_params": ["å"]], ["jar_params": ["å"]]),
            (["spark_submit_params": ["--class", "A"]], ["spark_submit_params": ["--class", "A"]]),
            (["dbt_commands": ["dbt deps", "dbt run"]], ["dbt_commands": ["dbt deps", "dbt run"]]),
            (
                ["pipeline_params": ["full_refresh": false, "refresh_selection": ["a"]]],
                ["pipeline_params": ["full_refresh": false, "refresh_selection": ["a"]]]
            ),
            (["only": ["a", "+b+"]], ["only": ["a", "+b+"]]), (["queue": true], ["queue": ["enabled": true]]),
            (["queue": false], ["queue": ["enabled": false]]),
            (["performance_target": "STANDARD"], ["performance_target": "STANDARD"]),
            (
                ["performance_target": "COST_OPTIMIZED", "duration_target": "4h"],
                ["performance_target": "COST_OPTIMIZED", "duration_target": "4h"]
            ),
            (["job_parameters": [:], "python_params": [], "notebook_params": .null], [:]),
        ] as [(JSONValue, JSONValue)])
    func passesOn(_ arguments: JSONValue, _ expected: JSONValue) async throws {
        let transport = ScriptedTransport(Self.started)
        var all: JSONObject = ["job_id": 1, "idempotency_token": "t"]
        for name in arguments.names { all[name] = arguments[name] }
        _ = try await ToolBench(transport).call("run_now", .object(all))
        var body: JSONObject = ["job_id": 1, "idempotency_token": "t"]
        for name in expected.names { body[name] = expected[name] }
        #expect(try JSONValue.parse(transport.requests[0].body ?? []) == .object(body))
    }

    @Test(
        "Refuses what the service would, with an example, and sends nothing (D-87, D-89, P-37)",
        arguments: [
            (["job_parameters": ["a": "b"], "notebook_params": ["a": "b"]], "excludes notebook_params"),
            (["job_parameters": ["a": "b"], "python_params": ["a"]], "excludes python_params"),
            (["job_parameters": ["a": "b"], "jar_params": ["a"]], "excludes jar_params"),
            (["job_parameters": ["a": "b"], "spark_submit_params": ["a"]], "excludes spark_submit_params"),
            (["job_parameters": ["a": "b"], "sql_params": ["a": "b"]], "excludes sql_params"),
            (["job_parameters": ["a": "b"], "python_named_params": ["a": "b"]], "excludes python_named_params"),
            (["job_parameters": ["a": "b"], "dbt_commands": ["dbt run"]], "excludes dbt_commands"),
            (["job_parameters": ["a": "b"], "pipeline_params": [:]], "excludes pipeline_params"),
            (["notebook_params": ["a": "b"], "jar_params": ["a"]], "notebook_params excludes jar_params"),
            (["python_params": ["å"]], "python_params must be ASCII"),
            (["spark_submit_params": ["å"]], "spark_submit_params must be ASCII"),
            (["dbt_commands": ["rm -rf"]], "start with dbt"), (["dbt_commands": ["dbtx"]], "start with dbt"),
            (["only": ["+"]], "task keys"), (["only": [""]], "task keys"),
            (["duration_target": "4h"], "performance_target COST_OPTIMIZED"),
            (["performance_target": "STANDARD", "duration_target": "4h"], "performance_target COST_OPTIMIZED"),
            (["job_name": "x"], "exclude each other"),
        ] as [(JSONValue, String)])
    func refuses(_ arguments: JSONValue, _ expected: String) async throws {
        let transport = ScriptedTransport(Self.started)
        let bench = try ToolBench(transport)
        var all: JSONObject = ["job_id": 1]
        for name in arguments.names { all[name] = arguments[name] }
        let error = await #expect(throws: ArgumentConflict.self) { try await bench.call("run_now", .object(all)) }
        #expect(error?.callerMessage.contains(expected) == true)
        #expect(error?.details.nextStep?.isEmpty == false)
        #expect(transport.requests.isEmpty)
    }

    @Test("Counts 10,000 bytes as the service does (D-87)", arguments: [(9_988, true), (9_989, false)])
    func sizes(_ length: Int, _ fits: Bool) async throws {
        // {"namex":"…"} adds 12 bytes.
        let value = JSONValue.string(String(repeating: "x", count: length))
        let bench = try ToolBench(ScriptedTransport(Self.started))
        let arguments: JSONValue = ["job_id": 1, "notebook_params": ["namex": value]]
        if fits {
            _ = try await bench.call("run_now", arguments)
        } else {
            let error = await #expect(throws: ArgumentConflict.self) { try await bench.call("run_now", arguments) }
            #expect(error?.callerMessage.contains("more than 10000") == true)
        }
    }

    @Test("Wants a job, and only fields that exist (P-51, D-90)")
    func arguments() async throws {
        let bench = try ToolBench(ScriptedTransport(Self.started))
        let nameless = await #expect(throws: ArgumentConflict.self) { try await bench.call("run_now") }
        #expect(nameless?.callerMessage.contains("job_id or job_name is required") == true)
        for arguments: JSONValue in [
            ["job_id": 1, "pipeline_params": ["full": true]],
            ["job_id": 1, "pipeline_params": ["full_refresh": "yes"]],
            ["job_id": 1, "notebook_params": ["a": ["b": 1]]], ["job_id": 1, "notebook_params": ["a": .null]],
            ["job_id": 1, "params": [:]], ["job_id": 1, "performance_target": "FAST"],
        ] {
            let error = await #expect(throws: InvalidArguments.self) { try await bench.call("run_now", arguments) }
            #expect(error?.violations.count == 1)
        }
    }

    @Test("Performance targets need version 2.2 (D-19)")
    func version() async throws {
        try await withWorkspace(version: .v21) { workspace in
            let error = await #expect(throws: ArgumentConflict.self) {
                try await workspace.call("run_now", ["job_id": 1, "performance_target": "STANDARD"])
            }
            #expect(error?.callerMessage.contains("DATABRICKS_API_VERSION=2.2") == true)
            #expect(workspace.sandbox.requests.isEmpty)
        }
    }

    @Test(
        "The sandbox, which refuses unknown fields, takes them all (D-87)",
        arguments: [
            [
                "job_name": "Nightly orders", "job_parameters": ["region": "nordics"], "only": ["validate_orders+"],
                "queue": true,
            ],
            [
                "job_name": "Hello lakehouse", "notebook_params": ["a": "b"],
                "performance_target": "PERFORMANCE_OPTIMIZED",
            ],
            [
                "job_name": "Mixed task types", "python_named_params": ["a": "b"], "sql_params": ["c": "d"],
                "jar_params": ["e"],
                "python_params": ["f"], "dbt_commands": ["dbt run"], "pipeline_params": ["full_refresh": true],
            ],
        ] as [JSONValue])
    func live(_ arguments: JSONValue) async throws {
        try await withWorkspace { workspace in
            let started = try await workspace.call("run_now", arguments).json
            let run = try await workspace.call("get_run", ["run_id": try #require(started["run_id"])]).json
            if arguments["only"] != nil {
                #expect(run["tasks"]?.elements.map { $0["task_key"] } == ["validate_orders", "publish_report"])
            }
        }
    }

    @Test("Who may start jobs and not look at them cannot find one by its name (E-85)")
    func nameNeedsReading() async throws {
        let transport = ScriptedTransport(Self.started)
        let bench = try ToolBench(transport, tokens: NumberedTokens(permitted: [.run]))
        await #expect(throws: NumberedTokens.Forbidden.self) {
            try await bench.call("run_now", ["job_name": "Nightly orders"])
        }
        #expect(transport.requests.isEmpty)
        _ = try await bench.call("run_now", ["job_id": 1])
    }

    // MARK: Audit

    @Test(
        "Leaves one line that says what was started, and nothing of the parameters (P-84)",
        arguments: [
            ([.answer(200, started)], "started", " run.id=5"), ([.answer(403, "{}")], "refused", ""),
            ([.failure(.timeout, sent: true)], "unknown", ""), ([.answer(200, "{}")], "unknown", ""),
        ] as [([Result<HTTPResponse, TransportError>], String, String)])
    func audit(_ answers: [Result<HTTPResponse, TransportError>], _ outcome: String, _ run: String) async throws {
        let lines = NIOLockedValueBox<[String]>([])
        var bench = try ToolBench(ScriptedTransport(answers))
        bench.logger = Logger(label: "tests") { _ in RecordingHandler(lines: lines) }
        _ = try? await bench.call(
            "run_now", ["job_id": 77, "job_parameters": ["password": "hunter2"], "idempotency_token": "my-token"])
        let audits = lines.withLockedValue { $0.filter { $0.contains("audit: run_now") } }
        #expect(
            audits == ["notice audit: run_now audit.outcome=\(outcome) job.id=77\(run) token.hash=\(Self.hash)"]
        )
        #expect(!lines.withLockedValue { $0.joined() }.contains("hunter2"))
        #expect(!lines.withLockedValue { $0.joined() }.contains("my-token"))
    }

    /// The first 16 digits of the SHA-256 of `my-token`.
    private static let hash = "fece50d2287f7245"

    @Test("Starts that the operator's rules refuse leave the line as well (P-84, P-88)")
    func refusedByRules() async throws {
        let lines = NIOLockedValueBox<[String]>([])
        var bench = try ToolBench(ScriptedTransport(Self.started)) { $0.guardRails.denied = [.id(77)] }
        bench.logger = Logger(label: "tests") { _ in RecordingHandler(lines: lines) }
        _ = try? await bench.call("run_now", ["job_id": 77])
        #expect(lines.withLockedValue { $0 }.contains { $0.contains("audit.outcome=refused job.id=77") })
    }
}
