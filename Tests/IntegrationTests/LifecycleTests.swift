internal import Foundation
internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// Starting and stopping the real executable.
@Suite(.serialized, .patient) struct LifecycleTests {
    @Test("Without settings it names all of them, one line each, and exits with 78")
    func noSettings() async throws {
        let (status, lines) = try await ServerProcess.run([:])

        #expect(status == 78)
        #expect(lines.count == 4)
        for name in ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "DATABRICKS_HOST"] {
            #expect(lines.contains { $0.hasPrefix("databricks-jobs-mcp: \(name): ") })
        }
    }

    @Test(
        "A port in use is one line that names the setting, and exit status 1", arguments: ["MCP_PORT", "METRICS_PORT"])
    func portInUse(setting: String) async throws {
        try await withDeployment { deployment in
            let taken = setting == "MCP_PORT" ? deployment.server.baseURL : deployment.server.metricsURL
            let port = try #require(taken.split(separator: ":").last.map(String.init))
            var environment = Deployment.environment(for: deployment.sandbox)
            environment["LOG_FORMAT"] = "json"
            environment["LOG_LEVEL"] = "critical"
            environment["MCP_PORT"] = "\(try ServerProcess.freePort())"
            environment["METRICS_PORT"] = "\(try ServerProcess.freePort())"
            environment[setting] = port
            let (status, lines) = try await ServerProcess.run(environment)

            #expect(status == 1)
            #expect(
                lines.contains {
                    $0.hasPrefix("databricks-jobs-mcp: \(setting): 127.0.0.1:\(port) is already in use")
                })
        }
    }

    @Test(
        "An address that is none is one line that names the setting",
        arguments: [
            ("MCP_HOST", "no-such-host.invalid"), ("METRICS_HOST", "no-such-host.invalid"),
            ("MCP_HOST", "127.0.0.1:8000"), ("MCP_HOST", "[::1]"), ("METRICS_HOST", "http://127.0.0.1"),
        ])
    func unknownHost(setting: String, host: String) async throws {
        try await withDeployment { deployment in
            var environment = Deployment.environment(for: deployment.sandbox)
            environment["LOG_LEVEL"] = "critical"
            environment["MCP_BASE_URL"] = "http://localhost:8000"
            environment["MCP_PORT"] = "\(try ServerProcess.freePort())"
            environment["METRICS_PORT"] = "\(try ServerProcess.freePort())"
            environment[setting] = host
            let (status, lines) = try await ServerProcess.run(environment)

            #expect(status == 1)
            let start = "databricks-jobs-mcp: \(setting): '\(host)' cannot be resolved here"
            #expect(lines.contains { $0.hasPrefix(start) }, "\(lines)")
        }
    }

    @Test("On SIGTERM a call that is being answered finishes, and the process exits with 0 (T-20)")
    func gracefulStop() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            _ = try await alice.call("list_jobs")
            _ = deployment.sandbox.addFault(
                Fault(route: "jobs/list", delayMilliseconds: 1_500, count: 1, afterHandler: true))
            async let slow = alice.call("list_jobs", ["limit": 1])
            while deployment.sandbox.requests(to: "jobs/list").count < 2 { await Task.yield() }
            deployment.server.terminate()

            let answer = try await slow
            #expect(answer.http.status == 200)
            #expect(!answer.isToolError)
            #expect(await deployment.server.exitStatus() == 0)
            await #expect(throws: TransportError.self) { try await alice.call("list_jobs") }
        }
    }

    @Test("The process that holds tokens leaves no core dump (E-155)")
    func noCoreDump() async throws {
        try await withDeployment { deployment in
            let line = try deployment.server.limits().first { $0.hasPrefix("Max core file size") }
            #expect(line?.split(separator: " ").filter { $0 == "0" }.count == 2)
        }
    }

    @Test("version prints the name and the version")
    func version() async throws {
        let (status, _) = try await ServerProcess.run([:], arguments: ["version"])

        #expect(status == 0)
    }
}
