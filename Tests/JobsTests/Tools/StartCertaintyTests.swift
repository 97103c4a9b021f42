internal import HTTPTransport
internal import JSON
internal import Jobs
internal import NIOConcurrencyHelpers
internal import Observability
internal import TestSupport
internal import Testing

/// What `run_now` says beside what a service really did, for every way in which an answer can come or not (D-117, D-118).
@Suite(.patient) struct StartCertaintyTests {
    /// One answer of the service, or of somebody on the way, and whether the run was started.
    struct Step: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let answer: Result<HTTPResponse, TransportError>
        /// Whether the order was carried out, unless it had been before.
        let acts: Bool
        /// Whether the service got anything.
        var isSent = true
    }

    /// A service that remembers tokens, behind a script of answers; the last one stays.
    private final class Service: HTTPSending {
        private let steps: [Step]
        private let state = NIOLockedValueBox((calls: 0, sent: 0, runs: [String](), bodies: Set<[UInt8]>()))

        init(_ steps: [Step]) { self.steps = steps }

        var runs: [String] { state.withLockedValue { $0.runs } }
        var wasReached: Bool { state.withLockedValue { $0.sent > 0 } }
        var bodies: Int { state.withLockedValue { $0.bodies.count } }
        var calls: Int { state.withLockedValue { $0.calls } }

        func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
            let body = request.body ?? []
            let token = (try? JSONValue.parse(body))?["idempotency_token"]?.string ?? "none"
            let step = state.withLockedValue { state in
                let step = steps[min(state.calls, steps.count - 1)]
                state.calls += 1
                state.bodies.insert(body)
                if step.isSent { state.sent += 1 }
                if step.acts, !state.runs.contains(token) { state.runs.append(token) }
                return step
            }
            return try step.answer.get()
        }
    }

    /// Statuses with which the API itself refuses before it does anything.
    private static let refusals: Set<Int> = [400, 401, 403, 404, 409, 413, 422, 429]
    private static let started = Step(
        testDescription: "started", answer: .answer(200, #"{"run_id":5}"#), acts: true)

    private static let bodies = ["", "<html><title>x</title></html>", #"{"error_code":"X","message":"y"}"#]

    private static func answers(_ status: Int, _ bodies: [String]) -> [Step] {
        bodies.flatMap { body in
            (refusals.contains(status) ? [false] : [false, true]).map { acts in
                Step(testDescription: "\(status) \(body) \(acts)", answer: .answer(status, body), acts: acts)
            }
        }
    }

    /// Every status where the service has acted and where not.
    private static let statuses = (300...599).flatMap { answers($0, bodies) }
    /// The usual ones.
    private static let usual = [302, 400, 401, 403, 404, 408, 409, 429, 499, 500, 501, 502, 503, 504]
        .flatMap { answers($0, bodies) }

    /// Successes that hold none, and refusals of the API in the clothes of others.
    private static let oddities = [
        (200, "{}", true), (200, "{}", false), (200, "<html>", true), (204, "", false), (200, #"{"run_id":"#, true),
        (200, #"{"error_code":"TEMPORARILY_UNAVAILABLE"}"#, true), (200, #"{"error_code":"INTERNAL_ERROR"}"#, true),
        (200, #"{"error_code":"PERMISSION_DENIED"}"#, false), (403, #"{"error_code":"DEADLINE_EXCEEDED"}"#, true),
        (429, #"{"error_code":"CANCELLED"}"#, true), (503, #"{"error_code":"REQUEST_LIMIT_EXCEEDED"}"#, true),
        (500, #"{"error_code":"PERMISSION_DENIED"}"#, true), (400, #"{"error_code":"COULD_NOT_ACQUIRE_LOCK"}"#, false),
        (502, #"{"error_code":"INVALID_PARAMETER_VALUE"}"#, true),
    ].map { Step(testDescription: "\($0.0) \($0.1)", answer: .answer($0.0, $0.1), acts: $0.2) }

    /// Every cut, before and after something was sent.
    private static let cuts = TransportError.Kind.allCases.flatMap { kind in
        [(false, false), (true, false), (true, true)].map { sent, acts in
            Step(
                testDescription: "\(kind.rawValue) \(sent) \(acts)", answer: .failure(kind, sent: sent), acts: acts,
                isSent: sent)
        }
    }

    private static let all = statuses + oddities + cuts

    /// Carries one order through, and compares what is said with what is known and what is so.
    private func judge(_ steps: [Step], tokens: NumberedTokens = NumberedTokens()) async throws {
        let service = Service(steps)
        let bench = try ToolBench(service, tokens: tokens)
        let story = Comment(rawValue: steps.map(\.testDescription).joined(separator: ", then "))
        do {
            let result = try await bench.call("run_now", ["job_id": 1, "idempotency_token": "my-token"])
            #expect(try result.json["run_id"] == 5, story)
            #expect(service.runs == ["my-token"], story)
        } catch let error as DatabricksError {
            let saysDoubt = error.callerMessage.contains("may have started")
            #expect(saysDoubt == error.mayHaveActed, story)
            #expect(error.callerMessage.contains("my-token") == saysDoubt, story)
            #expect(error.details.nextStep?.contains("my-token") == saysDoubt, story)
            if !service.runs.isEmpty { #expect(saysDoubt, story) }
            if saysDoubt {
                #expect(service.wasReached, story)
                #expect(!error.callerMessage.contains("was not sent"), story)
                #expect(!error.callerMessage.contains("could not be asked"), story)
            }
            let isCertain = steps.prefix(service.calls).allSatisfy { step in
                guard step.isSent, case .success(let response) = step.answer else { return !step.isSent }
                return Self.refusals.contains(response.status) && !step.acts
            }
            if isCertain { #expect(!saysDoubt, story) }
        } catch is CancellationError {
            #expect(service.runs.isEmpty, story)
        } catch is NumberedTokens.Exhausted {
            #expect(service.runs.isEmpty, story)
        }
        #expect(service.runs.count <= 1 && service.bodies == 1, story)
    }

    @Test("Whatever comes of the only answer")
    func single() async throws {
        for step in Self.all { try await judge([step]) }
    }

    @Test("Whatever comes after it, and when there is no token for another try")
    func twice() async throws {
        let refused = Step(testDescription: "refused", answer: .answer(403, "{}"), acts: false)
        let unsent = Step(
            testDescription: "not sent", answer: .failure(.connect, sent: false), acts: false, isSent: false)
        for first in Self.oddities + Self.cuts + Self.usual {
            for second in [Self.started, refused, unsent] { try await judge([first, second]) }
            try await judge([first, Self.started], tokens: NumberedTokens(supply: 1))
        }
    }

    @Test("Whatever comes in a row", arguments: 1...20 as ClosedRange<UInt64>)
    func row(_ seed: UInt64) async throws {
        var chance = SeededRandom(seed: seed)
        for _ in 0..<100 {
            let steps = (0..<3).compactMap { _ in Self.all.randomElement(using: &chance) }
            try await judge(steps)
        }
    }

    @Test("A gateway that answers 503 after the service has acted: one run, and the answer says that there may be one")
    func gateway() async throws {
        let step = Step(testDescription: "503", answer: .answer(503, "upstream connect error"), acts: true)
        let service = Service([step])
        let error = try await ToolBench(service).failure(of: "run_now", ["job_id": 1])
        #expect(service.calls == 3 && service.runs.count == 1)
        #expect(error.mayHaveActed && error.kind == .unavailable)
        #expect(error.callerMessage.contains(#"idempotency_token "\#(service.runs[0])""#))
    }

    @Test("A pause that forbids another try does not take the doubt away", arguments: [429, 503])
    func pause(_ status: Int) async throws {
        let transport = ScriptedTransport([
            .failure(.timeout, sent: true), .answer(status, headers: ["Retry-After": "40"], "{}"),
        ])
        let bench = try ToolBench(transport)
        let first = try await asUser("a") { try await bench.failure(of: "run_now", ["job_id": 1]) }
        #expect(first.mayHaveActed && first.details.retryAfterSeconds == 40)
        guard status == 429 else { return }
        let second = try await asUser("a") { try await bench.failure(of: "run_now", ["job_id": 1]) }
        #expect(second.kind == .coolingDown && !second.mayHaveActed, "that one was not sent at all")
    }
}
