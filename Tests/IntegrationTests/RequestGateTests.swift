internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// How many requests are answered at once (H-01, H-05, R-07).
@Suite(.serialized, .patient) struct RequestGateTests {
    /// A request whose body does not come to its end, so that it keeps its place.
    private static func unfinished(_ token: String?) -> String {
        """
        POST /mcp HTTP/1.1\r
        Host: 127.0.0.1\r
        \(token.map { "Authorization: Bearer \($0)\r\n" } ?? "")Content-Type: application/json\r
        Content-Length: \(HostileRequest.ping.utf8.count)\r
        \r
        {
        """
    }

    private static let rest = String(HostileRequest.ping.dropFirst())

    private static func metrics(_ deployment: Deployment) async throws -> Exposition {
        let client = MCPTestClient(baseURL: deployment.server.metricsURL, token: nil, transport: deployment.transport)
        let text = String(decoding: try await client.get("/metrics").http.body, as: UTF8.self)
        return try Exposition(text, isOpenMetrics: false)
    }

    private static func waitForActive(_ count: Int, _ deployment: Deployment) async throws {
        while try await metrics(deployment).sample("http_server_active_requests")?.value != Double(count) {
            await Task.yield()
        }
    }

    /// How many requests were turned away for this reason.
    private static func shed(_ reason: String, _ deployment: Deployment) async throws -> Double? {
        try await metrics(deployment).sample("http_server_shed_requests_total", ["reason": reason])?.value
    }

    /// Opens one connection after the other and runs `body` when all are there.
    private static func withConnections(
        _ count: Int, to deployment: Deployment, sending text: String,
        _ body: (inout [RawConnection]) async throws -> Void
    ) async throws {
        func open(_ connections: [RawConnection]) async throws {
            var connections = connections
            guard connections.count < count else { return try await body(&connections) }
            try await withRawConnection(to: deployment.server.baseURL) { connection in
                try await connection.send(text)
                try await open(connections + [connection])
            }
        }
        try await open([])
    }

    @Test("64 requests of one caller are answered at once, the next gets 429 right after its token (H-01, H-05, A-10)")
    func perCaller() async throws {
        try await withDeployment { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            try await Self.withConnections(64, to: deployment, sending: Self.unfinished(token)) { connections in
                try await Self.waitForActive(64, deployment)
                // Another token of the same person: it is the person who is counted (A-10).
                let alice = try deployment.client(user: "alice")
                var refused = try await alice.get("/mcp")
                // The last of them may still be on its way from the listener to its place.
                while refused.http.status == 405 { refused = try await alice.get("/mcp") }
                #expect(refused.http.status == 429, "before 405: it is the caller who is refused, not the method")
                #expect(refused.http.headers["Retry-After"] == "1")
                #expect(refused.http.headers["Cache-Control"] == "no-store")
                #expect(refused.json?["error"]?["data"] == ["error": "too_many_requests"])
                #expect(try await Self.shed("flooding", deployment) == 1)
                #expect(try await deployment.client(token: "x.y.z").get("/mcp").http.status == 401)
                #expect(try await deployment.client(user: "bob").legacy("ping").http.status == 200, "others are free")
                for index in connections.indices {
                    try await connections[index].send(Self.rest)
                    #expect(try await connections[index].response().status == 200)
                }
                #expect(try await alice.legacy("ping").http.status == 200, "a place that is free again")
            }
        }
    }

    @Test("Beyond the limit for all, 503 comes ahead of everything, but not for health and metadata (R-07)")
    func overload() async throws {
        try await withDeployment(["MCP_MAX_REQUESTS": "2"]) { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            try await Self.withConnections(2, to: deployment, sending: Self.unfinished(token)) { connections in
                try await Self.waitForActive(2, deployment)
                let nobody = deployment.client(token: nil)
                let refused = try await nobody.get("/mcp", headers: ["Origin": "https://evil.example"])
                #expect(refused.http.status == 503, "ahead of step 1")
                #expect(refused.http.headers["Retry-After"] == "1")
                #expect(refused.json?["error"]?["data"] == ["error": "overloaded"])
                #expect(try await Self.shed("overloaded", deployment) == 1)
                #expect(try await nobody.get("/healthz").http.status == 200)
                #expect(try await nobody.get("/readyz").http.status == 200)
                #expect(try await nobody.get("/.well-known/oauth-protected-resource/mcp").http.status == 200)
                try await connections[0].send(Self.rest)
                #expect(try await connections[0].response().status == 200)
                #expect(try await deployment.client(token: token).legacy("ping").http.status == 200)
            }
        }
    }

    @Test("A request behind the last one before a stop gets 503, and then its connection ends (R-07, T-20)")
    func shutdown() async throws {
        try await withDeployment { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            _ = try await deployment.client(token: token).call("list_jobs")
            _ = deployment.sandbox.addFault(
                Fault(route: "jobs/list", delayMilliseconds: 1_000, count: 1, afterHandler: true))
            let call = RawCall(tool: "list_jobs", arguments: ["limit": 1], token: token).text
            try await withRawConnection(to: deployment.server.baseURL) { connection in
                try await connection.send(call + call)
                while deployment.sandbox.requests(to: "jobs/list").count < 2 { await Task.yield() }
                deployment.server.terminate()
                #expect(try await connection.response().status == 200)
                let refused = try await connection.response()
                #expect(refused.status == 503 && refused.headers["retry-after"] == "5")
                #expect(refused.body.contains(#""data":{"error":"shutting_down"}"#))
                #expect(await connection.rest().isEmpty)
            }
            #expect(await deployment.server.exitStatus() == 0)
        }
    }
}
