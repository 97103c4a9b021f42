internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability
internal import Sandbox
internal import TestSupport
internal import Testing

/// Keeps the progress reports of a call.
private final class ProgressLog: Sendable {
    private let updates = NIOLockedValueBox<[ProgressUpdate]>([])

    var all: [ProgressUpdate] { updates.withLockedValue { $0 } }
    var reporter: ProgressReporter {
        ProgressReporter { [updates] update in updates.withLockedValue { $0.append(update) } }
    }
}

@Suite(.patient) struct GetRunWaitTests {
    private static let running = """
        {"run_id":5,"job_id":1,"status":{"state":"RUNNING"},"start_time":1770004800000,"tasks":[\
        {"task_key":"a","run_id":6,"status":{"state":"TERMINATED","termination_details":{"code":"SUCCESS"}}},\
        {"task_key":"b","run_id":7,"status":{"state":"RUNNING"}}]}
        """
    private static let ended = """
        {"run_id":5,"job_id":1,"status":{"state":"TERMINATED","termination_details":{"code":"SUCCESS","type":"SUCCESS"}}}
        """

    @Test("Looks at once, and does not wait for what is over (P-60)")
    func atOnce() async throws {
        let transport = ScriptedTransport(Self.ended)
        let bench = try ToolBench(transport)
        let result = try await bench.call("get_run", ["run_id": 5, "wait_seconds": 45])
        #expect(try result.json["waited_seconds"] == 0)
        #expect(transport.requests.count == 1)
        #expect(bench.slept.withLockedValue { $0 } == .zero)
    }

    @Test("Looks after 1, 2, 3 … 10 seconds, and once more at the end (D-75, P-74)")
    func backsOff() async throws {
        let transport = ScriptedTransport(Self.running)
        let bench = try ToolBench(transport)
        let result = try await bench.call("get_run", ["run_id": 5, "wait_seconds": 45])
        // 0, 1, 3, 6, 10, 15, 21, 28, 36 with a little added, and 45.
        #expect(transport.requests.count == 10)
        #expect(bench.slept.withLockedValue { $0 } == .seconds(45))
        // Time that is over is no error, and nothing is called finished (P-21, P-59).
        #expect(try result.json["finished"] == false)
        #expect(try result.json["waited_seconds"] == 45)
        #expect(result.text.contains("Waited 45s; the run goes on, which is no error."))
        #expect(result.text.hasSuffix("get_run with wait_seconds 45 waits for its end."))
    }

    @Test("Ends with the run, and reports how far it has come (P-74)")
    func reports() async throws {
        let transport = ScriptedTransport([
            .answer(200, Self.running), .answer(200, Self.running), .answer(200, Self.ended),
        ])
        let progress = ProgressLog()
        let result = try await ToolBench(transport).call(
            "get_run", ["run_id": 5, "wait_seconds": 45], progress: progress.reporter)
        #expect(try result.json["finished"] == true)
        #expect(try result.json["waited_seconds"] == 3)
        #expect(progress.all.map(\.progress) == [0, 1.125])
        #expect(progress.all.first?.total == 45)
        #expect(progress.all.first?.message == "run 5 is running; tasks: 1 running, 1 succeeded")
    }

    @Test("Survives looks that fail in a way that passes (P-28)")
    func survives() async throws {
        let transport = ScriptedTransport([
            .answer(200, Self.running), .answer(500, "boom"), .answer(502, ""), .answer(502, ""), .answer(502, ""),
            .answer(200, Self.ended),
        ])
        let result = try await ToolBench(transport).call("get_run", ["run_id": 5, "wait_seconds": 45])
        #expect(try result.json["finished"] == true)
    }

    @Test("Fails at once when the first look does, or a later one for good")
    func fails() async throws {
        let missing = #"{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Run 5 does not exist."}"#
        for answers: [Result<HTTPResponse, TransportError>] in [
            [.answer(404, missing)], [.answer(200, Self.running), .answer(404, missing)],
        ] {
            let bench = try ToolBench(ScriptedTransport(answers))
            let error = try await bench.failure(of: "get_run", ["run_id": 5, "wait_seconds": 45])
            #expect(error.kind == .notFound)
        }
    }

    @Test("Ends 5 seconds before the call must have an answer (D-119)")
    func deadline() async throws {
        let bench = try ToolBench(ScriptedTransport(Self.running))
        let result = try await bench.call(
            "get_run", ["run_id": 5, "wait_seconds": 45], timeout: .seconds(20))
        #expect(try result.json["waited_seconds"] == 15)
    }

    @Test("Stops looking when its caller leaves (P-74, C-01)")
    func cancellation() async throws {
        let gate = Gate()
        let transport = GatedTransport(gate: gate, body: Self.running)
        let bench = try ToolBench(transport)
        let call = Task { try await bench.call("get_run", ["run_id": 5, "wait_seconds": 45]) }
        await gate.waitUntilReached()
        call.cancel()
        gate.open()
        await #expect(throws: CancellationError.self) { try await call.value }
    }

    @Test(
        "Counts a call as waiting until its run has ended, its time is over or its caller left", .patient
    )
    func waitsInProgress() async throws {
        let registry = MetricsRegistry()
        let waiting: @Sendable () -> Bool = { registry.exposition().contains("run_waits_in_progress 1\n") }
        try await withMetricsFactory(registry) {
            let seen = NIOLockedValueBox<[Bool]>([])
            let transport = ScriptedTransport { _, _ in
                seen.withLockedValue { $0.append(waiting()) }
                return .answer(200, Self.running)
            }
            _ = try await ToolBench(transport).call("get_run", ["run_id": 5, "wait_seconds": 3])
            #expect(seen.withLockedValue { $0 } == [false, true, true])
            #expect(!waiting())
            _ = try await ToolBench(transport).call("get_run", ["run_id": 5])
            #expect(seen.withLockedValue { $0 }.last == false, "a call that does not wait")
        }
    }

    @Test("Waits for a run of the sandbox that another tool started (K-13)")
    func live() async throws {
        let configuration = SandboxConfiguration(runPace: .seconds(10))
        // Time passes only by waiting: whoever sleeps moves both clocks.
        let start = ContinuousClock.now
        let offset = NIOLockedValueBox(Duration.zero)
        let surroundings: @Sendable (Sandbox) -> Surroundings = { sandbox in
            sandbox.clock.freeze()
            return Surroundings(
                now: { start + offset.withLockedValue { $0 } }, epochMilliseconds: { sandbox.clock.milliseconds },
                sleep: { deadline in
                    try Task.checkCancellation()
                    let step = offset.withLockedValue { offset in
                        let before = offset
                        offset = max(offset, start.duration(to: deadline))
                        return offset - before
                    }
                    sandbox.clock.advance(milliseconds: Int64(step / .milliseconds(1)))
                })
        }
        try await withWorkspace(configuration, surroundings: surroundings) { workspace in
            let progress = ProgressLog()
            let started = try await workspace.call("run_now", ["job_name": "Hello lakehouse"]).json
            let run = try #require(started["run_id"])
            let short = try await workspace.call(
                "get_run", ["run_id": run, "wait_seconds": 3], progress: progress.reporter)
            #expect(try short.json["finished"] == false)
            #expect(try short.json["waited_seconds"] == 3)
            #expect(!progress.all.isEmpty)
            let long = try await workspace.call("get_run", ["run_id": run, "wait_seconds": 45])
            #expect(try long.json["outcome"] == "succeeded")
            #expect(try #require(try long.json["waited_seconds"]?.integer) < 12)
        }
    }
}
