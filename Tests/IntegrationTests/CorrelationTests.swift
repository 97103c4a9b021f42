internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// One identifier follows a request from the client to Entra ID and Databricks (K-20, E-190).
@Suite(.serialized, .patient) struct CorrelationTests {
    @Test("The identifier is in the answer, in every log line, at Entra ID and at Databricks")
    func everywhere() async throws {
        try await withDeployment(["LOG_LEVEL": "debug"]) { deployment in
            let id = "9a000000-0000-4000-8000-0000000000f2"
            let trace = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"
            let answer = try await deployment.client(user: "alice")
                .call(
                    "list_jobs",
                    headers: ["X-Correlation-ID": "9A000000-0000-4000-8000-0000000000F2", "traceparent": trace])

            #expect(answer.correlationID == id)
            let access = try await deployment.server.log.record("the access line") {
                $0["message"] == "request answered" && $0["correlation_id"]?.text == id
            }
            #expect(access["mcp_tool"]?.text == "list_jobs")
            #expect(access["entra_oid"]?.text?.count == 36)
            #expect(access["entra_azp"]?.text == SandboxIdentity.clientAppID)
            #expect(access["http_status"] == .integer(200))
            #expect(access["mcp_outcome"]?.text == "ok")
            #expect(access["mcp_era"] == "modern" && access["mcp_version"] == "2026-07-28")
            #expect(access["upstream_calls"] == 1)
            let phases = try ["auth_ms", "obo_ms", "upstream_ms"].map { try #require(access[$0]?.double) }
            #expect(phases.allSatisfy { $0 > 0 }, "none was in a cache yet")
            #expect(try phases.reduce(0, +) <= #require(access["duration_ms"]?.double))
            #expect(try #require(access["request_bytes"]?.integer) > 100)
            #expect(try #require(access["response_bytes"]?.integer) > 100)
            #expect(access["trace_id"]?.text == "0af7651916cd43dd8448eb211c80319c")
            let exchange = try #require(deployment.exchanges.last)
            #expect(exchange.header("client-request-id") == id)
            let call = try #require(deployment.sandbox.requests(to: "jobs/list").last)
            #expect(call.header("X-Request-ID") == id)
            #expect(call.header("traceparent")?.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") == true)
            #expect(call.header("traceparent") != trace)
        }
    }

    @Test(
        "A client's id that is no UUID is kept beside one of ours; anything longer or stranger is dropped",
        arguments: [("req-42", true), (String(repeating: "x", count: 129), false), ("with space", false)])
    func foreignIdentifier(offered: String, isKept: Bool) async throws {
        try await withDeployment { deployment in
            let answer = try await deployment.client(user: "alice")
                .modern("tools/list", headers: ["X-Request-ID": offered])
            let id = try #require(answer.correlationID)
            let access = try await deployment.server.log.record("the access line") {
                $0["message"] == "request answered" && $0["correlation_id"]?.text == id
            }

            #expect(id != offered)
            #expect(access["client_correlation_id"]?.text == (isKept ? offered : nil))
        }
    }

    @Test("Health and metadata answers carry an identifier too")
    func otherRoutes() async throws {
        try await withDeployment { deployment in
            let client = deployment.client(token: nil)
            for path in ["/healthz", "/readyz", "/.well-known/oauth-protected-resource", "/nowhere", "/mcp/"] {
                let answer = try await client.get(path)
                #expect(answer.correlationID?.count == 36)
            }
        }
    }

    @Test("Metrics count what happened, on their own listener only, and name nobody (K-23, E-166)")
    func metrics() async throws {
        try await withDeployment { deployment in
            let alice = try deployment.client(user: "alice")
            _ = try await alice.call("list_jobs")
            _ = try await deployment.client(token: "x").modern("tools/list")
            let operations = MCPTestClient(
                baseURL: deployment.server.metricsURL, token: nil, transport: deployment.transport)
            let text = String(decoding: try await operations.get("/metrics").http.body, as: UTF8.self)

            #expect(text.contains("mcp_server_operation_duration_seconds_count{"))
            #expect(text.contains("gen_ai_tool_name=\"list_jobs\""))
            #expect(text.contains("token_rejections_total{reason=\"malformed\"} 1"))
            #expect(text.contains("obo_exchanges_total{"))
            #expect(text.contains("databricks_requests_total{"))
            #expect(text.contains("jwks_refreshes_total{"))
            #expect(text.firstMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-/) == nil)
            #expect(try await alice.get("/metrics").http.status == 404)
            #expect(try await operations.get("/readyz").http.status == 200)
        }
    }
}
