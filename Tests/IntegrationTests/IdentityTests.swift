internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// Every call is made as the signed-in user, and with nobody else's token.
@Suite(.serialized, .patient) struct IdentityTests {
    @Test("Alice and Bob see what each of them may see, also when they call at the same time (E-151)")
    func isolation() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            let bob = try deployment.client(user: "bob")
            let alone = (
                try await alice.call("list_jobs", ["limit": 100]).structured,
                try await bob.call("list_jobs", ["limit": 100]).structured
            )
            #expect(alone.0 != alone.1)

            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<60 {
                    let (client, expected) = number.isMultiple(of: 2) ? (alice, alone.0) : (bob, alone.1)
                    group.addTask { try await client.call("list_jobs", ["limit": 100]).structured == expected }
                }
                for try await isOwn in group { #expect(isOwn) }
            }
        }
    }

    @Test("The inbound token goes to Entra ID and nowhere else, and one exchange serves many calls (E-150, E-64, A-08)")
    func noPassThrough() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 { group.addTask { try await alice.call("list_jobs").http.status } }
                for try await status in group { #expect(status == 200) }
            }

            #expect(deployment.exchanges.count == 1)
            let calls = deployment.sandbox.requests(to: "jobs/list")
            #expect(calls.count == 50)
            #expect(calls.allSatisfy { $0.token?.audience == SandboxIdentity.databricksResourceID })
        }
    }

    @Test("Nothing a caller sends chooses tenant, scope, authority or host of an outgoing request (E-161, D-04)")
    func confusedDeputy() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            let forged: HeaderList = [
                "X-Forwarded-Host": "evil.example", "X-Ms-Tenant": "11111111-2222-3333-4444-555555555555",
                "Forwarded": "host=evil.example",
            ]
            let hostile: JSONValue = [
                "scope": "https://graph.microsoft.com/.default", "tenant": "common", "host": "https://evil.example",
            ]
            let refused = try await alice.call("list_jobs", hostile, headers: forged)
            #expect(refused.isToolError)
            _ = try await alice.call("list_jobs", ["name": "https://evil.example/../"], headers: forged)

            let exchanges = deployment.exchanges
            #expect(exchanges.count == 1)
            for exchange in exchanges {
                #expect(exchange.path == "/\(deployment.sandbox.tenantID)/oauth2/v2.0/token")
                #expect(
                    exchange.form.first { $0.name == "scope" }?.value
                        == "\(SandboxIdentity.databricksResourceID)/.default")
            }
            #expect(deployment.sandbox.requests(to: "jobs/list").map(\.path) == ["/api/2.2/jobs/list"])
        }
    }

    @Test("Bob may look at a job but not start it, and reads what he lacks (D-98)")
    func permission() async throws {
        try await withDeployment { deployment in
            let bob = try deployment.client(user: "bob")
            let jobs = try await bob.call("list_jobs")
            let job = try #require(jobs.structured?["jobs"]?.element(0)?["job_id"])
            let refused = try await bob.call("run_now", ["job_id": job])

            #expect(refused.http.status == 200)
            #expect(refused.isToolError)
            let details = refused.result?["_meta"]?["databricks-jobs-mcp/error"]
            #expect(details?["category"]?.text == "permission")
            #expect(details?["http_status"]?.integer == 403)
            #expect(details?["correlation_id"]?.text == refused.correlationID)
        }
    }

    @Test("A user outside the workspace reads a tool error, not a sign-in challenge (D-110, E-104)")
    func outsider() async throws {
        try await withDeployment { deployment in
            let nora = try deployment.client(user: "nora")
            let refused = try await nora.call("list_jobs")

            #expect(refused.http.status == 200)
            #expect(refused.isToolError)
            #expect(refused.text?.contains("<") == false)
        }
    }
}
