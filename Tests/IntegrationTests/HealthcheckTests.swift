internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// `healthcheck` and `version` as a container runtime and an operator run them.
@Suite(.serialized, .patient) struct HealthcheckTests {
    private static func run(
        _ server: ServerProcess, _ arguments: [String] = [], _ more: [String: String] = [:]
    ) async throws -> CommandRun {
        let port = String(server.baseURL.split(separator: ":").last ?? "")
        let environment = ["MCP_PORT": port].merging(more) { $1 }
        return try await CommandRun(["healthcheck"] + arguments, environment: environment)
    }

    @Test("Asks the public listener, with no setting but its address, and never through a proxy (K-01)")
    func healthy() async throws {
        try await withDeployment { deployment in
            let plain = try await Self.run(deployment.server)
            #expect(plain.status == 0 && plain.output == "ok\n" && plain.errors == "")
            let settings = [
                "MCP_HOST": "0.0.0.0", "http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9",
                "ALL_PROXY": "http://127.0.0.1:9", "AZURE_TENANT_ID": "malformed",
            ]
            let elsewhere = try await Self.run(deployment.server, [], settings)
            #expect(elsewhere.status == 0, "\(elsewhere.errors)")
            let ready = try await Self.run(deployment.server, ["--ready"])
            #expect(ready.status == 0 && ready.output == "ready\n", "\(ready.errors)")
        }
    }

    @Test("A server that is not ready is alive all the same; the reason is its own (P-85)")
    func notReady() async throws {
        try await withSandbox { sandbox in
            var environment = Deployment.environment(for: sandbox)
            environment["AZURE_AUTHORITY_HOST"] = "http://127.0.0.1:9"
            try await ServerProcess.withServer(environment) { server in
                #expect(try await Self.run(server).status == 0)
                let ready = try await Self.run(server, ["--ready"])
                #expect(ready.status == 1 && ready.output.isEmpty)
                #expect(ready.errors.contains("/readyz: answers 503, the signing keys of Entra ID"))
                #expect(ready.errors.split(separator: "\n").count == 1)
            }
        }
    }

    @Test("Nobody there, nobody who answers, and a malformed address: status 1 and one line each")
    func unwell() async throws {
        let nobody = try await CommandRun(["healthcheck"], environment: ["MCP_PORT": "\(try ServerProcess.freePort())"])
        #expect(nobody.status == 1 && nobody.errors.contains("nothing listens there"))
        let malformed = try await CommandRun(["healthcheck"], environment: ["MCP_PORT": "http"])
        #expect(malformed.status == 1 && malformed.errors.contains("MCP_PORT: must be a whole number"))
        try await withScriptedServer {
            try await $0.waitForEnd()
        } _: { server in
            let silent = try await CommandRun(
                ["healthcheck", "--timeout", "1"], environment: ["MCP_PORT": "\(server.port)"])
            #expect(silent.status == 1 && silent.errors.contains("no answer in time"))
            #expect(server.connectionCount == 1)
        }
        for run in [nobody, malformed] { #expect(run.errors.split(separator: "\n").count == 1) }
    }

    @Test("The version names the commit and the compiler, on the command line and in the metrics (K-01)")
    func version() async throws {
        let run = try await CommandRun(["--version"], environment: [:])
        let pattern = /databricks-jobs-mcp (\S+) \(revision ([A-Za-z0-9.\-+_]+), Swift (6\.\d[0-9.+]*)\)\n/
        let match = try #require(try pattern.wholeMatch(in: run.output)).output
        let labels = [
            "version=\"\(match.1)\"", "revision=\"\(match.2)\"", "swift_version=\"\(match.3)\"",
        ]
        #expect(try await CommandRun(["version"], environment: [:]).output == run.output)
        try await withDeployment { deployment in
            let operators = MCPTestClient(
                baseURL: deployment.server.metricsURL, token: nil, transport: deployment.transport)
            let metrics = String(decoding: try await operators.get("/metrics").http.body, as: UTF8.self)
            let line = try #require(
                metrics.split(separator: "\n").first { $0.hasPrefix("databricks_jobs_mcp_build_info{") })
            for label in labels { #expect(line.contains(label), "\(line)") }
        }
    }
}
