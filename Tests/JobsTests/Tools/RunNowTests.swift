internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import NIOConcurrencyHelpers
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.patient) struct RunNowTests {
    private static let started = #"{"run_id":5,"number_in_job":5}"#

    private func body(_ request: HTTPRequest) throws -> JSONValue { try JSONValue.parse(request.body ?? []) }

    @Test("Sends what the caller gave, numbers and booleans as text (D-87, D-90)")
    func sends() async throws {
        let transport = ScriptedTransport(Self.started)
        let bench = try ToolBench(transport)
        _ = try await bench.call(
            "run_now",
            ["job_id": "9007199254740993", "job_parameters": ["n": 1, "b": true], "idempotency_token": "t"])
        _ = try await bench.call("run_now", ["job_id": 2, "notebook_params": ["a": "b"], "python_params": ["--x"]])
        let first = try #require(transport.requests.first)
        #expect(first.method == .post)
        #expect(first.url.hasSuffix("/api/2.2/jobs/run-now"))
        #expect(first.headers["Content-Type"] == "application/json")
        #expect(
            try body(first)
                == [
                    "job_id": 9_007_199_254_740_993, "job_parameters": ["n": "1", "b": "true"],
                    "idempotency_token": "t",
                ])
        let second = try body(try #require(transport.requests.last))
        #expect(second["notebook_params"] == ["a": "b"])
        #expect(second["python_params"] == ["--x"])
        #expect(second["job_parameters"] == nil)
    }

    @Test("Makes up a token, returns it, and makes up another next time (D-92c)")
    func mints() async throws {
        let transport = ScriptedTransport(Self.started)
        let bench = try ToolBench(transport)
        let first = try await bench.call("run_now", ["job_id": 1])
        let second = try await bench.call("run_now", ["job_id": 1, "idempotency_token": ""])
        let token = try #require(try first.json["idempotency_token"]?.string)
        #expect(token.count == 36)
        #expect(first.text.contains(token))
        #expect(try first.json["token_minted"] == true)
        #expect(try body(transport.requests[0])["idempotency_token"] == .string(token))
        #expect(try second.json["idempotency_token"]?.string != token)
    }

    @Test("Repeats a lost call with the same token, so that there is one run (P-75, D-117)")
    func repeats() async throws {
        let transport = ScriptedTransport([
            .failure(.timeout, sent: true), .answer(502, ""), .answer(200, Self.started),
        ])
        let result = try await ToolBench(transport).call("run_now", ["job_id": 1])
        #expect(try result.json["run_id"] == 5)
        #expect(Set(transport.requests.map { $0.body ?? [] }).count == 1)
        #expect(transport.requests.count == 3)
    }

    @Test(
        "Says that the run may have started whenever it may (D-118, TC-09)",
        arguments: [
            ([.failure(.timeout, sent: true)], true), ([.failure(.cutOff, sent: true)], true),
            ([.answer(502, "")], true), ([.answer(500, "boom")], true), ([.answer(504, "")], true),
            ([.failure(.timeout, sent: true), .answer(403, "{}")], true), ([.answer(200, "<html>")], true),
            ([.answer(200, "{}")], true), ([.failure(.connect, sent: false)], false), ([.answer(503, "")], true),
            ([.answer(302, "")], true), ([.answer(408, "")], true), ([.answer(501, "{}")], true),
            ([.answer(503, ""), .failure(.connect, sent: false)], true),
            ([.answer(429, "{}")], false), ([.answer(403, "{}")], false), ([.answer(400, "{}")], false),
        ] as [([Result<HTTPResponse, TransportError>], Bool)])
    func doubt(_ answers: [Result<HTTPResponse, TransportError>], _ mayHaveStarted: Bool) async throws {
        let bench = try ToolBench(ScriptedTransport(answers))
        let error = try await bench.failure(of: "run_now", ["job_id": 1, "idempotency_token": "my-token"])
        #expect(error.mayHaveActed == mayHaveStarted)
        #expect(error.callerMessage.contains("may have started") == mayHaveStarted)
        #expect(error.callerMessage.contains("my-token") == mayHaveStarted)
        #expect(error.details.nextStep?.contains("may have started") == mayHaveStarted)
    }

    @Test("Says so as well when a later try fails for another reason (D-118)")
    func doubtOutlivesOtherFailures() async throws {
        let transport = ScriptedTransport([.failure(.timeout, sent: true), .answer(200, Self.started)])
        let bench = try ToolBench(transport, tokens: NumberedTokens(supply: 1))
        let error = try await bench.failure(of: "run_now", ["job_id": 1])
        #expect(error.kind == .timedOut)
        #expect(error.callerMessage.contains("may have started"))
        #expect(transport.requests.count == 1)
    }

    @Test("Goes on when its caller leaves after the request was written (C-03)", .patient)
    func survivesCancellation() async throws {
        let gate = Gate()
        let bench = try ToolBench(GatedTransport(gate: gate, body: Self.started))
        let call = Task { try await bench.call("run_now", ["job_id": 1]) }
        await gate.waitUntilReached()
        call.cancel()
        gate.open()
        let result = try await call.value
        #expect(try result.json["run_id"] == 5)
    }

    @Test("Does not start for a caller who has left already", .patient)
    func startsNothingForNobody() async throws {
        let transport = ScriptedTransport(Self.started)
        let bench = try ToolBench(transport)
        let call = Task {
            while !Task.isCancelled { await Task.yield() }
            _ = try await bench.call("run_now", ["job_id": 1])
        }
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
        #expect(transport.requests.isEmpty)
    }
}
