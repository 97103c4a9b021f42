internal import JSON
internal import Jobs
internal import MCP
internal import TestSupport
internal import Testing

/// Answers that are far too large, and what must stay of them (TC-04, P-73).
struct LargeAnswer: CustomTestStringConvertible {
    let testDescription: String
    let tool: String
    var arguments: JSONValue = [:]
    let body: JSONValue
    /// Pieces of the structured part's `left_out`.
    let leftOut: [String]

    private static let long = JSONValue.string(String(repeating: "line of text\n", count: 2_000))

    /// Long enough to be cut in the end, short enough for a thousand.
    private static let medium = JSONValue.string(String(repeating: "line of text\n", count: 50))

    private static func task(_ number: Int64, failed: Bool = false) -> JSONValue {
        let code: JSONValue = failed ? "RUN_EXECUTION_ERROR" : "SUCCESS"
        return [
            "task_key": .string("task_\(number)"), "run_id": .integer(1_000_000 + number),
            "status": [
                "state": "TERMINATED",
                "termination_details": ["code": code, "type": failed ? "CLIENT_ERROR" : "SUCCESS", "message": medium],
            ],
            "new_cluster": ["spark_conf": medium], "notebook_task": ["notebook_path": medium],
        ]
    }

    static let all = [
        LargeAnswer(
            testDescription: "100 jobs with long descriptions", tool: "list_jobs",
            body: [
                "jobs": .array(
                    (1...100).map { ["job_id": .integer($0), "settings": ["name": "n", "description": long]] })
            ], leftOut: ["shortened to when they run and what they take", "description"]),
        LargeAnswer(
            testDescription: "25 runs with long parameters", tool: "list_runs",
            body: [
                "runs": .array(
                    (1...25).map {
                        ["run_id": .integer($0), "overriding_parameters": ["notebook_params": ["a": long]]]
                    }
                )
            ], leftOut: ["strings over"]),
        LargeAnswer(
            testDescription: "1,000 tasks", tool: "get_run", arguments: ["run_id": 1],
            body: ["run_id": 1, "tasks": .array((1...1000).map { task($0, failed: $0 == 999) })],
            leftOut: ["of 1000 tasks were left out", "shortened"]),
        LargeAnswer(
            testDescription: "3,000 parameters", tool: "get_run", arguments: ["run_id": 1],
            body: [
                "run_id": 1,
                "job_parameters": .array(
                    (1...3000).map { ["name": .string("p\($0)"), "value": "some value or other"] }),
            ], leftOut: ["job_parameters"]),
        LargeAnswer(
            testDescription: "a long trace, long logs and a long result", tool: "get_run_output",
            arguments: ["run_id": 1],
            body: [
                "error": long, "error_trace": long, "logs": long, "notebook_output": ["result": long],
                "metadata": ["run_id": 1],
            ], leftOut: ["error_trace was cut", "logs was cut", "result was cut", "error was cut"]),
        LargeAnswer(
            testDescription: "a text that doubles when it is escaped", tool: "get_run_output",
            arguments: ["run_id": 1],
            body: ["logs": .string(String(repeating: "\"\\", count: 100_000)), "metadata": ["run_id": 1]],
            leftOut: ["logs was cut"]),
        LargeAnswer(
            testDescription: "a query result of many rows", tool: "get_run_output", arguments: ["run_id": 1],
            body: [
                "sql_output": [
                    "file_output": ["query_result": ["rows": .array((1...5000).map { [.integer($0), "value"] })]]
                ], "metadata": ["run_id": 1],
            ], leftOut: ["query_result"]),
    ]
}

@Suite(.patient) struct ResultBudgetTests {
    @Test("Stays within 64 KiB, says what is missing, and remains JSON:", arguments: LargeAnswer.all)
    func fits(_ row: LargeAnswer) async throws {
        let bench = try ToolBench(ScriptedTransport(row.body.description))
        let result = try await bench.call(row.tool, row.arguments)
        #expect(result.structured.count + result.text.utf8.count <= 64 << 10)
        #expect(result.text.utf8.count <= 4 << 10)
        let json = try result.json
        #expect(json["truncated"] == true)
        let leftOut = json["left_out"]?.elements.compactMap(\.string).joined(separator: "; ") ?? ""
        for piece in row.leftOut { #expect(leftOut.contains(piece)) }
    }

    @Test("Keeps the failed task of a thousand, in both parts")
    func keepsFailures() async throws {
        let row = try #require(LargeAnswer.all.first { $0.testDescription == "1,000 tasks" })
        let result = try await ToolBench(ScriptedTransport(row.body.description)).call(row.tool, row.arguments)
        #expect(try result.json["failed_tasks"]?[0]?["task_key"] == "task_999")
        #expect(try result.json["tasks"]?[0]?["task_key"] == "task_999")
        #expect(result.text.contains("- task_999 run 1000999: failed"))
        #expect(result.text.contains("\nNext: get_run_output with run_id 1000999 for the error of task_999.\n"))
    }

    @Test("Changes nothing that fits")
    func leavesSmallAlone() async throws {
        let body = #"{"runs":[{"run_id":1,"new_cluster":{"a":1},"unknown":[{"b":null}]}]}"#
        let result = try await ToolBench(ScriptedTransport(body)).call("list_runs")
        let run = try #require(try result.json["runs"]?[0])
        #expect(run["new_cluster"] == ["a": 1])
        #expect(run["unknown"] == [["b": .null]])
        #expect(try result.json["truncated"] == false)
        #expect(try result.json["left_out"] == nil)
    }
}
