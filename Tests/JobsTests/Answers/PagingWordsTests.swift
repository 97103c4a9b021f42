internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import Testing

/// What is said about pages, histories and counts when the service tells less than everything.
@Suite struct PagingWordsTests {
    @Test("A job with more tasks than were sent has at least so many (D-20)")
    func atLeast() async throws {
        let tasks = JSONValue.array((1...100).map { ["task_key": .string("t\($0)")] })
        let body: JSONValue = ["jobs": [["job_id": 1, "has_more": true, "settings": ["name": "n", "tasks": tasks]]]]
        let result = try await ToolBench(ScriptedTransport(body.description)).call("list_jobs", ["expand_tasks": true])
        #expect(result.text.contains("at least 100 tasks"))
    }

    @Test("The tasks of a run that goes on are at least so many, in both tools")
    func atLeastInRuns() async throws {
        let body: JSONValue = ["run_id": 1, "has_more": true, "tasks": [["task_key": "a", "run_id": 2]]]
        let result = try await ToolBench(ScriptedTransport(body.description)).call("get_run", ["run_id": 1])
        #expect(result.text.contains("Tasks (at least 1)"))
        #expect(result.text.contains("says that there is more but gave no token"))
        #expect(try result.json["has_more"] == true)
    }

    @Test(
        "A page that goes on without a token is not called the last one",
        arguments: [
            ("list_jobs", ["jobs": [["job_id": 1]], "has_more": true], [:]),
            ("list_jobs", ["has_more": true], [:]),
            ("list_runs", ["runs": [["run_id": 1]], "has_more": true, "next_page_token": ""], [:]),
            ("list_runs", ["runs": [["run_id": 1]], "has_more": true], ["outcome": "failed"]),
        ] as [(String, JSONValue, JSONValue)])
    func lostToken(_ tool: String, _ body: JSONValue, _ arguments: JSONValue) async throws {
        let result = try await ToolBench(ScriptedTransport(body.description)).call(tool, arguments)
        #expect(result.text.contains("the service says that there is more but gave no token"))
        #expect(!result.text.contains("last page") && !result.text.contains("nothing is left"))
        let json = try result.json
        #expect(json["has_more"] == true)
        #expect(json["truncated"] == true)
        #expect(json["left_out"]?.description.contains("gave no token") == true)
    }

    @Test("Names all failed tasks of a hundred, or says how many it does not")
    func hundredFailures() async throws {
        let tasks = (1...100).map { number -> JSONValue in
            [
                "task_key": .string("load_\(number)"), "run_id": .integer(1_000_000 + number),
                "state": ["life_cycle_state": "TERMINATED", "result_state": "FAILED"],
            ]
        }
        let body: JSONValue = ["run_id": 1, "tasks": .array(tasks)]
        let bench = try ToolBench(ScriptedTransport(body.description))
        let all = try await bench.call("get_run", ["run_id": 1]).json
        #expect(all["failed_tasks"]?.elements.count == 100)
        let few = try await bench.call("get_run", ["run_id": 1, "detail": "summary"]).json
        let shown = few["failed_tasks"]?.elements.count ?? 0
        #expect(shown >= 5)
        if shown < 100 {
            #expect(few["left_out"]?.description.contains("\(100 - shown) of 100 failed tasks were left out") == true)
        }
    }

    @Test("Shows the newest of a long history, and how many are older")
    func history() async throws {
        let entries = (0..<7).map { number -> JSONValue in
            [
                "type": number == 0 ? "ORIGINAL" : "REPAIR", "id": .integer(900 + number),
                "start_time": .integer(1_769_991_300_000 + number * 3_600_000),
                "end_time": .integer(1_769_991_900_000 + number * 3_600_000),
                "state": ["life_cycle_state": "TERMINATED", "result_state": number == 6 ? "SUCCESS" : "FAILED"],
            ]
        }
        let body: JSONValue = ["run_id": 1, "repair_history": .array(entries)]
        let bench = try ToolBench(ScriptedTransport(body.description))
        let text = try await bench.call("get_run", ["run_id": 1, "include_history": true]).text
        #expect(text.contains("Repair 906: succeeded"))
        #expect(text.contains("Repair 902: failed"))
        #expect(!text.contains("Repair 901") && !text.contains("Original"))
        #expect(text.contains("2 more"))
    }

    @Test(
        "Repeats a page token as it is or not at all",
        arguments: [
            "eyJhbGciOiJIUzI1NiJ9.eyJvZmZzZXQiOjIwLCJsaW1pdCI6MjB9.c2lnbmF0dXJlLWJ5dGVz",
            String(repeating: "a1_-", count: 255) + "==", "CAEQ97q7kfwxIL7F6NfD-wQ=", "password=hunter2hunter2",
        ])
    func verbatimToken(_ token: String) async throws {
        let bodies: [(String, JSONValue, JSONValue)] = [
            ("list_jobs", ["jobs": [["job_id": 1]], "next_page_token": .string(token)], [:]),
            ("list_runs", ["runs": [["run_id": 1]], "next_page_token": .string(token)], [:]),
        ]
        for (tool, body, arguments) in bodies {
            let result = try await ToolBench(ScriptedTransport(body.description)).call(tool, arguments)
            #expect(result.text.contains("page_token \"\(token)\""))
            #expect(try result.json["next_page_token"]?.string == token)
        }
    }

    @Test("A token that is too long for the text stands in the structured content, and is accepted again")
    func longToken() async throws {
        let token = String(repeating: "eyJ", count: 1_300)
        let body: JSONValue = ["jobs": [["job_id": 1]], "next_page_token": .string(token)]
        let bench = try ToolBench(ScriptedTransport(body.description))
        let result = try await bench.call("list_jobs", ["page_token": .string(token)])
        #expect(!result.text.contains("eyJeyJ"))
        #expect(result.text.contains("next_page_token of the structured content"))
        #expect(try result.json["next_page_token"]?.string == token)
    }

    @Test("The first page of a run is worth having when the second cannot be read, and its token leads there")
    func unreadPage() async throws {
        let first = #"{"run_id":1,"tasks":[{"task_key":"a","run_id":2}],"next_page_token":"p2"}"#
        let refusal = #"{"error_code":"TEMPORARILY_UNAVAILABLE","message":"Busy."}"#
        for status in [503, 403, 500] {
            let transport = ScriptedTransport([.answer(200, first), .answer(status, refusal)])
            let result = try await ToolBench(transport).call("get_run", ["run_id": 1])
            let json = try result.json
            #expect(json["tasks"]?.elements.count == 1)
            #expect(json["next_page_token"] == "p2")
            #expect(json["has_more"] == true)
            #expect(json["truncated"] == true)
            #expect(result.text.contains("Tasks (at least 1)"))
            #expect(result.text.contains("pass page_token \"p2\""))
        }
    }

    @Test("What a search found before a page that cannot be read is worth having, too")
    func unreadSearchPage() async throws {
        let first = #"{"jobs":[{"job_id":1,"settings":{"name":"orders"}}],"next_page_token":"p2"}"#
        let transport = ScriptedTransport([.answer(200, first), .answer(503, "{}")])
        let result = try await ToolBench(transport).call("list_jobs", ["name_contains": "orders"])
        #expect(try result.json["jobs"]?.elements.count == 1)
        #expect(try result.json["next_page_token"] == "p2")
        #expect(result.text.contains("the next page could not be read: the service is temporarily unavailable"))
        let none = ScriptedTransport([.answer(403, #"{"error_code":"PERMISSION_DENIED","message":"No."}"#)])
        let error = try await ToolBench(none).failure(of: "list_jobs", ["name_contains": "orders"])
        #expect(error.kind == .forbidden)
    }
}
