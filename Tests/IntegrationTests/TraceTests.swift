internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// One trace joins this server, Entra ID and Databricks, by the real executable and over real sockets (O-01 to O-03).
@Suite(.serialized, .patient) struct TraceTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "00f067aa0ba902b7"

    /// A trace id by number.
    private static func trace(_ number: Int) -> String { "0af7651916cd43dd8448eb2100000\(100 + number)" }

    /// The spans of one trace, as soon as the HTTP request's own, which ends last, has come.
    private static func spans(
        _ receiver: OTLPReceiver, of trace: String = trace
    ) async throws -> [OTLPReceiver.Span] {
        try await receiver.spans { spans in spans.contains { $0.traceID == trace && $0.name == "POST /mcp" } }
            .filter { $0.traceID == trace }
    }

    private static func span(_ name: String, in spans: [OTLPReceiver.Span]) throws -> OTLPReceiver.Span {
        try #require(spans.first { $0.name == name }, "no span \(name) among \(spans.map(\.name))")
    }

    @Test("The first call of a user is one trace from the client to the workspace, found by its correlation id (K-20)")
    func oneTrace() async throws {
        try await OTLPReceiver.withReceiver { receiver in
            try await withDeployment(receiver.settings) { deployment in
                let id = "9a000000-0000-4000-8000-0000000000f2"
                let token = try deployment.sandbox.token(user: "alice")
                _ = try await deployment.client(token: token).call(
                    "list_jobs",
                    headers: [
                        "X-Correlation-ID": id, "traceparent": "00-\(Self.trace)-\(Self.parent)-01",
                        "tracestate": "vendor=opaque", "baggage": "user=someone",
                    ])
                let spans = try await Self.spans(receiver)

                let http = try Self.span("POST /mcp", in: spans)
                let mcp = try Self.span("tools/call list_jobs", in: spans)
                let call = try Self.span("databricks list", in: spans)
                let exchange = try Self.span("entra on_behalf_of", in: spans)
                let tokenRequest = try Self.span("POST /{id}/oauth2/v2.0/token", in: spans)
                let listing = try Self.span("GET /api/2.2/jobs/list", in: spans)
                #expect(http.parentID == Self.parent)
                #expect(try Self.span("bearer token check", in: spans).parentID == http.spanID)
                #expect(mcp.parentID == http.spanID && mcp.links.isEmpty)
                #expect(call.parentID == mcp.spanID)
                #expect(exchange.parentID == call.spanID)
                #expect(tokenRequest.parentID == exchange.spanID)
                #expect(listing.parentID == call.spanID)
                #expect([http, mcp, call, exchange, tokenRequest, listing].map(\.kind) == [2, 2, 1, 1, 3, 3])
                for span in spans {
                    #expect(span["correlation_id"] == id)
                    #expect(span.state == "vendor=opaque")
                    #expect(!span.isError && span.start > 0 && span.start <= span.end)
                }
                #expect(mcp["mcp.method.name"] == "tools/call")
                #expect(mcp["gen_ai.tool.name"] == "list_jobs")
                #expect(mcp["gen_ai.operation.name"] == "execute_tool")
                #expect(mcp["mcp.protocol.version"] == "2026-07-28")
                #expect(mcp["jsonrpc.request.id"] == "q-1")
                #expect(exchange["obo.outcome"] == "success")
                #expect(tokenRequest["peer.service"] == "entra")
                #expect(tokenRequest["server.address"] == "127.0.0.1")
                #expect(tokenRequest["http.response.status_code"] == "200")
                #expect(tokenRequest["entra.request_id"]?.count == 36)
                #expect(listing["peer.service"] == "databricks")
                #expect(listing["http.request.method"] == "GET")

                // Both services were told the span that the trace shows, and nothing of the baggage (D-17).
                for (request, span) in [
                    (try #require(deployment.exchanges.last), tokenRequest),
                    (try #require(deployment.sandbox.requests(to: "jobs/list").last), listing),
                ] {
                    #expect(request.header("traceparent") == "00-\(Self.trace)-\(span.spanID)-01")
                    #expect(request.header("tracestate") == "vendor=opaque")
                    #expect(request.header("baggage") == nil)
                }
                let access = try await deployment.server.log.record("the access line") {
                    $0["message"] == "request answered" && $0["correlation_id"]?.text == id
                }
                #expect(access["trace_id"]?.text == Self.trace)
                #expect(access["span_id"]?.text == http.spanID)

                // Nothing of what was sent or received: no token, secret, argument, query, user.
                let text = receiver.bodies.map { String(decoding: $0, as: UTF8.self) }.joined()
                for secret in [token, deployment.sandbox.clientSecret, "eyJ", "limit=", "alice", "Nightly"] {
                    #expect(!text.contains(secret))
                }
            }
        }
    }

    @Test("A message that names its own parent continues that, with a link to its HTTP request (O-01)")
    func parentInMessage() async throws {
        try await OTLPReceiver.withReceiver { receiver in
            try await withDeployment(receiver.settings) { deployment in
                let inMeta = "1bf7651916cd43dd8448eb211c80319c"
                var meta: JSONObject = ["traceparent": .string("00-\(inMeta)-\(Self.parent)-01"), "tracestate": "a=b"]
                meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28"
                meta["io.modelcontextprotocol/clientCapabilities"] = [:]
                let params: JSONValue = ["name": "list_jobs", "arguments": [:], "_meta": .object(meta)]
                _ = try await deployment.client(user: "alice").post(
                    ["jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params],
                    headers: [
                        "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "list_jobs",
                        "traceparent": "00-\(Self.trace)-\(Self.parent)-01",
                    ])
                let spans = try await receiver.spans { spans in
                    spans.contains { $0.name == "POST /mcp" } && spans.contains { $0.name == "tools/call list_jobs" }
                }
                let http = try Self.span("POST /mcp", in: spans)
                let mcp = try Self.span("tools/call list_jobs", in: spans)
                #expect(http.traceID == Self.trace)
                #expect(mcp.traceID == inMeta && mcp.parentID == Self.parent && mcp.state == "a=b")
                #expect(mcp.links == [http.spanID])
                #expect(mcp["jsonrpc.request.id"] == "7")
                let call = try #require(deployment.sandbox.requests(to: "jobs/list").last)
                #expect(call.header("traceparent")?.hasPrefix("00-\(inMeta)-") == true)
            }
        }
    }

    @Test("Each attempt is a span of its own, numbered (D-116)")
    func retries() async throws {
        try await OTLPReceiver.withReceiver { receiver in
            try await withDeployment(receiver.settings) { deployment in
                deployment.sandbox.addFault(
                    Fault(route: "jobs/list", status: 503, headers: [("Retry-After", "0")], count: 2))
                _ = try await deployment.client(user: "alice").call(
                    "list_jobs", headers: ["traceparent": "00-\(Self.trace)-\(Self.parent)-01"])
                let spans = try await Self.spans(receiver)
                let attempts = spans.filter { $0.name == "GET /api/2.2/jobs/list" }.sorted { $0.start < $1.start }
                #expect(attempts.map { $0["http.response.status_code"] } == ["503", "503", "200"])
                #expect(attempts.map { $0["http.request.resend_count"] } == [nil, "1", "2"])
                #expect(attempts.map { $0["error.type"] } == ["503", "503", nil])
                #expect(attempts.map(\.isError) == [true, true, false])
                #expect(try Self.span("databricks list", in: spans).isError == false)
            }
        }
    }

    @Test("Calls that wait for another call's exchange link to it (E-64)")
    func coalesced() async throws {
        try await OTLPReceiver.withReceiver { receiver in
            try await withDeployment(receiver.settings) { deployment in
                deployment.sandbox.addFault(Fault(route: "token", delayMilliseconds: 500, count: 1))
                let client = try deployment.client(user: "alice")
                try await withThrowingDiscardingTaskGroup { group in
                    for _ in 0..<4 { group.addTask { _ = try await client.call("list_jobs") } }
                }
                let spans = try await receiver.spans { spans in spans.count { $0.name == "POST /mcp" } == 4 }
                let exchanges = spans.filter { $0.name == "entra on_behalf_of" }
                let exchange = try #require(exchanges.first)
                let waits = spans.filter { $0.name == "entra token wait" }
                #expect(exchanges.count == 1)
                #expect(!waits.isEmpty)
                for wait in waits {
                    #expect(wait.links == [exchange.spanID])
                    #expect(wait.traceID != exchange.traceID)
                }
            }
        }
    }

    @Test("Why a token was refused is in its trace, for every bad token (E-21)")
    func refusedTokens() async throws {
        try await OTLPReceiver.withReceiver { receiver in
            try await withDeployment(receiver.settings) { deployment in
                for (number, row) in RejectedToken.all.enumerated() {
                    let trace = Self.trace(number)
                    _ = try await deployment.client(token: try deployment.sandbox.token(row.order))
                        .modern("tools/list", headers: ["traceparent": "00-\(trace)-\(Self.parent)-01"])
                    let spans = try await Self.spans(receiver, of: trace)
                    let http = try Self.span("POST /mcp", in: spans)
                    #expect(!http.isError, "\(row.testDescription)")
                    #expect(http["http.response.status_code"] == "\(row.status)", "\(row.testDescription)")
                    #expect(http["token.reject.reason"] == row.reason, "\(row.testDescription)")
                    // A key is fetched, and a span made, in a trace of its own.
                    let check = try Self.span("bearer token check", in: spans)
                    #expect(check.isError && check.parentID == http.spanID, "\(row.testDescription)")
                    #expect(check["error.type"] == row.reason, "\(row.testDescription)")
                    #expect(!spans.contains { $0.name.hasPrefix("tools/") })
                }
            }
        }
    }

    @Test("Why there was no Databricks token is in the trace, for every outcome (E-74)")
    func failedExchanges() async throws {
        let rows = [
            ("50013", "reauthenticate", "auth"), ("50076", "interact", "interaction"),
            ("53003", "denied", "permission"),
            ("65001", "consent", "consent"), ("7000215", "configuration", "configuration"),
            ("garbage", "protocol_error", "unavailable"), ("status:429:7", "throttled", "rate_limited"),
            ("drop", "transient", "unavailable"),
        ]
        try await OTLPReceiver.withReceiver { receiver in
            try await withDeployment(receiver.settings.merging(["MCP_CLAIMS_RELAY": "never"]) { $1 }) { deployment in
                for (number, (step, outcome, category)) in rows.enumerated() {
                    let trace = Self.trace(number)
                    let user = deployment.sandbox.addUser("user\(number)")
                    try deployment.sandbox.script(user: user, [step])
                    _ = try await deployment.client(user: user)
                        .call("list_jobs", headers: ["traceparent": "00-\(trace)-\(Self.parent)-01"])
                    let spans = try await Self.spans(receiver, of: trace)
                    let exchange = try Self.span("entra on_behalf_of", in: spans)
                    #expect(exchange.isError, "\(step)")
                    #expect(exchange["obo.outcome"] == outcome, "\(step)")
                    #expect(exchange["error.type"] == outcome, "\(step)")
                    #expect(exchange["entra.code"] == Int(step).map { "AADSTS\($0)" }, "\(step)")
                    let call = try Self.span("databricks list", in: spans)
                    #expect(call["error.type"] == "no_token", "\(step)")
                    let mcp = try Self.span("tools/call list_jobs", in: spans)
                    #expect(mcp.isError && mcp["error.type"] == "tool_error", "\(step)")
                    #expect(mcp["error.category"] == category, "\(step)")
                    #expect(spans.allSatisfy { !$0.text.contains("AADSTS\(step):") }, "Entra ID's words: \(step)")
                }
            }
        }
    }

    @Test("How Databricks refused is in the trace, by kind and category (D-99)")
    func refusedCalls() async throws {
        let rows = [
            (403, "PERMISSION_DENIED", "forbidden", "permission"),
            (400, "INVALID_PARAMETER_VALUE", "invalid", "invalid_argument"),
            (404, "RESOURCE_DOES_NOT_EXIST", "not_found", "not_found"),
            (500, "INTERNAL_ERROR", "server_error", "internal"),
        ]
        try await OTLPReceiver.withReceiver { receiver in
            try await withDeployment(receiver.settings) { deployment in
                let client = try deployment.client(user: "alice")
                for (number, (status, code, kind, category)) in rows.enumerated() {
                    let trace = Self.trace(number)
                    let body = #"{"error_code":"\#(code)","message":"the words of the service"}"#
                    deployment.sandbox.addFault(Fault(route: "jobs/list", status: status, body: body, count: 1))
                    _ = try await client.call(
                        "list_jobs", headers: ["traceparent": "00-\(trace)-\(Self.parent)-01"])
                    let spans = try await Self.spans(receiver, of: trace)
                    let call = try Self.span("databricks list", in: spans)
                    #expect(call.isError && call["error.type"] == kind, "\(code)")
                    #expect(call["error.category"] == category, "\(code)")
                    #expect(try Self.span("GET /api/2.2/jobs/list", in: spans)["error.type"] == "\(status)", "\(code)")
                    #expect(try Self.span("tools/call list_jobs", in: spans)["error.category"] == category, "\(code)")
                    #expect(spans.allSatisfy { !$0.text.contains("the words") }, "\(code)")
                }
            }
        }
    }

    @Test("A call that is streamed ends its span with its last piece, and other methods and batches have spans too")
    func otherRequests() async throws {
        try await OTLPReceiver.withReceiver { receiver in
            try await withDeployment(receiver.settings) { deployment in
                let client = try deployment.client(user: "alice")
                let headers: HeaderList = ["traceparent": "00-\(Self.trace)-\(Self.parent)-01"]
                _ = try await client.modern("tools/list", headers: headers)
                _ = try await client.modern("nothing/known", headers: headers)
                _ = try await client.post(
                    [
                        ["jsonrpc": "2.0", "id": 1, "method": "ping"],
                        ["jsonrpc": "2.0", "id": 2, "method": "tools/list"],
                    ],
                    headers: headers)
                let spans = try await receiver.spans { spans in spans.count { $0.name == "POST /mcp" } == 3 }
                #expect(try Self.span("tools/list", in: spans).isError == false)
                let unknown = try Self.span("_OTHER", in: spans)
                #expect(unknown["error.type"] == "-32601" && unknown["rpc.response.status_code"] == "-32601")
                #expect(unknown["mcp.method.name"] == "_OTHER")
                #expect(spans.count { $0.name == "tools/list" } == 2)
                #expect(spans.contains { $0.name == "ping" })
            }
        }
    }

    @Test("A caller that does not keep its trace is followed, and told so onwards (parentbased)")
    func notSampled() async throws {
        try await OTLPReceiver.withReceiver { receiver in
            try await withDeployment(receiver.settings) { deployment in
                let client = try deployment.client(user: "alice")
                _ = try await client.call("list_jobs", headers: ["traceparent": "00-\(Self.trace)-\(Self.parent)-00"])
                let other = Self.trace(1)
                _ = try await client.call("list_jobs", headers: ["traceparent": "00-\(other)-\(Self.parent)-01"])
                _ = try await Self.spans(receiver, of: other)
                #expect(!receiver.spans.contains { $0.traceID == Self.trace })
                let calls = deployment.sandbox.requests(to: "jobs/list").compactMap { $0.header("traceparent") }
                #expect(calls.first?.hasPrefix("00-\(Self.trace)-") == true && calls.first?.hasSuffix("-00") == true)
                #expect(calls.last?.hasSuffix("-01") == true)
            }
        }
    }

    @Test("A collector that is away costs no request, and is reported once a minute without a body (O-01)")
    func collectorAway() async throws {
        try await OTLPReceiver.withReceiver(answering: { _ in "400 Bad Request" }) { receiver in
            try await withDeployment(receiver.settings) { deployment in
                let client = try deployment.client(user: "alice")
                #expect(try await client.call("list_jobs").http.status == 200)
                let record = try await deployment.server.log.record(message: "spans could not be exported")
                #expect(record["error_detail"]?.text == "status 400")
                #expect(record["level"]?.text == "warning")
                #expect(try await client.call("list_jobs").http.status == 200)
            }
        }
    }

    @Test("What is left is exported when the server stops")
    func flush() async throws {
        try await OTLPReceiver.withReceiver { receiver in
            var settings = receiver.settings
            settings["OTEL_BSP_SCHEDULE_DELAY"] = "3600000"
            try await withDeployment(settings) { deployment in
                _ = try await deployment.client(user: "alice").call(
                    "list_jobs", headers: ["traceparent": "00-\(Self.trace)-\(Self.parent)-01"])
                #expect(receiver.spans.isEmpty)
                deployment.server.terminate()
                #expect(await deployment.server.exitStatus() == 0)
                #expect(receiver.spans.contains { $0.name == "tools/call list_jobs" && $0.traceID == Self.trace })
            }
        }
    }
}
