internal import HTTPTransport
internal import JSON
internal import Jobs
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability
internal import Sandbox
internal import TestSupport
internal import Testing

/// Who waits when Databricks asks for a pause, and who does not (D-120, P-83).
@Suite(.patient) struct PausesTests {
    @Test("Whoever was told to slow down is not sent again before that; others are, and on other endpoints")
    func single() async throws {
        let transport = ScriptedTransport { _, number in
            number == 0 ? .answer(429, headers: ["Retry-After": "40"], "{}") : .answer(200, "{}")
        }
        let bench = try ToolBench(transport)
        let first = try await asUser("a") { try await bench.failure(of: "list_jobs") }
        #expect(first.kind == .throttled)
        let second = try await asUser("a") { try await bench.failure(of: "list_jobs") }
        #expect(second.kind == .coolingDown)
        #expect(second.details.category == .rateLimited)
        #expect(second.details.retryAfterSeconds == 40)
        #expect(transport.requests.count == 1)

        _ = try await asUser("b") { try await bench.call("list_jobs") }
        _ = try await asUser("a") { try await bench.call("list_runs") }
        #expect(transport.requests.count == 3)
        #expect(bench.slept.withLockedValue { $0 } == .zero, "and nobody has waited")
        #expect(bench.client.load == DatabricksClient.Load(userPauses: 1))
    }

    @Test("A pause that the call can last is sat out, and seen as a wait")
    func satOut() async throws {
        let registry = MetricsRegistry()
        try await withMetricsFactory(registry) {
            let transport = ScriptedTransport { _, number in
                number == 0 ? .answer(429, headers: ["Retry-After": "30"], "{}") : .answer(200, "{}")
            }
            let bench = try ToolBench(transport) { $0.retry.budget = .seconds(20) }
            _ = try await asUser("a") { try await bench.failure(of: "list_jobs") }
            _ = try await asUser("a") { try await bench.failure(of: "list_jobs") }
            bench.slept.withLockedValue { $0 = .seconds(25) }
            try await asUser("a") {
                _ = try await bench.call("list_jobs")
                #expect(RequestContext.current?.queue == .seconds(5))
            }
            #expect(bench.client.load == DatabricksClient.Load())
        }
        let text = registry.exposition()
        #expect(text.contains(#"databricks_calls_refused_total{reason="user_pause"} 1"#))
        #expect(text.contains(#"databricks_calls_refused_total{reason="shared_pause"} 0"#))
        #expect(text.contains("databricks_call_wait_seconds_count 2"))
    }

    @Test("Several users told so within seconds make everybody pause, until one call is answered")
    func shared() async throws {
        let transport = ScriptedTransport { _, number in number < 3 ? .answer(429, "{}") : .answer(200, "{}") }
        let bench = try ToolBench(transport) { $0.retry.attempts = 1 }
        for user in ["a", "b", "c"] { _ = try await asUser(user) { try await bench.failure(of: "list_jobs") } }
        #expect(bench.client.load == DatabricksClient.Load(sharedPauses: 1))
        _ = try await asUser("d") { try await bench.call("list_runs") }
        #expect(bench.slept.withLockedValue { $0 } == .zero, "another endpoint has limits of its own")
        _ = try await asUser("d") { try await bench.call("list_jobs") }
        #expect(bench.slept.withLockedValue { $0 } == .milliseconds(1_125), "a second, and not all at once")
        #expect(bench.client.load == DatabricksClient.Load())
    }

    @Test("A call that could not last the pause of all is refused at once, with the time to wait")
    func tooLong() async throws {
        let throttled: Result<HTTPResponse, TransportError> = .answer(429, headers: ["Retry-After": "50"], "{}")
        let transport = ScriptedTransport([throttled])
        let bench = try ToolBench(transport)
        for user in ["a", "b", "c"] { _ = try await asUser(user) { try await bench.failure(of: "list_jobs") } }
        let error = try await asUser("d") { try await bench.failure(of: "list_jobs") }
        #expect(error.kind == .coolingDown)
        #expect(error.details.retryAfterSeconds == 50)
        #expect(transport.requests.count == 3)
    }

    @Test("A limit on runs makes nobody pause (D-92b)")
    func runLimit() async throws {
        let body = #"{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"The request exceeds the limit of active runs."}"#
        let bench = try ToolBench(ScriptedTransport(body, status: 429, headers: ["Retry-After": "120"]))
        for user in ["a", "b", "c"] {
            let error = try await asUser(user) { try await bench.failure(of: "run_now", ["job_id": 4]) }
            #expect(error.kind == .runLimit)
        }
        #expect(bench.client.load == DatabricksClient.Load())
    }

    @Test("One throttled user of a workspace stops no other one")
    func live() async throws {
        try await withWorkspace {
            $0.retry.budget = .seconds(20)
        } _: { alice in
            let bob = LiveWorkspace(
                sandbox: alice.sandbox, client: alice.client, tokens: SandboxTokens(alice.sandbox, user: "bob"))
            alice.sandbox.addFault(
                Fault(
                    route: "jobs/list", user: "bob", status: 429, body: #"{"error_code":"REQUEST_LIMIT_EXCEEDED"}"#,
                    headers: [("Retry-After", "3600")]))
            for kind in [FailureKind.throttled, .coolingDown, .coolingDown] {
                let error = try await asUser("bob") { try await bob.failure(of: "list_jobs") }
                #expect(error.kind == kind)
                _ = try await asUser("alice") { try await alice.call("list_jobs") }
            }
            #expect(alice.sandbox.requests.count { $0.user == "bob" } == 1)
            #expect(alice.sandbox.requests.count { $0.user == "alice" } == 3)
        }
    }
}
