internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// How many connections the server takes, and what is left for its own (H-01).
@Suite(.serialized, .patient) struct ConnectionLimitTests {
    private static func way(_ limit: String) -> Way {
        var way = Way()
        way.wrapper = ["/bin/sh", "-c", "ulimit \(limit); exec \"$@\"", "sh"]
        return way
    }

    private static func figure(_ name: String, _ deployment: Deployment) async throws -> Double? {
        let client = MCPTestClient(baseURL: deployment.server.metricsURL, token: nil, transport: deployment.transport)
        let text = String(decoding: try await client.get("/metrics").http.body, as: UTF8.self)
        return try Exposition(text, isOpenMetrics: false).sample(name)?.value
    }

    private static func withConnections(
        _ count: Int, to url: String, _ body: () async throws -> Void
    ) async throws {
        guard count > 0 else { return try await body() }
        try await withRawConnection(to: url) { _ in try await withConnections(count - 1, to: url, body) }
    }

    @Test(
        "Where descriptors are few, fewer connections are taken, which is said; operators and calls go on beside a crowd"
    )
    func fewDescriptors() async throws {
        try await withDeployment(way: Self.way("-n 128")) { deployment in
            let setting = try await deployment.server.log.record("the setting") {
                $0["setting_name"] == "MCP_MAX_CONNECTIONS"
            }
            #expect(setting["advice"]?.text?.contains("room for 64") == true)
            #expect(try await Self.figure("http_server_max_connections", deployment) == 64)
            let alice = try deployment.client(user: "alice")
            #expect(try await alice.call("list_jobs").isToolError == false)
            try await Self.withConnections(90, to: deployment.server.baseURL) {
                let full = try await deployment.server.log.record(
                    message: "no further connection is accepted until one is closed")
                #expect(full["connections_limit"]?.integer == 64)
                while try await Self.figure("http_server_refused_connections_total", deployment) ?? 0 < 26 {
                    await Task.yield()
                }
                #expect(try await Self.figure("http_server_connections", deployment) == 64)
                #expect(try await Self.figure("http_server_accept_failures_total", deployment) == 0)
                #expect(try await alice.call("list_runs").isToolError == false, "its connection is kept")
            }
            while try await Self.figure("http_server_connections", deployment) ?? 64 > 2 { await Task.yield() }
            #expect(try await deployment.client(token: nil).get("/healthz").http.status == 200)
            let records = deployment.server.log.lines.filter { $0.contains("no further connection is accepted") }
            #expect(records.count == 1, "once")
        }
    }

    @Test("A limit on descriptors that may be raised is raised")
    func raised() async throws {
        try await withDeployment(way: Self.way("-Sn 256")) { deployment in
            let connections = try await Self.figure("http_server_max_connections", deployment)
            let descriptors = try await Self.figure("process_max_fds", deployment)
            #expect(connections == 4_096 && descriptors == 4_480)
        }
    }

    @Test("A system that cannot accept is said once and counted, and the next connections are accepted when it can")
    func exhausted() async throws {
        // The server's own take more than half of so few, which is all that is left to them.
        try await withDeployment(way: Self.way("-n 64")) { deployment in
            try await Self.withConnections(40, to: deployment.server.baseURL) {
                let line = try await deployment.server.log.record(message: "no connection can be accepted")
                #expect(line["level"] == "error" && line["error_detail"]?.text?.contains("Too many open files") == true)
            }
            while (try? await Self.figure("http_server_accept_failures_total", deployment)) ?? 0 == 0 {
                await Task.yield()
            }
            #expect(try await deployment.client(token: nil).get("/healthz").http.status == 200)
            #expect(deployment.server.log.lines.count { $0.contains("no connection can be accepted") } == 1)
        }
    }
}
