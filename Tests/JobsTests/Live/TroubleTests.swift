internal import HTTPTransport
internal import JSON
internal import Jobs
internal import MCP
internal import Observability
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct TroubleTests {
    @Test(
        "Refuses with the right category (D-96 to D-103)",
        arguments: [
            ("alice", "get_run", ["run_id": 999_000_999_000_999], ErrorDetails.Category.notFound),
            ("alice", "get_run_output", ["run_id": 999_000_999_000_999], .notFound),
            ("alice", "list_runs", ["job_id": 133_700_420_915_586], .permission),
            ("alice", "run_now", ["job_id": 133_700_420_915_586], .permission),
            ("alice", "run_now", ["job_id": 1], .notFound), ("nora", "list_jobs", [:], .permission),
            ("alice", "list_jobs", ["page_token": "bm8tc3VjaC10b2tlbg"], .invalidArgument),
        ] as [(String, String, JSONValue, ErrorDetails.Category)])
    func refusals(_ user: String, _ tool: String, _ arguments: JSONValue, _ category: ErrorDetails.Category)
        async throws
    {
        try await withWorkspace(as: user) { workspace in
            let error = try await workspace.failure(of: tool, arguments)
            #expect(error.details.category == category)
            #expect(!error.callerMessage.contains("<"))
        }
    }

    @Test("Goes on with a fresh token when the old one is revoked (E-66, D-101)")
    func revokedToken() async throws {
        try await withWorkspace { workspace in
            _ = try await workspace.call("list_jobs")
            workspace.sandbox.revokeDatabricksTokens(user: "alice")
            _ = try await workspace.call("list_jobs")
            let tokens = workspace.sandbox.requests.compactMap(\.token?.digest)
            #expect(tokens.count == 3)
            #expect(Set(tokens).count == 2)
        }
    }

    @Test(
        "Survives what passes (D-116)",
        arguments: [
            Fault(route: "jobs/list", status: 503, count: 2), Fault(route: "jobs/list", count: 1, cut: .beforeHeaders),
            Fault(route: "jobs/list", count: 2, cut: .midBody),
            Fault(
                route: "jobs/list", status: 429, body: #"{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"x"}"#,
                headers: [("Retry-After", "0")], count: 2),
        ])
    func transient(_ fault: Fault) async throws {
        try await withWorkspace { workspace in
            workspace.sandbox.addFault(fault)
            let page = try await workspace.call("list_jobs", ["limit": 1])
            #expect(try page.json["jobs"]?.elements.count == 1)
        }
    }

    @Test("Explains an outage and recovers from it")
    func outage() async throws {
        try await withWorkspace { workspace in
            workspace.sandbox.takeDown(.workspace)
            let error = try await workspace.failure(of: "list_jobs")
            #expect(error.kind == .unreachable)
            #expect(error.details.category == .unavailable)
            #expect(error.details.retryable)
            workspace.sandbox.bringBack(.workspace)
            _ = try await workspace.call("list_jobs")
        }
    }

    @Test("Gives up on a slow workspace in time (D-119)")
    func slow() async throws {
        try await withWorkspace { settings in
            settings.retry.attemptTimeout = .milliseconds(100)
            settings.retry.budget = .milliseconds(400)
        } _: { workspace in
            workspace.sandbox.addFault(Fault(route: "jobs/list", delayMilliseconds: 3_600_000))
            let error = try await workspace.failure(of: "list_jobs")
            // Nobody who waited for the answer would be here yet.
            #expect(error.kind == .timedOut)
        }
    }

    @Test("Does not follow a redirect to a login page (D-105, D-109)")
    func privateLink() async throws {
        try await withWorkspace { workspace in
            workspace.sandbox.addFault(
                Fault(
                    route: "jobs/list", status: 303,
                    headers: [("Location", "/login.html?error=private-link-validation-error:1")]))
            let error = try await workspace.failure(of: "list_jobs")
            #expect(error.kind == .privateLink)
            #expect(workspace.sandbox.requests.count == 1)
        }
    }

    @Test("Identifies itself and the request, and calls nothing but the five paths (D-01, D-122, K-20)")
    func identity() async throws {
        try await withWorkspace { workspace in
            let context = RequestContext(correlationID: CorrelationID())
            try await withRequestContext(context) {
                _ = try await workspace.call("get_run_output", ["run_id": 777_000_111_222_333])
            }
            let requests = workspace.sandbox.requests
            #expect(requests.count == 3)
            for request in requests {
                #expect(request.header("X-Request-ID") == context.correlationID.description)
                #expect(
                    request.header("User-Agent") == "databricks-jobs-mcp/1.0.0 swift/6.3 os/linux mcp-client/tests")
                #expect(!request.flags.contains(.unknownEndpoint))
                #expect(request.user == "alice")
            }
        }
    }
}
