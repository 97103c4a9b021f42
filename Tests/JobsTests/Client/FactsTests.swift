internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import Observability
internal import Sandbox
internal import TestSupport
internal import Testing

/// Facts of the Jobs API that bind the client and are checked nowhere else.
@Suite(.patient) struct FactsTests {
    @Test("Ids that are strings stay strings (D-12)")
    func stringIdentifiers() async throws {
        try await withWorkspace { workspace in
            let run = try await workspace.call("get_run", ["run_id": 777_000_111_222_402]).json
            let instance = try #require(run["tasks"]?[0]?["cluster_instance"])
            #expect(instance["spark_context_id"] == "7210034455667788990")
            #expect(instance["cluster_id"] == "0202-021501-k3x9q2ab")
        }
    }

    @Test("Sends no header that could name another workspace or a service principal (D-14, D-111)")
    func headers() async throws {
        try await withWorkspace { workspace in
            _ = try await workspace.call("list_jobs")
            _ = try await workspace.call("run_now", ["job_name": "Hello lakehouse"])
            for request in workspace.sandbox.requests {
                #expect(request.header("X-Databricks-Workspace-Id") == nil)
                #expect(request.header("X-Databricks-Org-Id") == nil)
                #expect(request.header("X-Databricks-Azure-SP-Management-Token") == nil)
                #expect(request.header("X-Databricks-Azure-Workspace-Resource-Id") == nil)
                #expect(request.header("Accept") == "application/json")
            }
        }
    }

    @Test(
        "Follows page tokens in every version, and needs none where there is none (D-22, D-24, D-28, D-59)",
        arguments: [(Workspace.APIVersion.v21, 1), (.v22, 3)] as [(Workspace.APIVersion, Int64)])
    func pages(_ version: Workspace.APIVersion, _ pages: Int64) async throws {
        try await withWorkspace(version: version) { workspace in
            let id = try await workspace.newestRun(of: .wideMigration)
            let run = try await workspace.call("get_run", ["run_id": id, "detail": "full"]).json
            #expect(run["pages_read"] == .integer(pages))
            #expect(run["task_counts"] == ["succeeded": 250])
        }
        // A 2.1 answer with a token is followed all the same.
        let transport = ScriptedTransport([
            .answer(200, #"{"run_id":1,"tasks":[{"task_key":"a","run_id":2}],"next_page_token":"x"}"#),
            .answer(200, #"{"run_id":1,"tasks":[{"task_key":"b","run_id":3}]}"#),
        ])
        let run = try await ToolBench(transport, version: version).call("get_run", ["run_id": 1]).json
        #expect(run["tasks"]?.elements.count == 2)
    }

    @Test("A list is asked for one page, whatever its limit (D-35, D-55, P-30)")
    func onePage() async throws {
        try await withWorkspace { workspace in
            let page = try await workspace.call("list_runs", ["limit": 1, "detail": "full"]).json
            // Tasks are what get_run is for; a list of them would drown the runs (D-50).
            #expect(page["runs"]?[0]?["tasks"] == nil)
            #expect(page["runs"]?.elements.count == 1)
            #expect(page["has_more"] == true)
            #expect(workspace.sandbox.requests.count == 1)
        }
    }

    @Test("With a cap on pages the rest is announced, and a token leads to it (D-61, P-79)")
    func cap() async throws {
        try await withWorkspace {
            $0.pagesPerRun = 1
        } _: { workspace in
            let id = try await workspace.newestRun(of: .wideMigration)
            let first = try await workspace.call("get_run", ["run_id": id])
            #expect(try first.json["pages_read"] == 1)
            #expect(try first.json["has_more"] == true)
            #expect(try first.json["task_counts"] == ["succeeded": 100])
            #expect(first.text.contains("Not everything was read (1 page)"))
            var token = try first.json["next_page_token"]
            var tasks = 100
            while let next = token {
                let page = try await workspace.call("get_run", ["run_id": id, "page_token": next]).json
                tasks += Int(page["task_counts"]?["succeeded"]?.integer ?? 0)
                token = page["next_page_token"]
            }
            #expect(tasks == 250)
        }
    }

    @Test("Shows of a job and of a run what the service knows, under its own names (D-37, D-38, D-62, D-63)")
    func fields() async throws {
        try await withWorkspace { workspace in
            let job = try #require(try await workspace.call("list_jobs", ["name": "Nightly orders"]).json["jobs"]?[0])
            #expect(job["creator_user_name"] == "ada@contoso.example")
            for name in [
                "name", "description", "tags", "parameters", "schedule", "max_concurrent_runs", "queue", "run_as",
            ] {
                #expect(job["settings"]?[name] != nil, "\(name)")
            }
            #expect(job["run_as_user_name"] == nil)
            let run = try await workspace.call("get_run", ["run_id": 777_000_111_222_333, "include_history": true]).json
            for name in [
                "job_id", "number_in_job", "run_name", "run_type", "trigger", "schedule", "start_time", "end_time",
                "run_duration", "setup_duration", "job_parameters", "state", "status", "run_page_url", "repair_history",
            ] { #expect(run[name] != nil, "\(name)") }
            let task = try #require(run["tasks"]?[1])
            for name in ["task_key", "run_id", "depends_on", "run_if", "notebook_task", "run_page_url"] {
                #expect(task[name] != nil, "\(name)")
            }
        }
    }

    @Test("A deleted creator is nobody, not an error (D-37)")
    func deletedCreator() async throws {
        try await withWorkspace { workspace in
            let page = try await workspace.call("list_jobs", ["name": "Feature backfill"])
            #expect(try page.json["jobs"]?[0]?["job_id"] == "9007199254740993")
            #expect(try page.json["jobs"]?[0]?["creator_user_name"] == nil)
            #expect(!page.text.contains(" by "))
        }
    }

    @Test("Adds resolved values only when they are asked for (D-56, D-58)")
    func resolvedValues() async throws {
        try await withWorkspace { workspace in
            let run: JSONValue = ["run_id": 777_000_111_222_333]
            #expect(try await workspace.call("get_run", run).json["tasks"]?[0]?["resolved_values"] == nil)
            let result = try await workspace.call(
                "get_run", ["run_id": 777_000_111_222_333, "include_resolved_values": true])
            #expect(try result.json["tasks"]?[0]?["resolved_values"] != nil)
            #expect(result.text.contains("Resolved values of ingest_orders: "))
            #expect(result.text.contains(#""region":"emea""#))
        }
    }

    @Test("The run's own message says only which task failed, so the output is where the text leads (D-72)")
    func message() async throws {
        try await withWorkspace { workspace in
            let run = try await workspace.call("get_run", ["run_id": 777_000_111_222_333])
            #expect(run.text.contains("Task validate_orders failed with message: Workload failed, see run output"))
            #expect(
                run.text.hasSuffix("Next: get_run_output with run_id 777000111222402 for the error of validate_orders.")
            )
        }
    }

    @Test(
        "Shows how long things took, and raw milliseconds beside it (D-135, P-80)",
        arguments: [
            (#"{"run_duration":612000,"end_time":9}"#, 612_000, "10m 12s"),
            (#"{"setup_duration":1000,"execution_duration":2000,"cleanup_duration":500}"#, 3_500, "3s"),
            (#"{"start_time":1769991300000,"end_time":1769991300350}"#, 350, "350ms"),
            (#"{"setup_duration":0,"start_time":1769991300000,"end_time":1769994900000}"#, 3_600_000, "1h"),
        ] as [(String, Int64, String)])
    func durations(_ times: String, _ milliseconds: Int64, _ text: String) async throws {
        let state = #""run_id":1,"status":{"state":"TERMINATED","termination_details":{"code":"SUCCESS"}}"#
        let run = try await ToolBench(ScriptedTransport("{\(state),\(times.dropFirst())")).call(
            "get_run", ["run_id": 1])
        #expect(try run.json["duration_ms"] == .integer(milliseconds))
        #expect(try run.json["duration"]?.string == text)
        #expect(run.text.contains("took \(text)"))
    }

    @Test("A run under way has lasted until now (D-135)")
    func runningDuration() async throws {
        let body = #"{"run_id":1,"status":{"state":"RUNNING"},"start_time":1770004800000,"end_time":0}"#
        let run = try await ToolBench(ScriptedTransport(body)).call("get_run", ["run_id": 1])
        #expect(try run.json["duration_ms"] == 41_000)
        #expect(run.text.contains("for 41s so far"))
        #expect(try run.json["ended_at"] == nil)
    }

    @Test("Takes the exception from the end of the trace when there is no message (D-81)")
    func traceAlone() async throws {
        let body = #"{"error_trace":"Traceback\n  line 1\nValueError: bad day\n","metadata":{"run_id":1}}"#
        let result = try await ToolBench(ScriptedTransport(body)).call("get_run_output", ["run_id": 1])
        #expect(try result.json["error"] == "ValueError: bad day")
        #expect(result.text.contains("Error: ValueError: bad day\n"))
    }

    @Test("Shows logs when the notebook returned nothing (D-81)")
    func logsInstead() async throws {
        let body = #"{"notebook_output":{},"logs":"loaded 3 rows\n","metadata":{"run_id":1}}"#
        let result = try await ToolBench(ScriptedTransport(body)).call("get_run_output", ["run_id": 1])
        #expect(result.text.contains("| loaded 3 rows"))
        #expect(!result.text.contains("Notebook result"))
    }

    @Test(
        "Falls back to the termination message, then to the state message (D-82)",
        arguments: [
            (
                #""status":{"state":"TERMINATED","termination_details":{"code":"CLUSTER_ERROR","message":"quota"}}"#,
                "quota"
            ),
            (
                #""state":{"life_cycle_state":"TERMINATED","result_state":"FAILED","state_message":"old words"}"#,
                "old words"
            ),
        ])
    func fallback(_ state: String, _ expected: String) async throws {
        let body = #"{"metadata":{"run_id":1,\#(state)}}"#
        let result = try await ToolBench(ScriptedTransport(body)).call("get_run_output", ["run_id": 1])
        #expect(try result.json["error"]?.string == expected)
        #expect(result.text.contains("Error: \(expected)"))
    }

    @Test("Every failure has a category, a status, words, a next step and whether to retry (D-99, D-106, P-78)")
    func failures() async throws {
        let body =
            #"{"error_code":"PERMISSION_DENIED","message":"This API is disabled for users without the workspace-access entitlement."}"#
        let error = try await ToolBench(ScriptedTransport(body, status: 403)).failure(of: "list_jobs")
        #expect(error.details.category == .permission)
        #expect(error.details.httpStatus == 403)
        #expect(error.details.errorCode == "PERMISSION_DENIED")
        #expect(error.details.nextStep?.isEmpty == false)
        #expect(!error.details.retryable)
        #expect(error.callerMessage.contains("workspace-access entitlement"))
    }

    @Test(
        "What the official clients do not repeat after a wrong answer is not repeated (D-114 to D-116, D-115)",
        arguments: [
            (400, 1), (401, 2), (403, 1), (404, 1), (409, 1), (500, 1), (501, 1), (429, 3), (502, 3), (503, 3),
            (504, 3),
        ])
    func repetitions(_ status: Int, _ tries: Int) async throws {
        let transport = ScriptedTransport("{}", status: status)
        _ = try await ToolBench(transport).failure(of: "list_jobs")
        #expect(transport.requests.count == tries)
    }

    @Test("No limit of the service is built in: a longer answer than documented is read (D-112, D-113, D-13)")
    func noBuiltInLimits() async throws {
        let jobs = JSONValue.array((1...300).map { ["job_id": .integer($0), "settings": ["name": "n"]] })
        let result = try await ToolBench(ScriptedTransport(JSONValue.object(["jobs": jobs]).description))
            .call("list_jobs", ["detail": "full"])
        #expect(try result.json["jobs"]?.elements.count == 300)
    }

    @Test("Results say how to get what they lack (P-73)", arguments: ["summary", "standard", "full"])
    func budgets(_ detail: String) async throws {
        let limit = ["summary": 8, "standard": 16, "full": 64][detail] ?? 0
        try await withWorkspace { workspace in
            let run = try await workspace.newestRun(of: .wideMigration)
            let log = try await workspace.newestRun(of: .archiveExport)
            for (tool, arguments) in [
                ("get_run", ["run_id": run, "detail": .string(detail)]),
                ("get_run_output", ["run_id": log, "detail": .string(detail)]),
                ("list_jobs", ["limit": 100, "expand_tasks": true, "detail": .string(detail)]),
                ("list_runs", ["limit": 25, "detail": .string(detail)]),
            ] as [(String, JSONValue)] {
                let result = try await workspace.call(tool, arguments)
                // A summary of a list takes more room before it loses an item.
                let bound = tool.hasPrefix("list") ? max(limit, 16) : limit
                #expect(result.structured.count + result.text.utf8.count <= bound << 10, "\(tool)")
                guard try result.json["truncated"] == true else { continue }
                let advice = try #require(try result.json["left_out"]?.elements.last?.string)
                #expect(advice.contains(#"detail "full""#) == (detail != "full"))
                #expect(result.text.contains("Left out of the structured content: "))
                #expect(result.text.hasSuffix("\(advice)."))
            }
        }
    }
}
