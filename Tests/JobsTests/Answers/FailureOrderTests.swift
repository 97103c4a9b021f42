internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import Testing

/// Failed before timed out before cancelled, each counted apart; and a run that explains itself.
@Suite struct FailureOrderTests {
    private static let refusal = """
        {"error_code":"INVALID_PARAMETER_VALUE","message":"Retrieving the output of runs with multiple tasks is not \
        supported. Please retrieve the output of each individual task run instead."}
        """

    /// Runs by id for `runs/get`, outputs by id for `runs/get-output`; what is in neither is refused.
    static func service(_ runs: [Int64: JSONValue], _ outputs: [Int64: JSONValue]) -> ScriptedTransport {
        ScriptedTransport { request, _ in
            let id = PagedService.query(of: request.url)["run_id"].flatMap { Int64($0) } ?? 0
            let answers = request.url.contains("get-output") ? outputs : runs
            guard let answer = answers[id] else { return .answer(400, refusal) }
            if case .string(let error) = answer {
                return .answer(Int(error.prefix(3)) ?? 500, String(error.dropFirst(4)))
            }
            return .answer(200, answer.description)
        }
    }

    private static func run(_ id: Int64, _ result: String, _ tasks: [JSONValue], _ more: JSONObject = [:]) -> JSONValue
    {
        var run: JSONObject = [
            "run_id": .integer(id), "job_id": 4,
            "state": ["life_cycle_state": "TERMINATED", "result_state": .string(result)],
        ]
        if !tasks.isEmpty { run["tasks"] = .array(tasks) }
        for member in more.members { run[member.name] = member.value }
        return .object(run)
    }

    private static func failure(_ id: Int64, _ key: String, _ error: String) -> JSONValue {
        ["error": .string(error), "metadata": AttemptTests.task(key, id, "FAILED")]
    }

    @Test("A called job's failure is found behind a task that was stopped")
    func childJob() async throws {
        let transport = Self.service(
            [
                1: Self.run(1, "FAILED", [AttemptTests.task("call", 2, "FAILED")]),
                3: Self.run(
                    3, "FAILED",
                    [AttemptTests.task("stopped", 31, "CANCELED"), AttemptTests.task("broken", 32, "FAILED")]),
            ],
            [
                2: ["run_job_output": ["run_id": 3], "metadata": AttemptTests.task("call", 2, "FAILED")],
                31: ["metadata": AttemptTests.task("stopped", 31, "CANCELED")],
                32: Self.failure(32, "broken", "ValueError: the cause"),
            ])
        let result = try await ToolBench(transport).call("get_run_output", ["run_id": 1])
        #expect(result.text.contains("Task \"broken\" run 32"))
        #expect(result.text.contains("Error: ValueError: the cause"))
        #expect(try result.json["error"] == "ValueError: the cause")
    }

    @Test("Four stopped tasks do not crowd out the one that failed, and all are counted apart")
    func crowd() async throws {
        let stopped = (1...4).map { AttemptTests.task("stopped_\($0)", 10 + $0, "CANCELED") }
        let late = AttemptTests.task("late", 20, "TIMEDOUT")
        let broken = AttemptTests.task("broken", 21, "FAILED")
        let transport = Self.service(
            [1: Self.run(1, "FAILED", stopped + [late, broken])],
            [21: Self.failure(21, "broken", "ValueError: the cause"), 20: ["metadata": late]])
        let bench = try ToolBench(transport)
        let output = try await bench.call("get_run_output", ["run_id": 1])
        #expect(output.text.contains("6 tasks, 1 failed, 1 timed out, 4 cancelled."))
        #expect(output.text.contains("ValueError: the cause"))
        #expect(try output.json["outputs"]?[0]?["task_key"] == "broken")
        #expect(try output.json["outputs"]?.elements.count == 2)
        let run = try await bench.call("get_run", ["run_id": 1])
        #expect(try run.json["failed_tasks"]?.elements.map { $0["task_key"] } == ["broken", "late"])
        #expect(try run.json["failed_tasks"]?.elements.map { $0["outcome"] } == ["failed", "timed_out"])
        #expect(try run.json["task_counts"] == ["failed": 1, "cancelled": 4, "timed_out": 1])
        let lines = run.text.split(separator: "\n").filter { $0.hasPrefix("- ") }.map { $0.dropFirst(2).prefix(6) }
        #expect(lines.prefix(3) == ["broken", "late r", "stoppe"])
    }

    @Test("A run that a user stopped has no failed task, and no error to look for")
    func stoppedRun() async throws {
        let details: JSONValue = ["code": "USER_CANCELED", "type": "CLIENT_ERROR", "message": "Run cancelled."]
        let transport = Self.service(
            [
                1: Self.run(
                    1, "CANCELED", [AttemptTests.task("a", 2, "SUCCESS"), AttemptTests.task("b", 3, "CANCELED")],
                    ["status": ["state": "TERMINATED", "termination_details": details]])
            ], [3: ["metadata": AttemptTests.task("b", 3, "CANCELED")]])
        let bench = try ToolBench(transport)
        let run = try await bench.call("get_run", ["run_id": 1])
        #expect(try run.json["failed_tasks"] == [])
        #expect(try run.json["task_counts"] == ["succeeded": 1, "cancelled": 1])
        #expect(!run.text.contains("for the error"))
        let output = try await bench.call("get_run_output", ["run_id": 1])
        #expect(output.text.contains("2 tasks, 0 failed, 1 cancelled."))
        #expect(output.text.contains("Meaning: a user cancelled it"))
    }

    @Test(
        "A run without a failed task says its own reason",
        arguments: [
            ("REPOSITORY_CHECKOUT_FAILED", "CLIENT_ERROR", "FAILED", "could not be checked out"),
            ("CANCELED", "CLIENT_ERROR", "TIMEDOUT", "it ran longer than it may"),
            (
                "MAX_CONCURRENT_RUNS_EXCEEDED", "CLIENT_ERROR", "MAXIMUM_CONCURRENT_RUNS_REACHED",
                "limit of concurrent runs"
            ),
        ])
    func ownReason(_ code: String, _ type: String, _ result: String, _ meaning: String) async throws {
        let details: JSONValue = ["code": .string(code), "type": .string(type), "message": "The reason in words."]
        let status: JSONObject = ["status": ["state": "TERMINATED", "termination_details": details]]
        let skipped = AttemptTests.task("a", 2, "UPSTREAM_FAILED")
        for tasks in [[], [skipped, AttemptTests.task("b", 3, "UPSTREAM_CANCELED")]] {
            let transport = Self.service([1: Self.run(1, result, tasks, status)], [:])
            let bench = try ToolBench(transport)
            let output = try await bench.call("get_run_output", ["run_id": 1])
            #expect(output.text.contains("The reason in words."))
            #expect(output.text.contains(meaning))
            #expect(!output.text.contains("Retrieving the output"))
            #expect(!output.text.contains("with the run_id of one task"))
            #expect(output.structured.count > 0)
            let run = try await bench.call("get_run", ["run_id": 1])
            #expect(run.text.contains(meaning))
            #expect(!run.text.contains("with the run_id of a task"))
        }
    }

    @Test("A called run that failed without a failed task says why")
    func childReason() async throws {
        let details: JSONValue = ["code": "CLUSTER_ERROR", "type": "CLOUD_FAILURE", "message": "No capacity."]
        let transport = Self.service(
            [
                1: Self.run(1, "FAILED", [AttemptTests.task("call", 2, "FAILED")]),
                3: Self.run(3, "FAILED", [], ["status": ["state": "TERMINATED", "termination_details": details]]),
            ], [2: ["run_job_output": ["run_id": 3], "metadata": AttemptTests.task("call", 2, "FAILED")]])
        let result = try await ToolBench(transport).call("get_run_output", ["run_id": 1])
        #expect(
            result.text.contains("It started job run 3: failed (CLUSTER_ERROR, cause: cloud), no task of it failed."))
        #expect(result.text.contains("No capacity."))
        #expect(try result.json["child_run"]?["message"] == "No capacity.")
    }

    @Test("Nobody is sent to a called run that has just been refused")
    func hiddenChild() async throws {
        let transport = Self.service(
            [3: .string(#"403 {"error_code":"PERMISSION_DENIED","message":"No."}"#)],
            [2: ["run_job_output": ["run_id": 3], "error": "x", "metadata": AttemptTests.task("call", 2, "FAILED")]])
        let result = try await ToolBench(transport).call("get_run_output", ["run_id": 2])
        #expect(result.text.contains("It started job run 3, which could not be read: the signed-in user may not view"))
        #expect(!result.text.contains("explains it"))
    }

    @Test("A good output survives a failure of the extra look", arguments: ["403", "503", "404"])
    func extraLook(_ status: String) async throws {
        let transport = Self.service(
            [9: .string("\(status) {}")],
            [9: ["info": "Some iterations failed.", "metadata": AttemptTests.task("each", 9, "FAILED")]])
        let result = try await ToolBench(transport).call("get_run_output", ["run_id": 9])
        #expect(result.text.contains("Task \"each\" run 9: failed"))
        #expect(result.text.contains("Info: Some iterations failed."))
    }

    @Test("An iteration says whose it is, and its for-each task is none of the others")
    func iterationOf() async throws {
        let each = AttemptTests.task("each", 2, "FAILED", at: 0, ["for_each_task": ["inputs": "[1]"]])
        let transport = Self.service(
            [
                1: Self.run(1, "FAILED", [AttemptTests.task("prepare", 5, "SUCCESS"), each]),
                2: ["run_id": 2, "tasks": [each], "iterations": [AttemptTests.task("it", 21, "FAILED")]],
            ], [21: Self.failure(21, "it", "KeyError: 1")])
        let result = try await ToolBench(transport).call("get_run_output", ["run_id": 1])
        #expect(result.text.contains("It is an iteration of for-each task \"each\" run 2."))
        #expect(result.text.contains("Other tasks:\n- prepare run 5: succeeded"))
        #expect(!result.text.contains("- each run 2"))
        #expect(try result.json["iteration_of"]?["task_key"] == "each")
    }
}
