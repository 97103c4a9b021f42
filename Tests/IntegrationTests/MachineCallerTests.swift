internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// Applications that call for themselves (E-81).
@Suite(.serialized, .patient) struct MachineCallerTests {
    private static func client(_ deployment: Deployment, roles: [String]) throws -> MCPTestClient {
        let claims: [String: JSONValue] = ["roles": roles.isEmpty ? .null : .array(roles.map(JSONValue.string))]
        return deployment.client(token: try deployment.sandbox.token(TokenOrder(kind: .app, claims: claims)))
    }

    @Test("An application with the read role looks at jobs through this server's own service principal (E-87, E-188)")
    func reads() async throws {
        try await withDeployment { deployment in
            let machine = try Self.client(deployment, roles: ["Jobs.Read"])
            for _ in 0..<3 {
                let answer = try await machine.call("list_jobs")
                #expect(!answer.isToolError, "\(answer.text ?? "")")
            }

            let exchanges = deployment.sandbox.requests(to: "token")
            // The one of the start-up check (E-73), which serves the calls too.
            #expect(exchanges.count == 1)
            #expect(exchanges.first?.form.first { $0.name == "grant_type" }?.value == "client_credentials")
            #expect(exchanges.allSatisfy { exchange in !exchange.form.contains { $0.name == "assertion" } })
            let calls = deployment.sandbox.requests(to: "jobs/list")
            #expect(calls.count == 3)
            #expect(calls.allSatisfy { $0.flags.isEmpty })
        }
    }

    @Test("Each tool needs its own role, the lack of one is a tool error, and nothing is asked for it (E-85, A-09)")
    func roles() async throws {
        try await withDeployment { deployment in
            let reader = try Self.client(deployment, roles: ["Jobs.Read"])
            let runner = try Self.client(deployment, roles: ["Jobs.Run"])
            let started = try await reader.call("run_now", ["job_id": 183_920_475_610_382])
            let listed = try await runner.call("list_jobs")

            for (answer, role, tool) in [(started, "Jobs.Run", "run_now"), (listed, "Jobs.Read", "list_jobs")] {
                #expect(answer.http.status == 200)
                #expect(answer.isToolError)
                #expect(answer.text?.hasPrefix("The application role \(role) is required for \(tool). ") == true)
                #expect(answer.result?["_meta"]?["databricks-jobs-mcp/error"]?["category"]?.text == "permission")
            }
            #expect(deployment.exchanges.isEmpty)
            #expect(deployment.sandbox.requests(to: "jobs/list").isEmpty)
            #expect(deployment.sandbox.requests(to: "jobs/run-now").isEmpty)
            let tools = try await runner.modern("tools/list")
            #expect(tools.result?["tools"]?.array?.count == 5)
        }
    }

    @Test(
        "An application without a role is answered 403 on every method, with the complete scope (E-81, E-92, A-18, A-20)"
    )
    func noRole() async throws {
        try await withDeployment { deployment in
            let machine = try Self.client(deployment, roles: [])
            for method in ["tools/list", "server/discover", "no/such"] {
                let answer = try await machine.modern(method)
                #expect(answer.http.status == 403)
                let challenge = answer.http.headers["WWW-Authenticate"]
                #expect(challenge?.hasPrefix(#"Bearer error="insufficient_scope", scope="api://"#) == true)
            }
        }
    }

    @Test("The audit line names the calling application, its role and token, for Databricks cannot (E-89, A-10)")
    func audit() async throws {
        try await withDeployment { deployment in
            let machine = try Self.client(deployment, roles: ["Jobs.Read", "Other"])
            let answer = try await machine.call("list_jobs")
            let record = try await deployment.server.log.record("the audit line") {
                $0["message"] == "request answered" && $0["correlation_id"]?.text == answer.correlationID
            }
            #expect(record["caller_kind"] == "application")
            #expect(record["entra_tid"]?.text == deployment.sandbox.tenantID)
            #expect(record["entra_oid"]?.text == "5e000000-0000-4000-8000-000000000004")
            #expect(record["entra_azp"]?.text == "c5000000-0000-4000-8000-000000000007")
            #expect(record["entra_roles"] == "Jobs.Read")
            #expect(record["entra_uti"]?.text?.isEmpty == false)
            #expect(record["mcp_tool"] == "list_jobs")
        }
    }

    @Test("Users and applications call at once and neither ever gets the other's token (E-88, E-93, E-188)")
    func mixed() async throws {
        try await withDeployment { deployment in
            let machine = try Self.client(deployment, roles: ["Jobs.Read"])
            let alice = try deployment.client(user: "alice")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<80 {
                    let client = number.isMultiple(of: 2) ? machine : alice
                    group.addTask {
                        let answer = try await client.call("list_jobs")
                        #expect(!answer.isToolError, "\(answer.text ?? "")")
                    }
                }
                try await group.waitForAll()
            }

            let exchanges = deployment.sandbox.requests(to: "token")
            #expect(exchanges.count == 2)
            // An application's token is never an assertion (E-52); a user's call carries that user's assertion.
            let onBehalfOf = exchanges.filter { exchange in exchange.form.contains { $0.name == "assertion" } }
            #expect(onBehalfOf.map(\.user) == ["alice"])
            let calls = deployment.sandbox.requests(to: "jobs/list")
            #expect(calls.filter { $0.user == "alice" }.count == 40)
            #expect(calls.filter { $0.token?.assertionID == nil }.count == 40)
        }
    }

    @Test("A refusal by the workspace tells what the service principal lacks, not the user (E-91)")
    func workspaceRefusal() async throws {
        try await withDeployment { deployment in
            let machine = try Self.client(deployment, roles: ["Jobs.Read"])
            let now = deployment.sandbox.clock.milliseconds / 1_000
            deployment.sandbox.addFault(FaultPreset.invalidToken.fault(route: "workspace", now: now))
            let answer = try await machine.call("list_jobs")
            #expect(answer.isToolError)
            #expect(answer.text?.contains("add this server's service principal to the workspace") == true)
        }
    }

    @Test("MCP_MACHINE_ACCESS=false refuses them all (E-90)")
    func switchedOff() async throws {
        try await withDeployment(["MCP_MACHINE_ACCESS": "false"]) { deployment in
            let answer = try await Self.client(deployment, roles: ["Jobs.Read"]).call("list_jobs")
            #expect(answer.http.status == 403)
        }
    }
}
