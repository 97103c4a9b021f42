internal import HTTPTransport
internal import JSON
internal import Observability
internal import Sandbox
internal import TestSupport
internal import Testing

/// What a scraper reads from a running server.
@Suite(.serialized, .patient) struct MetricsTests {
    private static let openMetrics = "application/openmetrics-text; version=1.0.0"

    /// The text format unless `accept` says otherwise.
    private static func scrape(
        _ server: ServerProcess, _ transport: CurlTransport, accept: String? = nil
    ) async throws -> Exposition {
        let operations = MCPTestClient(baseURL: server.metricsURL, token: nil, transport: transport)
        let answer = try await operations.get("/metrics", headers: accept.map { ["Accept": $0] } ?? [:])
        let text = String(decoding: answer.http.body, as: UTF8.self)
        return try Exposition(text, isOpenMetrics: accept != nil)
    }

    private static func scrape(_ deployment: Deployment, accept: String? = nil) async throws -> Exposition {
        try await scrape(deployment.server, deployment.transport, accept: accept)
    }

    @Test("Answers in the format that Accept asks for, to GET and HEAD only (K-23)")
    func negotiation() async throws {
        try await withDeployment { deployment in
            let operations = MCPTestClient(
                baseURL: deployment.server.metricsURL, token: nil, transport: deployment.transport)
            let text = try await operations.get("/metrics")
            #expect(text.http.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(text.http.headers["Vary"] == "Accept")
            let open = try await operations.get("/metrics", headers: ["Accept": Self.openMetrics])
            #expect(
                open.http.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8")
            #expect(String(decoding: open.http.body, as: UTF8.self).hasSuffix("\n# EOF\n"))

            try await withRawConnection(to: deployment.server.metricsURL) { connection in
                for method in ["HEAD", "POST", "GET"] {
                    try await connection.send(
                        "\(method) /metrics HTTP/1.1\r\nHost: x\r\nAccept: \(Self.openMetrics)\r\n"
                            + "Content-Length: 0\r\n\r\n")
                    // Were there a body after the HEAD, the next head could not be read.
                    let response = try await connection.response(toHead: method == "HEAD")
                    #expect(response.status == (method == "POST" ? 405 : 200))
                    let type = response.headers["content-type"] ?? ""
                    #expect(type.hasPrefix("application/openmetrics-text") == (method != "POST"))
                }
            }
        }
    }

    @Test("Shows when the certificate in use expires, and follows its replacement (E-187)")
    func certificateExpiry() async throws {
        try await withCredential { sandbox, folder in
            let path = try CredentialCase.certificate(for: sandbox, "client.pem", folder, lastYear: 2040)
            return ["AZURE_CLIENT_CERTIFICATE_PATH": path]
        } _: { deployment, folder in
            let name = MetricNames.serverCredentialExpiry
            #expect(try await Self.scrape(deployment).sample(name)?.value == 2_240_611_199, "31 December 2040")
            _ = try CredentialCase.certificate(for: deployment.sandbox, "client.pem", folder, lastYear: 2041)
            #expect(try await deployment.client(user: "alice").call("list_jobs").isToolError == false)
            for accept in [nil, Self.openMetrics] {
                let text = try await Self.scrape(deployment, accept: accept)
                #expect(text.sample(name)?.value == 2_272_147_199, "31 December 2041")
            }
        }
    }

    @Test("Exposes every metric of the table from the start, at 0 where nothing has happened")
    func complete() async throws {
        try await withDeployment { deployment in
            _ = try await deployment.client(user: "alice").call("list_jobs", ["limit": 0])
            // Measured at once and then every second.
            var text = try await Self.scrape(deployment)
            while text.sample("event_loop_lag_seconds_count")?.value == 0 { text = try await Self.scrape(deployment) }

            let absent = MetricCatalogue.all.map(\.name).filter { text.family($0) == nil }
            #expect(
                Set(absent) == [
                    MetricNames.spans, MetricNames.managedIdentityRequests, MetricNames.serverCredentialExpiry,
                ],
                "there is neither a managed identity nor a certificate nor a collector here")
            for name in [
                MetricNames.tokenRejections, MetricNames.tokenAcceptances, MetricNames.jwksRefreshes,
                MetricNames.oboExchanges, MetricNames.oboCacheLookups, MetricNames.applicationTokens,
                MetricNames.databricksRequests, MetricNames.databricksRetries, MetricNames.databricksThrottles,
                MetricNames.httpShedRequests, MetricNames.httpUnreadableRequests, MetricNames.databricksCallsRefused,
            ] {
                let metric = try #require(MetricCatalogue.all.first { $0.name == name })
                #expect(text.family(name)?.samples.count == metric.maximumSeries, "\(name): one for each value")
            }
            for (name, value) in [
                ("server_ready", 1), ("server_credential_ready", 1), ("run_waits_in_progress", 0),
                ("databricks_calls_in_progress", 0), ("databricks_calls_waiting", 0), ("databricks_calls_pausing", 0),
                ("databricks_user_pauses", 0), ("databricks_shared_pauses", 0),
                ("log_records_dropped_total", 0), ("metrics_series_refused_total", 0),
                ("databricks_jobs_mcp_build_info", 1),
            ] {
                #expect(text.sample(name)?.value == Double(value), "\(name)")
            }
            #expect(try #require(text.sample("jwks_keys")).value >= 1)
            #expect(try #require(text.sample("jwks_age_seconds")).value >= 0)
            #expect(text.sample("process_threads").map { $0.value > 1 } == true)
            #expect(
                text.sample("process_open_fds").map { $0.value > 3 } == true, "also after core dumps were forbidden")
            #expect(
                text.sample("databricks_jobs_mcp_build_info").map { Set($0.labels.keys) }
                    == ["version", "revision", "swift_version"])
            #expect(
                text.sample(
                    "mcp_tool_errors_total", ["gen_ai_tool_name": "list_jobs", "category": "invalid_argument"])?
                    .value == 1)
        }
    }

    @Test("Before the first key set the server says that it is not ready, and no age")
    func notReady() async throws {
        try await withTransport { transport in
            try await withSandbox { sandbox in
                sandbox.takeDown(.entra)
                try await ServerProcess.withServer(Deployment.environment(for: sandbox)) { server in
                    let text = try await Self.scrape(server, transport)
                    #expect(text.sample("server_ready")?.value == 0)
                    #expect(text.sample("jwks_keys")?.value == 0)
                    #expect(text.family("jwks_age_seconds") == nil)
                }
            }
        }
    }

    @Test("An exemplar leads from each of these metrics to the request whose answer named the same correlation ID")
    func exemplars() async throws {
        try await withDeployment { deployment in
            let refused = try await deployment.client(token: "x").modern("tools/list")
            try deployment.sandbox.script(user: "bob", ["65001"])
            let withoutConsent = try await deployment.client(user: "bob").call("list_jobs")
            _ = deployment.sandbox.addFault(FaultPreset.addressBlocked.fault(route: "jobs/list", now: 0))
            let blocked = try await deployment.client(user: "alice").call("list_jobs")
            #expect(refused.http.status == 401 && withoutConsent.isToolError && blocked.isToolError)

            let metrics = try await Self.scrape(deployment, accept: Self.openMetrics)
            func expect(_ answer: MCPTestClient.Answer, _ name: String, _ labels: [String: String]) throws {
                let exemplar = try #require(metrics.sample(name, labels)?.exemplar, "\(name) \(labels)")
                #expect(exemplar["correlation_id"] == answer.correlationID, "\(name) \(labels)")
                #expect(exemplar["trace_id"]?.count == 32)
            }
            try expect(refused, "token_rejections_total", ["reason": "malformed"])
            try expect(withoutConsent, "obo_exchanges_total", ["outcome": "consent"])
            let tool = "list_jobs"
            try expect(
                withoutConsent, "mcp_tool_errors_total", ["gen_ai_tool_name": tool, "category": "consent"])
            try expect(blocked, "obo_exchanges_total", ["outcome": "success"])
            try expect(blocked, "databricks_requests_total", ["endpoint": "list", "status_class": "4xx"])
            try expect(
                blocked, "mcp_tool_errors_total", ["gen_ai_tool_name": tool, "category": "network_policy"])
            let buckets = metrics.samples.filter {
                $0.name == "mcp_server_operation_duration_seconds_bucket" && $0.labels["error_type"] == "tool_error"
            }
            #expect(buckets.contains { $0.exemplar?["correlation_id"] == blocked.correlationID })
        }
    }

    @Test("No input makes a series that is not in the table (E-166)")
    func bounded() async throws {
        try await withDeployment { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            for row in HostileTexts.all + HostileMessages.all + HostileHeads.all + Self.oddities {
                try await withRawConnection(to: deployment.server.baseURL) { connection in
                    try await connection.send(row.bytes(token: token))
                    _ = try await connection.response(toHead: row.method == "HEAD")
                }
            }
            for flaw in TokenOrder.Flaw.allCases {
                let flawed = try deployment.sandbox.token(user: "alice", flaw: flaw)
                _ = try await deployment.client(token: flawed).modern("tools/list")
            }
            let metrics = try await Self.scrape(deployment)
            for metric in MetricCatalogue.all { Self.expectBound(metric, metrics) }
            let series = try #require(metrics.sample("metrics_series")?.value)
            #expect(series > 100 && series <= Double(MetricCatalogue.maximumSeries))
            #expect(metrics.sample("metrics_series_refused_total")?.value == 0)
            #expect(Set(metrics.families.map(\.name)).isSubset(of: MetricCatalogue.all.map(\.name)))
        }
    }

    private static func expectBound(_ metric: MetricDescription, _ metrics: Exposition) {
        let samples = metrics.family(metric.name)?.samples ?? []
        let sets = Set(samples.map { $0.labels.filter { $0.key != "le" } })
        #expect(sets.count <= metric.maximumSeries, "\(metric.name)")
        for set in sets {
            #expect(Set(set.keys) == Set(metric.labels.map(\.name)), "\(metric.name)")
            for label in metric.labels where !label.values.isEmpty {
                #expect(label.values.contains(set[label.name] ?? ""), "\(metric.name) \(label.name)")
            }
        }
    }

    /// Methods, paths, revisions, tools, MCP methods and client names that nobody has heard of.
    private static let oddities: [HostileRequest] = (0..<20).flatMap { number -> [HostileRequest] in
        let methods = ["BREW", "PROPFIND", "X\(number)", "get", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]
        var odd = HostileRequest.body("odd", "method", "", .status(405))
        odd.method = methods[number % methods.count]
        odd.path = ["/mcp", "/\(number)", "/healthz", "/readyz", "/metrics", "/mcp/\(number)"][number % 6]
        let call = """
            {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"tool\(number)","arguments":{}}}
            """
        let revision = HostileRequest.fields(
            "odd", "revision", [("MCP-Protocol-Version", "2030-01-\(number + 10)")], body: call, .status(400))
        let client = """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"20\(number)","capabilities":{},\
            "clientInfo":{"name":"client\(number)","version":"\(number)"}}}
            """
        return [
            odd, revision, .body("odd", "tool", call, .result), .body("odd", "client", client, .result),
            .body("odd", "mcp method", #"{"jsonrpc":"2.0","id":1,"method":"m\#(number)"}"#, .result),
        ]
    }
}
