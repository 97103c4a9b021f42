internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import Testing

/// Which attempt counts, and which failure is told first.
@Suite struct AttemptTests {
    static let start: Int64 = 1_769_991_300_000

    static func task(
        _ key: String, _ id: Int64, _ result: String, attempt: Int64 = 0, at seconds: Int64? = 0,
        _ more: JSONObject = [:]
    ) -> JSONValue {
        var task: JSONObject = ["task_key": .string(key), "run_id": .integer(id), "attempt_number": .integer(attempt)]
        if let seconds {
            task["start_time"] = .integer(start + seconds * 1000)
            task["end_time"] = .integer(start + (seconds + 60) * 1000)
        }
        task["state"] = ["life_cycle_state": "TERMINATED", "result_state": .string(result)]
        for member in more.members { task[member.name] = member.value }
        return .object(task)
    }

    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let tasks: [JSONValue]
        let counts: JSONValue
        var latest: [Int64] = []
    }

    static let rows = [
        Row(
            testDescription: "a repair that counts from 0 again, newest first",
            tasks: [task("load", 203, "SUCCESS", at: 3700), task("load", 101, "FAILED")], counts: ["succeeded": 1],
            latest: [203]),
        Row(
            testDescription: "the same in the other order",
            tasks: [task("load", 101, "FAILED"), task("load", 203, "SUCCESS", at: 3700)], counts: ["succeeded": 1],
            latest: [203]),
        Row(
            testDescription: "attempts 0, 1, then a repair that begins at 0 again",
            tasks: [
                task("load", 102, "FAILED", attempt: 1, at: 100), task("load", 203, "SUCCESS", at: 3700),
                task("load", 101, "FAILED"),
            ], counts: ["succeeded": 1], latest: [203]),
        Row(
            testDescription: "equal starts are told apart by the number",
            tasks: [task("load", 102, "SUCCESS", attempt: 1), task("load", 101, "FAILED")], counts: ["succeeded": 1],
            latest: [102]),
        Row(
            testDescription: "a retry that has not begun yet",
            tasks: [
                task(
                    "load", 102, "", attempt: 1, at: nil,
                    ["state": ["life_cycle_state": "WAITING_FOR_RETRY"]]),
                task("load", 101, "FAILED"),
            ], counts: ["running": 1], latest: [102]),
        Row(
            testDescription: "skipped at first for a failure upstream, run by the repair",
            tasks: [
                task("load", 203, "SUCCESS", at: 3700),
                task("load", 101, "UPSTREAM_FAILED", at: nil, ["end_time": .integer(start + 1000)]),
            ], counts: ["succeeded": 1], latest: [203]),
        Row(
            testDescription: "failed at first, skipped by the repair",
            tasks: [
                task("load", 101, "FAILED"),
                task("load", 203, "UPSTREAM_FAILED", at: nil, ["end_time": .integer(start + 3_700_000)]),
            ], counts: ["skipped": 1], latest: [203]),
        Row(
            testDescription: "without numbers and times the place decides",
            tasks: [task("load", 101, "FAILED", at: nil), task("load", 203, "SUCCESS", at: nil)],
            counts: ["succeeded": 1], latest: [203]),
    ]

    @Test("The latest start decides, then the number, never the order:", arguments: rows)
    func latest(_ row: Row) async throws {
        let body: JSONValue = ["run_id": 1, "tasks": .array(row.tasks)]
        let json = try await ToolBench(ScriptedTransport(body.description)).call("get_run", ["run_id": 1]).json
        #expect(json["task_counts"] == row.counts)
        let latest = json["tasks"]?.elements.filter { $0["superseded"] == nil }.compactMap { $0["run_id"]?.integer }
        #expect(latest == row.latest)
    }

    @Test("A run that a repair mended is not explained by the attempt before")
    func mended() async throws {
        let run: JSONValue = [
            "run_id": 1, "state": ["life_cycle_state": "TERMINATED", "result_state": "SUCCESS"],
            "tasks": [Self.task("load", 203, "SUCCESS", at: 3700), Self.task("load", 101, "FAILED")],
        ]
        let transport = ScriptedTransport { request, _ in
            if request.url.contains("runs/get?") { return .answer(200, run.description) }
            if request.url.hasSuffix("run_id=203") {
                return .answer(200, #"{"notebook_output":{"result":"done"},"metadata":{"run_id":203}}"#)
            }
            return .answer(400, #"{"error_code":"INVALID_PARAMETER_VALUE","message":"multiple tasks"}"#)
        }
        let result = try await ToolBench(transport).call("get_run_output", ["run_id": 1])
        #expect(!transport.requests.contains { $0.url.hasSuffix("run_id=101") })
        #expect(result.text.contains("0 failed"))
    }

    // MARK: Iterations

    private static func iterations(_ iterations: [JSONValue], total: Int64?) -> JSONValue {
        var parent: JSONObject = ["task_key": "each", "run_id": 9]
        if let total {
            parent["for_each_task"] = ["stats": ["task_run_stats": ["total_iterations": .integer(total)]]]
        }
        return ["run_id": 9, "tasks": [.object(parent)], "iterations": .array(iterations)]
    }

    private static func input(_ text: String) -> JSONObject {
        ["notebook_task": ["notebook_path": "/x", "base_parameters": ["region": .string(text)]]]
    }

    @Test(
        "A retried iteration counts once, however its attempts are told apart",
        arguments: [
            (
                [
                    task("it", 1, "FAILED"), task("it", 2, "SUCCESS", attempt: 1, at: 100),
                    task("it", 3, "SUCCESS"),
                ], 2, ["succeeded": 2]
            ),
            (
                [
                    task("it", 2, "SUCCESS", attempt: 1, at: 100), task("it", 3, "SUCCESS"),
                    task("it", 1, "FAILED"),
                ], nil, ["succeeded": 2]
            ),
            (
                [
                    task("it", 1, "FAILED", at: 0, input("a")), task("it", 2, "FAILED", at: 0, input("b")),
                    task("it", 3, "SUCCESS", at: 3700, input("b")),
                ], 2, ["succeeded": 1, "failed": 1]
            ),
            (
                [
                    task("it", 1, "FAILED", at: 0, ["original_attempt_run_id": 1]),
                    task("it", 2, "SUCCESS", at: 0, ["original_attempt_run_id": 2]),
                    task("it", 3, "SUCCESS", at: 3700, ["original_attempt_run_id": 1]),
                ], nil, ["succeeded": 2]
            ),
            // The same input twice is two iterations, not two attempts.
            (
                [task("it", 1, "FAILED", at: 0, input("a")), task("it", 2, "SUCCESS", at: 100, input("a"))], 2,
                ["succeeded": 1, "failed": 1]
            ),
        ] as [([JSONValue], Int64?, JSONValue)])
    func retriedIterations(_ iterations: [JSONValue], _ total: Int64?, _ counts: JSONValue) async throws {
        let body = Self.iterations(iterations, total: total)
        let json = try await ToolBench(ScriptedTransport(body.description)).call("get_run", ["run_id": 9]).json
        #expect(json["task_counts"] == counts)
        #expect(json["iterations"]?.elements.count == iterations.count)
    }
}
