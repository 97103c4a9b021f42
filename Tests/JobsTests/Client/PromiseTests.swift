internal import JSON
internal import Jobs
internal import Testing

/// A success that holds something else than its endpoint promises is no answer: never "there is nothing" (D-109).
@Suite struct PromiseTests {
    static let rows: [(tool: String, arguments: JSONValue, body: String, isAnswer: Bool)] = [
        ("list_jobs", [:], #"{"jobs":"all"}"#, false), ("list_jobs", [:], #"{"jobs":{}}"#, false),
        ("list_jobs", [:], #"{"jobs":0,"has_more":false}"#, false), ("list_jobs", [:], "{}", true),
        ("list_jobs", [:], #"{"jobs":null}"#, true), ("list_jobs", [:], #"{"jobs":[]}"#, true),
        ("list_jobs", ["name_contains": "x"], #"{"jobs":"all"}"#, false),
        ("list_runs", [:], #"{"runs":"all"}"#, false), ("list_runs", [:], "{}", true),
        ("list_runs", ["outcome": "failed"], #"{"runs":7}"#, false),
        ("get_run", ["run_id": 1], #"{"run_id":null}"#, false), ("get_run", ["run_id": 1], #"{"run_id":{}}"#, false),
        ("get_run", ["run_id": 1], #"{"run_id":"9007199254740993"}"#, true),
        ("get_run_output", ["run_id": 1], #"{"metadata":"x"}"#, false),
        ("get_run_output", ["run_id": 1], #"{"metadata":{"run_id":1}}"#, true),
    ]

    @Test("Takes for an answer", arguments: rows.indices)
    func answer(_ index: Int) async throws {
        let row = Self.rows[index]
        let bench = try ToolBench(ScriptedTransport(row.body))
        guard row.isAnswer else {
            let error = try await bench.failure(of: row.tool, row.arguments)
            #expect(error.kind == .notAnAnswer, "\(row.tool) \(row.body)")
            return
        }
        _ = try await bench.call(row.tool, row.arguments)
    }
}
