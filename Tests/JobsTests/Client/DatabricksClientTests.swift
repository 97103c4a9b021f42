internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import NIOConcurrencyHelpers
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.patient) struct DatabricksClientTests {
    // MARK: What goes over the wire

    @Test("Introduces itself, the caller's token and the request's identity (D-03, D-122, K-20)")
    func headers() async throws {
        let transport = ScriptedTransport("{}")
        let context = RequestContext(correlationID: CorrelationID())
        _ = try await withRequestContext(context) {
            try await ToolBench(transport).call("list_jobs", clientName: "Visual Studio Code")
        }
        let request = try #require(transport.requests.first)
        #expect(request.method == .get)
        #expect(request.headers["Authorization"] == "Bearer token-1")
        #expect(request.headers["Accept"] == "application/json")
        #expect(request.headers["Content-Type"] == nil)
        #expect(request.headers["X-Request-ID"] == context.correlationID.description)
        #expect(
            request.headers["User-Agent"]
                == "databricks-jobs-mcp/1.0.0 swift/6.3 os/linux mcp-client/Visual-Studio-Code")
        #expect(request.timeout == .seconds(15))
        #expect(request.maximumResponseBytes == 16 << 20)
    }

    @Test(
        "Asks for exactly what was asked (D-02, D-30 to D-46, D-57)",
        arguments: [
            ("list_jobs", [:], "list?limit=20"),
            ("list_jobs", ["limit": 100, "name": "Nightly orders"], "list?limit=100&name=Nightly%20orders"),
            ("list_jobs", ["offset": 40], "list?limit=20&offset=40"),
            ("list_jobs", ["offset": 0, "page_token": "CAEQ="], "list?limit=20&page_token=CAEQ%3D"),
            ("list_jobs", ["page_token": "", "name": ""], "list?limit=20"),
            ("list_runs", [:], "runs/list?limit=20"),
            ("list_runs", ["job_id": "9007199254740993", "limit": 25], "runs/list?limit=25&job_id=9007199254740993"),
            ("list_runs", ["active_only": true], "runs/list?limit=20&active_only=true"),
            ("list_runs", ["completed_only": true, "active_only": false], "runs/list?limit=20&completed_only=true"),
            ("get_run", ["run_id": 7], "runs/get?run_id=7"),
            ("get_run", ["run_id": 7, "include_history": true], "runs/get?run_id=7&include_history=true"),
            ("get_run", ["run_id": 7, "page_token": "a+b"], "runs/get?run_id=7&page_token=a%2Bb"),
            ("get_run_output", ["run_id": 7], "runs/get-output?run_id=7"),
        ] as [(String, JSONValue, String)])
    func queries(_ tool: String, _ arguments: JSONValue, _ expected: String) async throws {
        let transport = ScriptedTransport("{}")
        _ = try await ToolBench(transport).call(tool, arguments)
        #expect(
            transport.requests.map(\.url)
                == ["https://adb-1234567890123456.7.azuredatabricks.net/api/2.2/jobs/\(expected)"])
    }

    @Test(
        "Refuses combinations before anything is sent (D-43, D-89, TC-07)",
        arguments: [
            ("list_runs", ["active_only": true, "completed_only": true], "active_only and completed_only"),
            ("list_runs", ["offset": 20, "page_token": "x"], "offset and page_token"),
            ("list_jobs", ["offset": 20, "page_token": "x"], "offset and page_token"),
            (
                "run_now", ["job_id": 1, "job_parameters": ["a": "b"], "python_params": ["x"]],
                "job_parameters excludes"
            ),
            ("run_now", ["job_id": 1, "job_parameters": ["a": 1], "notebook_params": ["x": true]], "job_parameters"),
            ("run_now", ["job_id": 1, "python_params": ["ü"]], "ASCII"),
            (
                "run_now", ["job_id": 1, "notebook_params": ["x": .string(String(repeating: "y", count: 10_000))]],
                "10008 bytes"
            ),
        ] as [(String, JSONValue, String)])
    func conflicts(_ tool: String, _ arguments: JSONValue, _ problem: String) async throws {
        let transport = ScriptedTransport("{}")
        let bench = try ToolBench(transport)
        let error = await #expect(throws: ArgumentConflict.self) { try await bench.call(tool, arguments) }
        #expect(error?.details.category == .invalidArgument)
        #expect(error?.callerMessage.hasPrefix("Invalid arguments for \(tool): ") == true)
        #expect(error?.callerMessage.contains(problem) == true)
        #expect(transport.requests.isEmpty)
    }

    // MARK: Repetitions

    @Test(
        "Repeats what can pass by itself, three tries in all (D-116)",
        arguments: [
            (429, "{}", 3), (502, "", 3), (503, "", 3), (504, "", 3),
            (500, #"{"message":"The service is temporarily unavailable."}"#, 3),
            (400, #"{"error_code":"COULD_NOT_ACQUIRE_LOCK","message":"x"}"#, 3),
            (500, #"{"error_code":"INTERNAL_ERROR","message":"x"}"#, 1), (400, "{}", 1), (403, "{}", 1),
            (404, "{}", 1), (409, "{}", 1), (501, "{}", 1), (302, "", 1),
        ])
    func retries(_ status: Int, _ body: String, _ tries: Int) async throws {
        let transport = ScriptedTransport(body, status: status)
        _ = try await ToolBench(transport).failure(of: "list_jobs")
        #expect(transport.requests.count == tries)
    }

    @Test("Waits as long as the service asks, and answers with what comes then")
    func waits() async throws {
        let transport = ScriptedTransport([
            .answer(429, headers: ["Retry-After": "3"], "{}"), .failure(.timeout, sent: true), .answer(200, "{}"),
        ])
        let bench = try ToolBench(transport)
        _ = try await bench.call("list_jobs")
        #expect(transport.requests.count == 3)
        #expect(bench.slept.withLockedValue { $0 } == .milliseconds(3250))
    }

    @Test("Never waits beyond the caller's deadline or 25 s, but says how long (D-119)")
    func budget() async throws {
        let transport = ScriptedTransport("{}", status: 429, headers: ["Retry-After": "40"])
        let error = try await ToolBench(transport).failure(of: "list_jobs")
        #expect(error.details.retryAfterSeconds == 40)
        #expect(transport.requests.count == 1)
    }

    @Test(
        "Gives a try no more time than the call has left, less what it needs to say that there was no answer",
        arguments: [(4, 3600), (10, 9000), (18, 16_200)] as [(Int, Int)])
    func attemptTime(_ seconds: Int, _ milliseconds: Int) async throws {
        let transport = ScriptedTransport("{}")
        let bench = try ToolBench(transport) { $0.retry.attemptTimeout = .seconds(60) }
        _ = try await bench.call("list_jobs", timeout: .seconds(seconds))
        #expect(transport.requests.first?.timeout == .milliseconds(milliseconds))
    }

    // MARK: Tokens

    @Test("Replaces a refused token once (E-66, D-101, D-107)", arguments: [401, 403])
    func refreshesToken(_ status: Int) async throws {
        let refusal = #"{"error_code":\#(status),"message":"Invalid access token. [ReqId: x]"}"#
        let transport = ScriptedTransport([.answer(status, refusal), .answer(200, "{}")])
        let bench = try ToolBench(transport)
        _ = try await bench.call("list_jobs")
        #expect(transport.requests.compactMap { $0.headers["Authorization"] } == ["Bearer token-1", "Bearer token-2"])
        #expect(bench.tokens.discarded == 1)
    }

    @Test("Replaces it once per tool call, and not for each page")
    func refreshesOncePerCall() async throws {
        let transport = ScriptedTransport([
            .answer(401, "{}"), .answer(200, #"{"run_id":7,"next_page_token":"p"}"#), .answer(401, "{}"),
        ])
        let bench = try ToolBench(transport)
        let result = try await bench.call("get_run", ["run_id": 7])
        #expect(result.text.contains("then the workspace does not accept the token of the signed-in user"))
        #expect(transport.requests.count == 3)
        #expect(bench.tokens.discarded == 1)
    }

    @Test("A missing permission costs no token (D-110)")
    func keepsToken() async throws {
        let transport = ScriptedTransport(#"{"error_code":"PERMISSION_DENIED","message":"No."}"#, status: 403)
        let bench = try ToolBench(transport)
        _ = try await bench.failure(of: "list_jobs")
        #expect(transport.requests.count == 1)
        #expect(bench.tokens.discarded == 0)
    }
}
