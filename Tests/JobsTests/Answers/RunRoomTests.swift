internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import TestSupport
internal import Testing

/// A run of many tasks gets shorter step by step, what did not fail first (TC-04, P-73).
@Suite(.patient) struct RunRoomTests {
    private static let room = 11_520

    /// A task as the service sends it, with a notebook's parameters of some length.
    private static func task(_ number: Int64, fails: Bool = false, parameters: Int = 120) -> JSONValue {
        let message = "task_\(number) fell over: " + String(repeating: "the cause of it all, ", count: 14)
        return [
            "task_key": .string("task_\(number)"), "run_id": .integer(900_000_000_000 + number), "attempt_number": 0,
            "start_time": 1_769_991_300_000, "end_time": 1_769_991_912_000,
            "notebook_task": [
                "notebook_path": .string("/Workspace/jobs/step_\(number)"), "source": "WORKSPACE",
                "base_parameters": ["note": .string(String(repeating: "x", count: parameters))],
            ],
            "new_cluster": ["spark_version": "15.4.x-scala2.12", "num_workers": 4, "node_type_id": "Standard_D4s_v5"],
            "status": [
                "state": "TERMINATED",
                "termination_details": [
                    "code": fails ? "RUN_EXECUTION_ERROR" : "SUCCESS", "type": fails ? "CLIENT_ERROR" : "SUCCESS",
                    "message": .string(fails ? message : ""),
                ],
            ],
        ]
    }

    private static func run(_ tasks: [JSONValue]) -> JSONValue {
        ["run_id": 1, "job_id": 4, "run_name": "Nightly orders", "tasks": .array(tasks)]
    }

    private func call(_ run: JSONValue, _ arguments: JSONObject = [:]) async throws -> ToolResult {
        var arguments = arguments
        arguments["run_id"] = 1
        return try await ToolBench(ScriptedTransport(run.description)).call("get_run", .object(arguments))
    }

    @Test(
        "Uses at least 80 % of the room before anything is dropped, for any number and size of tasks", arguments: 1...60
    )
    func noCliff(_ seed: Int) async throws {
        var random = SeededRandom(seed: UInt64(seed))
        let count = Int64.random(in: 3...400, using: &random)
        let failures = Int.random(in: 0...5, using: &random)
        let tasks = (1...count).map { id in
            let length = Int.random(in: 10...Int(60_000 / count), using: &random)
            return Self.task(id, fails: Int.random(in: 0..<20, using: &random) < failures, parameters: length)
        }
        for detail in ["standard", "full"] {
            let result = try await call(Self.run(tasks), ["detail": .string(detail)])
            let room = detail == "full" ? 60_672 : Self.room
            #expect(result.structured.count <= room)
            if try result.json["truncated"] == true { #expect(result.structured.count >= room * 8 / 10, "\(detail)") }
        }
    }

    @Test("Every task is there as long as ids and outcomes have room, those that failed with their message")
    func everyTask() async throws {
        for count in [20, 60, 100, 130] as [Int64] {
            let tasks = (1...count).map { Self.task($0, fails: $0 % 40 == 3) }
            let shown = try await call(Self.run(tasks)).json["tasks"]?.elements ?? []
            #expect(shown.count == Int(count))
            #expect(shown.allSatisfy { $0["run_id"] != nil && $0["task_key"] != nil && $0["outcome"] != nil })
            for task in shown where task["outcome"] == "failed" {
                #expect(task.description.contains("fell over: the cause of it all, the cause"))
            }
        }
    }

    @Test("What failed is told at greater length than what did not, and order stays until tasks are left out")
    func failuresFirst() async throws {
        let tasks = (1...60).map { Self.task($0, fails: $0 == 50) }
        let shown = try await call(Self.run(tasks)).json["tasks"]?.elements ?? []
        #expect(shown.map { $0["task_key"]?.string } == (1...60).map { "task_\($0)" })
        let failed = try #require(shown.first { $0["outcome"] == "failed" })
        let calm = shown.filter { $0["outcome"] != "failed" }.map(\.description.utf8.count)
        #expect(failed.description.utf8.count > (calm.max() ?? 0))
    }

    @Test("Of a thousand tasks those that failed are there first, with the reason of some, and the rest is counted")
    func thousand() async throws {
        let tasks = (1...1000).map { Self.task($0, fails: $0 > 990) }
        for (detail, room) in [("summary", 3_328), ("standard", Self.room)] {
            let result = try await call(Self.run(tasks), ["detail": .string(detail)])
            let shown = try result.json["tasks"]?.elements ?? []
            #expect(shown.prefix(10).allSatisfy { $0["outcome"] == "failed" })
            #expect(shown.prefix(5).allSatisfy { $0["message"]?.string?.contains("the cause of it all") == true })
            #expect(result.structured.count <= room)
            #expect(result.structured.count >= room * 8 / 10)
            let left = 1000 - shown.count
            #expect(
                try result.json["left_out"]?.elements.contains { $0 == .string("\(left) of 1000 tasks were left out") }
                    == true)
        }
    }

    @Test("What the run itself says gives way last of all, and never takes the tasks with it")
    func ownMembers() async throws {
        var run: JSONObject = ["run_id": 1, "job_id": 4]
        run["job_clusters"] = .array(
            (1...30).map {
                [
                    "job_cluster_key": .string("c\($0)"),
                    "new_cluster": ["note": .string(String(repeating: "y", count: 300))],
                ]
            })
        run["tasks"] = .array((1...20).map { Self.task($0) })
        let result = try await call(.object(run))
        #expect(try result.json["tasks"]?.elements.count == 20)
        #expect(result.structured.count >= Self.room * 8 / 10)
    }
}
