internal import HTTPTransport
internal import Jobs
internal import MCP
internal import NIOConcurrencyHelpers
internal import TestSupport
internal import Testing

/// Counts requests in flight and holds each until as many are there as the test expects.
private final class Turnstile: HTTPSending {
    private struct State {
        var inFlight = 0
        var most = 0
        var total = 0
    }

    private let expected: Int
    private let state = NIOLockedValueBox(State())

    init(expecting expected: Int) { self.expected = expected }

    var most: Int { state.withLockedValue { $0.most } }
    var total: Int { state.withLockedValue { $0.total } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        state.withLockedValue { state in
            state.inFlight += 1
            state.total += 1
            state.most = max(state.most, state.inFlight)
        }
        while state.withLockedValue({ $0.most < expected }) { await Task.yield() }
        state.withLockedValue { $0.inFlight -= 1 }
        return HTTPResponse(status: 200, body: Array("{}".utf8))
    }
}

@Suite(.patient) struct ConcurrencyTests {
    @Test("Calls run side by side, at most four of one user (D-120)")
    func perUser() async throws {
        let transport = Turnstile(expecting: 4)
        let bench = try ToolBench(transport)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 { group.addTask { _ = try await bench.call("list_jobs") } }
            try await group.waitForAll()
        }
        #expect(transport.most == 4)
        #expect(transport.total == 40)
    }

    @Test("A caller who leaves the queue disturbs nobody")
    func cancellation() async throws {
        let gate = Gate()
        let bench = try ToolBench(GatedTransport(gate: gate, body: "{}")) { $0.calls.perUser = 1 }
        async let first = bench.call("list_jobs")
        await gate.waitUntilReached()
        let second = Task { try await bench.call("list_jobs") }
        let third = Task { try await bench.call("list_jobs") }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        gate.open()
        #expect(try await first.text == "No jobs found.")
        #expect(try await third.value.text == "No jobs found.")
    }
}
