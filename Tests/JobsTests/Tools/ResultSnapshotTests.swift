internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import TestSupport
internal import Testing

/// What the tools make of the example answers in `Fixtures`: text and structured part.
@Suite(.patient) struct ResultSnapshotTests {
    @Test(
        "Shows a page, a run or an output",
        arguments: [
            ("list_jobs", "jobs-list", ["limit": 2]),
            ("list_runs", "runs-list", ["job_id": 412_345_678_901_234, "completed_only": true, "limit": 1]),
            ("get_run", "run-failed", ["run_id": 777_000_111_222_333, "include_history": true]),
            ("get_run", "run-queued", ["run_id": 778_899_001_122_334]),
            ("get_run_output", "output-failed", ["run_id": 777_000_111_222_402]),
        ] as [(String, String, JSONValue)])
    func shows(_ tool: String, _ fixture: String, _ arguments: JSONValue) async throws {
        let bench = try ToolBench(ScriptedTransport(try TestFile.fixture(fixture)))
        let result = try await bench.call(tool, arguments)
        try expectSnapshot(result.text, "\(tool).\(fixture).txt")
        try expectSnapshot(try result.json, "\(tool).\(fixture).json")
    }

    @Test("Shows a for-each run over its pages")
    func forEach() async throws {
        let transport = ScriptedTransport([
            .answer(200, try TestFile.fixture("run-for-each")),
            .answer(200, try TestFile.fixture("run-for-each-last-page")),
        ])
        let result = try await ToolBench(transport).call("get_run", ["run_id": 779_100_000_000_500])
        try expectSnapshot(result.text, "get_run.run-for-each.txt")
        try expectSnapshot(try result.json, "get_run.run-for-each.json")
    }

    @Test("Shows a started run")
    func started() async throws {
        let transport = ScriptedTransport(
            #"{"run_id": 778899001122334, "number_in_job": 778899001122334}"#,
            headers: ["X-Databricks-Org-Id": "1234567890123456"])
        let result = try await ToolBench(transport).call(
            "run_now",
            [
                "job_id": 412_345_678_901_234, "job_parameters": ["region": "nordics"],
                "idempotency_token": "3f0e7c1a-9d55-4a7e-8f0e-5c2d6b1e0a77",
            ])
        try expectSnapshot(result.text, "run_now.started.txt")
        try expectSnapshot(try result.json, "run_now.started.json")
    }

    @Test("Explains a job run in one call (P-71, D-79)")
    func explains() async throws {
        let refusal = """
            {"error_code":"INVALID_PARAMETER_VALUE","message":"Retrieving the output of runs with multiple tasks is not \
            supported. Please retrieve the output of each individual task run instead."}
            """
        let transport = ScriptedTransport([
            .answer(400, refusal), .answer(200, try TestFile.fixture("run-failed")),
            .answer(200, try TestFile.fixture("output-failed")),
        ])
        let result = try await ToolBench(transport).call("get_run_output", ["run_id": 777_000_111_222_333])
        let paths = transport.requests.compactMap { $0.url.split(separator: "/jobs/").last }
        #expect(
            paths == [
                "runs/get-output?run_id=777000111222333", "runs/get?run_id=777000111222333",
                "runs/get-output?run_id=777000111222402",
            ])
        try expectSnapshot(result.text, "get_run_output.job-run.txt")
        try expectSnapshot(try result.json, "get_run_output.job-run.json")
    }

    @Test("Says that there is nothing, without pretending otherwise (D-06)")
    func empty() async throws {
        let jobs = try await ToolBench(ScriptedTransport("{}")).call("list_jobs")
        #expect(jobs.text == "No jobs found.")
        #expect(try jobs.json == ["jobs": [], "has_more": false, "truncated": false])
        let runs = try await ToolBench(ScriptedTransport("{}")).call("list_runs")
        #expect(runs.text == "No runs found.")
        #expect(try runs.json == ["runs": [], "has_more": false, "truncated": false])
    }

    @Test("A short or empty page is not the last one while there is a token (D-52, P-31)")
    func shortPage() async throws {
        let result = try await ToolBench(ScriptedTransport(#"{"next_page_token":"CAEQ=","has_more":false}"#))
            .call("list_jobs")
        #expect(result.text.contains(#"page_token "CAEQ=""#))
        #expect(try result.json["has_more"] == true)
        #expect(try result.json["next_page_token"] == "CAEQ=")
    }
}
