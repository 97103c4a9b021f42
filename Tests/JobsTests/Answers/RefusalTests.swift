internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import NIOConcurrencyHelpers
internal import Observability
internal import Testing

/// What a refusal means, and that the advice with it can be followed.
@Suite struct RefusalTests {
    private static let activeRuns =
        #"{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"There are already 5 active runs (limit: 5)"}"#

    @Test("A limit on runs is no limit on requests: not repeated, and nobody else has to wait (D-92b)")
    func activeRuns() async throws {
        let transport = ScriptedTransport { request, _ in
            request.url.contains("run-now")
                ? .answer(429, headers: ["Retry-After": "120"], Self.activeRuns) : .answer(200, "{}")
        }
        let bench = try ToolBench(transport)
        let error = try await bench.failure(of: "run_now", ["job_id": 4])
        #expect(error.kind == .runLimit)
        #expect(error.details.category == .rateLimited)
        #expect(!error.mayHaveActed)
        #expect(error.callerMessage.contains("the workspace runs as many as it may"))
        #expect(error.callerMessage.contains("turn on queueing"))
        #expect(transport.requests.count == 1)
        _ = try await bench.call("list_jobs")
        #expect(bench.slept.withLockedValue { $0 } == .zero)
        let queueing = try await bench.failure(of: "run_now", ["job_id": 4, "queue": true])
        #expect(!queueing.callerMessage.contains("turn on queueing"))
    }

    @Test("A refusal of run_now behind a success starts no doubt about a run")
    func refusedStart() async throws {
        let body = #"{"error_code":"PERMISSION_DENIED","message":"No."}"#
        let error = try await ToolBench(ScriptedTransport(body)).failure(of: "run_now", ["job_id": 4])
        #expect(error.kind == .forbidden)
        #expect(!error.mayHaveActed)
        #expect(!error.callerMessage.contains("may have started"))
    }

    @Test("Asks for answers as they are, since nothing here unpacks them")
    func encoding() async throws {
        let transport = ScriptedTransport("{}")
        _ = try await ToolBench(transport).call("list_jobs")
        #expect(transport.requests[0].headers["Accept-Encoding"] == "identity")
    }

    @Test("A large offset is refused here, with the way on", arguments: ["list_jobs", "list_runs"])
    func offset(_ tool: String) async throws {
        let transport = ScriptedTransport("{}")
        let bench = try ToolBench(transport)
        for offset in [1001, 5000, 20_000] as [Int64] {
            let error = await #expect(throws: ArgumentConflict.self) {
                try await bench.call(tool, ["offset": .integer(offset)])
            }
            #expect(error?.callerMessage.contains("Use page_token") == true)
        }
        #expect(transport.requests.isEmpty)
        _ = try await bench.call(tool, ["offset": 1000])
        #expect(transport.requests.count == 1)
    }

    @Test(
        "Finds a part of a name in any case, in every script",
        arguments: [
            ("İSTANBUL satış", "istanbul", true), ("İSTANBUL satış", "İstanbul", true), ("Istanbul", "İSTANBUL", true),
            ("निर्यात", "न", true), ("निर्यात", "निर्यात", true), ("STRASSE", "straße", true), ("Straße", "STRASSE", true),
            ("ΟΔΟΣ", "οδος", true), ("Cafe\u{301}", "café", true), ("👩\u{200D}👧 family", "👧", true),
            ("Nightly orders", "ORDERS", true), ("Nightly orders", "days", false), ("orders", "orders of", false),
        ])
    func names(_ name: String, _ part: String, _ isFound: Bool) async throws {
        let body: JSONValue = ["jobs": [["job_id": 1, "settings": ["name": .string(name)]]]]
        let result = try await ToolBench(ScriptedTransport(body.description))
            .call("list_jobs", ["name_contains": .string(part)])
        #expect(try result.json["jobs"]?.elements.count == (isFound ? 1 : 0))
    }

    // MARK: Advice

    private static let calls: [(tool: String, arguments: JSONValue)] = [
        ("list_jobs", [:]), ("list_runs", [:]), ("list_runs", ["job_id": 4]), ("get_run", ["run_id": 77]),
        ("get_run_output", ["run_id": 77]), ("run_now", ["job_id": 4, "idempotency_token": "t"]),
    ]

    /// One answer, or failure to answer, for every kind that a call can meet.
    private static var answers: [(kind: FailureKind, answer: Result<HTTPResponse, TransportError>)] {
        var answers: [FailureKind: Result<HTTPResponse, TransportError>] = [:]
        for row in ErrorCase.all where answers[row.kind] == nil {
            answers[row.kind] = .answer(row.status, headers: row.headers, row.body)
        }
        let failures: [(FailureKind, TransportError.Kind)] = [
            (.unreachable, .connect), (.tls, .tls), (.timedOut, .timeout), (.tooLarge, .responseTooLarge),
            (.notSent, .invalidRequest),
        ]
        for (kind, cause) in failures { answers[kind] = .failure(cause, sent: false) }
        return FailureKind.allCases.compactMap { kind in answers[kind].map { (kind, $0) } }
    }

    @Test("Each tool gives each refusal an advice that can be followed; the table is committed")
    func advice() async throws {
        var table: [String] = []
        for (tool, arguments) in Self.calls {
            for (kind, answer) in Self.answers {
                let bench = try ToolBench(ScriptedTransport([answer]))
                let error = try await bench.failure(of: tool, arguments)
                let step = error.details.nextStep ?? ""
                #expect(error.kind == kind)
                table.append(
                    "\(tool)\(arguments.names.isEmpty ? "" : "(\(arguments.names[0]))") \(kind.rawValue): \(step)")
                if !tool.hasPrefix("list") { #expect(!step.contains("limit")) }
                if tool != "list_jobs" { #expect(!step.contains("expand_tasks")) }
                if tool.hasPrefix("list") { #expect(!step.contains("run_id")) }
                if arguments.names.isEmpty { #expect(!step.contains("job owner") && !step.contains("job_id")) }
                if tool == "get_run_output" {
                    #expect(!step.contains("page_token") && !step.contains("Correct the arguments"))
                }
            }
        }
        try expectSnapshot(table.joined(separator: "\n"), "refusals.txt")
    }

    @Test("Nobody is told to ask for more of what is all there is")
    func fullShowsNoMore() async throws {
        let tasks = (1...5).map { AttemptTests.task("load_\($0)", 10 + $0, "FAILED") }
        let run: JSONValue = [
            "run_id": 1, "job_id": 4, "state": ["life_cycle_state": "TERMINATED", "result_state": "FAILED"],
            "tasks": .array(tasks),
        ]
        var outputs: [Int64: JSONValue] = [:]
        for number in 1...5 as ClosedRange<Int64> {
            outputs[10 + number] = [
                "error": .string("Error \(number)"),
                "metadata": AttemptTests.task("load_\(number)", 10 + number, "FAILED"),
            ]
        }
        let bench = try ToolBench(FailureOrderTests.service([1: run], outputs))
        for detail in ["standard", "full"] as [JSONValue] {
            let result = try await bench.call("get_run_output", ["run_id": 1, "detail": detail])
            #expect(try result.json["left_out"]?.elements.first == "2 of 5 outputs of failed tasks were left out")
            #expect(!result.text.contains("detail \"full\""))
            #expect(result.text.contains("get_run_output with the run_id of"))
        }
    }

    @Test("Where the standard is the largest result already, full is no advice")
    func largestStandard() async throws {
        let service = PagedService(list: "jobs", items: (1...100).map { SampleItem.bundleJob($0) })
        let bench = try ToolBench(service.transport) { $0.results.standard = ResultLimits.maximum }
        let text = try await bench.call("list_jobs", ["limit": 100]).text
        #expect(text.contains("Left out") && !text.contains("detail \"full\""))
    }

    @Test("A list of one item is not told to ask for fewer")
    func singleItem() async throws {
        let long = JSONValue.string(String(repeating: "x", count: 200_000))
        let body: JSONValue = ["jobs": [["job_id": 1, "settings": ["name": "n", "description": long]]]]
        let text = try await ToolBench(ScriptedTransport(body.description)).call("list_jobs", ["limit": 1]).text
        #expect(text.contains("Left out") && !text.contains("a smaller limit"))
    }
}
