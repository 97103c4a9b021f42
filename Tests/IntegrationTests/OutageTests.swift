internal import HTTPSyntax
internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// What happens when Entra ID or the workspace goes away, and when it comes back.
@Suite(.serialized, .patient) struct OutageTests {
    @Test("A server started before Entra ID is not ready, says 503 and not 401, and recovers by itself (E-22)")
    func entraUnreachableAtStart() async throws {
        try await withTransport { transport in
            try await withSandbox { sandbox in
                sandbox.takeDown(.entra)
                try await ServerProcess.withServer(Deployment.environment(for: sandbox)) { server in
                    let token = try sandbox.token(user: "alice")
                    let client = MCPTestClient(baseURL: server.baseURL, token: token, transport: transport)
                    let early = try await client.modern("tools/list")
                    #expect(early.http.status == 503)
                    #expect(early.http.headers["Retry-After"] != nil)
                    #expect(early.http.headers["WWW-Authenticate"] == nil)
                    #expect(try await client.get("/readyz").http.status == 503)
                    #expect(try await client.get("/healthz").http.status == 200)

                    sandbox.bringBack(.entra)
                    _ = try await server.log.record(message: "signing keys replaced")
                    _ = try await server.log.record(message: "server credential is ready")
                    #expect(try await client.get("/readyz").http.status == 200)
                    #expect(try await client.modern("tools/list").http.status == 200)
                }
            }
        }
    }

    @Test("Without Entra ID new users read a tool error, known ones go on, and all recover")
    func entraDown() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            let bob = try deployment.client(user: "bob")
            #expect(try await alice.call("list_jobs").isToolError == false)
            deployment.sandbox.takeDown(.entra)

            #expect(try await alice.call("list_jobs").isToolError == false)
            let refused = try await bob.call("list_jobs")
            #expect(refused.http.status == 200)
            #expect(refused.isToolError)
            #expect(Self.details(of: refused)?["category"]?.text == "unavailable")
            #expect(Self.details(of: refused)?["retryable"] == .bool(true))

            deployment.sandbox.bringBack(.entra)
            #expect(try await bob.call("list_jobs").isToolError == false)
        }
    }

    @Test("Without the workspace every tool says so and what to do, and recovers without a restart")
    func workspaceDown() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            deployment.sandbox.takeDown(.workspace)
            let calls: [(String, JSONValue)] = [
                ("list_jobs", [:]), ("list_runs", [:]), ("get_run", ["run_id": 1]), ("get_run_output", ["run_id": 1]),
                ("run_now", ["job_id": 1]),
            ]
            for (tool, arguments) in calls {
                let refused = try await alice.call(tool, arguments)
                #expect(refused.isToolError, "\(tool)")
                #expect(Self.details(of: refused)?["category"]?.text == "unavailable", "\(tool)")
                #expect(refused.text?.contains(refused.correlationID ?? "?") == true, "\(tool)")
            }
            deployment.sandbox.bringBack(.workspace)

            #expect(try await alice.call("list_jobs").isToolError == false)
        }
    }

    @Test("Keys rotate while calls go on, and no call is lost (E-180)")
    func rotation() async throws {
        try await withDeployment { deployment in
            for _ in 0..<3 {
                #expect(try await deployment.client(user: "alice").call("list_jobs").http.status == 200)
            }
            _ = try deployment.sandbox.changeKeys(.rotate(isPublished: true))

            #expect(try await deployment.client(user: "bob").call("list_jobs").http.status == 200)
        }
    }

    @Test("A Databricks token that is refused is replaced once, within the same call (E-66)")
    func revokedToken() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            #expect(try await alice.call("list_jobs").isToolError == false)
            deployment.sandbox.revokeDatabricksTokens()

            #expect(try await alice.call("list_jobs").isToolError == false)
            #expect(deployment.exchanges.count == 2)
        }
    }

    @Test("Claims that Databricks demands go to Entra ID with the one repeated exchange, as received (E-66)")
    func demandedClaims() async throws {
        try await withDeployment(["MCP_MACHINE_ACCESS": "false"]) { deployment in
            let alice = try deployment.client(user: "alice")
            #expect(try await alice.call("list_jobs").isToolError == false)
            let claims = #"{"access_token":{"nbf":{"essential":true,"value":"1790000000"}}}"#
            let challenge = #"Bearer error="insufficient_claims", claims="\#(Base64.encode(Array(claims.utf8)))""#
            deployment.sandbox.addFault(
                Fault(route: "jobs/list", status: 401, headers: [("WWW-Authenticate", challenge)], count: 1))

            #expect(try await alice.call("list_jobs").isToolError == false)
            let demanded = deployment.sandbox.requests(to: "token").map { request in
                request.form.first { $0.name == "claims" }?.value
            }
            #expect(demanded == [nil, claims])
        }
    }

    @Test(
        "What Entra ID says of a user becomes one plain sentence, never its description (E-75)",
        arguments: [
            ("50076", "interaction"), ("65001", "consent"), ("7000215", "configuration"), ("53003", "permission"),
        ])
    func entraRefusals(code: String, category: String) async throws {
        try await withDeployment { deployment in
            try deployment.sandbox.script(user: "alice", [code])
            let refused = try await deployment.client(user: "alice").call("list_jobs")
            let text = try #require(refused.text)

            #expect(refused.http.status == 200)
            #expect(refused.isToolError)
            #expect(Self.details(of: refused)?["category"]?.text == category)
            #expect(!text.contains("AADSTS\(code):"))
            #expect(text.contains(refused.correlationID ?? "?"))
        }
    }

    private static func details(of answer: MCPTestClient.Answer) -> JSONValue? {
        answer.result?["_meta"]?["databricks-jobs-mcp/error"]
    }
}
