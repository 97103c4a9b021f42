internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// The whole main job over real HTTP, in both eras.
@Suite(.serialized, .patient) struct ConversationTests {
    @Test("Without a token the answer leads to the metadata, and the metadata to Entra ID (A-01, A-15)")
    func discovery() async throws {
        try await withDeployment { deployment in
            let nobody = deployment.client(token: nil)
            let challenge = try await nobody.modern("server/discover")
            let base = deployment.server.baseURL
            let scope = "api://\(deployment.sandbox.apiClientID)/jobs"

            #expect(challenge.http.status == 401)
            #expect(
                challenge.http.headers["WWW-Authenticate"]
                    == "Bearer scope=\"\(scope)\", "
                    + "resource_metadata=\"\(base)/.well-known/oauth-protected-resource/mcp\"")
            #expect(challenge.json?["error"]?["data"] == ["error": "unauthorized"])
            for path in ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"] {
                let metadata = try await nobody.get(path)
                #expect(metadata.http.status == 200)
                #expect(metadata.http.headers["Access-Control-Allow-Origin"] == "*")
                #expect(metadata.http.headers["Cache-Control"] == "public, max-age=300")
                #expect(metadata.json?["resource"]?.text == "\(base)/mcp")
                #expect(
                    metadata.json?["authorization_servers"]
                        == [.string("\(deployment.sandbox.baseURL)/\(deployment.sandbox.tenantID)/v2.0")])
                #expect(metadata.json?["scopes_supported"] == [.string(scope)])
            }
        }
    }

    @Test("Alice finds the nightly job, starts it, waits for its end and reads why it failed")
    func mainJob() async throws {
        try await withDeployment(sandbox: SandboxConfiguration(runPace: .milliseconds(20))) { deployment in
            let alice = try deployment.client(user: "alice")
            let jobs = try await alice.call("list_jobs", ["name": "Nightly orders"])
            let job = try #require(jobs.structured?["jobs"]?.element(0)?["job_id"])
            #expect(jobs.text?.contains("Nightly orders") == true)

            let started = try await alice.call("run_now", ["job_id": job])
            let run = try #require(started.structured?["run_id"])
            #expect(started.structured?["idempotency_token"]?.text != nil)

            let ended = try await Self.pollUntilFinished(alice, run)
            #expect(ended.structured?["outcome"]?.text == "failed")

            let output = try await alice.call("get_run_output", ["run_id": run])
            #expect(!output.isToolError)
            #expect(output.text?.contains("AssertionError") == true)
            #expect(output.text?.contains("validate_orders") == true)
        }
    }

    @Test("A legacy client shakes hands, lists the five tools and calls one", arguments: ["2025-11-25", "2025-06-18"])
    func legacy(version: String) async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            let hello = try await alice.legacy("initialize", ["protocolVersion": .string(version)], version: version)
            let tools = try await alice.legacy("tools/list", version: version)
            let runs = try await alice.legacy(
                "tools/call", ["name": "list_runs", "arguments": ["limit": 2]], version: version)

            #expect(hello.result?["protocolVersion"]?.text == version)
            #expect(hello.result?["serverInfo"]?["name"]?.text == "azure-databricks-jobs-mcp")
            #expect(try await alice.legacy("ping", version: version).result == [:])
            #expect(
                tools.result?["tools"]?.array?.compactMap { $0["name"]?.text }
                    == ["list_jobs", "list_runs", "get_run", "get_run_output", "run_now"])
            #expect(runs.structured?["runs"]?.array?.isEmpty == false)
            #expect(runs.result?["resultType"] == nil)
        }
    }

    @Test("A modern client discovers the server and its tools")
    func modern() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            let discovery = try await alice.modern("server/discover")
            let tools = try await alice.modern("tools/list")

            #expect(
                discovery.result?["supportedVersions"] == ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"])
            #expect(tools.result?["tools"]?.array?.count == 5)
            #expect(tools.result?["resultType"] == "complete")
            #expect(tools.http.headers["Cache-Control"] == "no-store")
            #expect(tools.http.headers["X-Content-Type-Options"] == "nosniff")
        }
    }

    @Test("Identifiers above 2^53 survive the whole way (D-11, K-14)")
    func largeIdentifiers() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            let runs = try await alice.call("list_runs", ["job_id": "9007199254740993"])

            #expect(!runs.isToolError)
            let ids = runs.structured?["runs"]?.array?.compactMap { $0["job_id"] } ?? []
            #expect(ids.allSatisfy { $0 == "9007199254740993" })
            let seen = deployment.sandbox.requests(to: "jobs/runs/list").last
            #expect(seen?.parameter("job_id") == "9007199254740993")
        }
    }

    /// Asks again until the run has ended; the sandbox's time passes quickly.
    private static func pollUntilFinished(_ client: MCPTestClient, _ run: JSONValue) async throws
        -> MCPTestClient.Answer
    {
        for _ in 0..<2_000 {
            let answer = try await client.call("get_run", ["run_id": run])
            if answer.isToolError || answer.structured?["finished"] == .bool(true) { return answer }
        }
        return try await client.call("get_run", ["run_id": run])
    }
}
