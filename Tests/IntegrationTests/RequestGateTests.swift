internal import Foundation
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

    @Test(
        "Beyond the limit for all, 503 comes to every method, but not to whoever signs in, health and metadata (R-07)")
    func overload() async throws {
        try await withDeployment(["MCP_MAX_REQUESTS": "2"]) { deployment in
            let alice = try deployment.client(user: "alice")
            _ = try await alice.call("list_jobs")
            _ = deployment.sandbox.addFault(
                Fault(route: "jobs/list", delayMilliseconds: 600_000, count: 2, afterHandler: true))
            async let first = try? alice.call("list_jobs", ["limit": 1])
            async let second = try? alice.call("list_jobs", ["limit": 2])
            while deployment.sandbox.requests(to: "jobs/list").count < 3 { await Task.yield() }
            let bob = try deployment.client(user: "bob")
            for (number, method) in ["tools/list", "ping", "initialize", "server/discover"].enumerated() {
                let refused = try await bob.legacy(method)
                #expect(
                    refused.http.status == 503 && refused.json?["error"]?["data"] == ["error": "overloaded"],
                    "\(method)")
                #expect(refused.http.headers["Retry-After"] == "1")
                #expect(try await Self.shed("overloaded", deployment) == Double(number + 1))
            }
            #expect(try await bob.call("list_jobs").http.status == 503)
            let nobody = deployment.client(token: nil)
            #expect(try await nobody.get("/mcp").http.status == 401, "sign-in goes on")
            for path in ["/healthz", "/readyz", "/.well-known/oauth-protected-resource/mcp"] {
                #expect(try await nobody.get(path).http.status == 200)
            }
            deployment.sandbox.removeFaults()
            _ = await (first, second)
        }
    }

    @Test("Whoever sends slowly takes no place of others: sign-in, tools and calls go on beside ten such users (H-05)")
    func slowBodies() async throws {
        let settings = ["MCP_MAX_REQUESTS": "32", "MCP_MAX_REQUESTS_PER_CALLER": "4"]
        try await withDeployment(settings) { deployment in
            func crowd(_ users: ArraySlice<Int>, _ body: () async throws -> Void) async throws {
                guard let user = users.first else { return try await body() }
                deployment.sandbox.addUser("crowd\(user)")
                let token = try deployment.sandbox.token(user: "crowd\(user)")
                try await Self.withConnections(4, to: deployment, sending: Self.unfinished(token)) { _ in
                    try await crowd(users.dropFirst(), body)
                }
            }
            try await crowd(Array(0..<10)[...]) {
                try await Self.waitForActive(40, deployment)
                #expect(try await deployment.client(token: nil).get("/mcp").http.status == 401)
                let bob = try deployment.client(user: "bob")
                #expect(try await bob.legacy("tools/list").http.status == 200)
                #expect(try await bob.call("list_jobs").isToolError == false)
                #expect(try await Self.shed("overloaded", deployment) == 0)
            }
        }
    }

    @Test("Bodies have a sum for each caller and one for all, and are refused before they are read (H-01)")
    func bodies() async throws {
        let settings = [
            "MCP_MAX_BODY_BYTES": "2048", "MCP_MAX_BODIES_BYTES_PER_CALLER": "3000", "MCP_MAX_BODIES_BYTES": "5000",
        ]
        try await withDeployment(settings) { deployment in
            func unfinished(_ user: String, chunked: Bool = false) throws -> String {
                let token = try deployment.sandbox.token(user: user)
                let text = Self.unfinished(token)
                let field = chunked ? "Transfer-Encoding: chunked" : "Content-Length: 2000"
                let head = text.components(separatedBy: "Content-Length: ")[0] + field
                return head + "\r\n\r\n" + (chunked ? "1\r\n{\r\n" : "{")
            }
            func status(_ text: String) async throws -> Int {
                try await withRawConnection(to: deployment.server.baseURL) { connection in
                    try await connection.send(text)
                    return try await connection.response().status
                }
            }
            try await Self.withConnections(1, to: deployment, sending: unfinished("alice")) { _ in
                while try await Self.metrics(deployment).sample("http_server_body_bytes")?.value != 2_000 {
                    await Task.yield()
                }
                #expect(try await status(unfinished("alice")) == 429)
                #expect(try await status(unfinished("alice", chunked: true)) == 429, "as long as it may be")
                #expect(try await deployment.client(user: "alice").legacy("ping").http.status == 200)
                try await Self.withConnections(1, to: deployment, sending: unfinished("bob", chunked: true)) { _ in
                    while try await Self.metrics(deployment).sample("http_server_body_bytes")?.value != 4_048 {
                        await Task.yield()
                    }
                    deployment.sandbox.addUser("carol")
                    #expect(try await status(unfinished("carol")) == 503)
                    #expect(try await deployment.client(user: "carol").legacy("ping").http.status == 200)
                }
            }
            #expect(try await Self.shed("caller_bodies", deployment) == 2)
            #expect(try await Self.shed("bodies", deployment) == 1)
            while try await Self.metrics(deployment).sample("http_server_body_bytes")?.value != 0 { await Task.yield() }
        }
    }

    @Test("Nothing behind a body that is too large is looked at, and the connection is closed (T-04)")
    func tooLarge() async throws {
        try await withDeployment(["MCP_MAX_BODY_BYTES": "1024"]) { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            let head = Self.unfinished(token).components(separatedBy: "Content-Length: ")[0]
            let ping = Self.unfinished(token) + Self.rest
            let large = String(repeating: " ", count: 1_025)
            for body in [
                "Content-Length: 1025\r\n\r\n\(large)",
                "Transfer-Encoding: chunked\r\n\r\n401\r\n\(large)\r\n0\r\n\r\n",
            ] {
                try await withRawConnection(to: deployment.server.baseURL) { connection in
                    try await connection.send(head + body + ping)
                    let response = try await connection.response()
                    #expect(response.status == 413 && response.headers["connection"] == "close")
                    #expect(await connection.rest().isEmpty)
                }
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
