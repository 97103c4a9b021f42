internal import HTTPTypes
internal import JSON
internal import Logging
internal import MCP
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.patient) struct ToolCallTests {
    private static let correlationID = "0b9c1d2e-3f40-4152-8637-48596a7b8c9d"

    private func withContext<Result>(_ body: () async throws -> Result) async throws -> Result {
        let id = try #require(CorrelationID(Self.correlationID))
        return try await withRequestContext(RequestContext(correlationID: id)) { try await body() }
    }

    @Test("A failure is told in words and for machines (K-12)", arguments: ["2025-11-25", "2026-07-28"])
    func failure(_ version: String) async throws {
        let exchange =
            version == "2026-07-28"
            ? Exchange.modern("tools/call", ["name": "get_run"])
            : .legacy(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_run"}}"#)
        let reply = try await withContext { try await exchange.reply() }

        #expect(reply.status == .ok && reply.json?["result"]?["isError"] == true)
        #expect(
            reply.text
                == "Databricks refused the request (HTTP 403, PERMISSION_DENIED). Correlation ID: \(Self.correlationID)"
        )
        #expect(
            reply.json?["result"]?["_meta"]?["databricks-jobs-mcp/error"] == [
                "category": "permission", "http_status": 403, "error_code": "PERMISSION_DENIED", "retryable": false,
                "retry_after_seconds": 7, "next_step": "Ask the owner for CAN VIEW.",
                "correlation_id": .string(Self.correlationID),
            ])
        #expect(reply.summary.isToolError && reply.summary.errorCategory == .permission)
        #expect(reply.summary.failure?.operatorMessage == "403 from runs/get" && reply.summary.tool == "get_run")
        #expect(reply.summary.rpcErrorCode == nil)
    }

    @Test("A bug is -32603 with a reference and nothing of its cause")
    func bug() async throws {
        let reply = try await withContext { try await Exchange.modern("tools/call", ["name": "broken"]).reply() }
        #expect(
            reply.json == [
                "jsonrpc": "2.0", "id": 1,
                "error": [
                    "code": -32603, "message": .string("Internal error. Correlation ID: \(Self.correlationID)"),
                ],
            ])
        #expect(reply.summary.errorCategory == .internal && reply.summary.rpcErrorCode == -32603)
    }

    @Test("A tool runs in the context of its request (K-20, O-01)")
    func context() async throws {
        var params: JSONObject = ["name": "context"]
        params["_meta"] = [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
            "io.modelcontextprotocol/clientInfo": ["name": "host\u{1B}", "version": "2"],
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
        ]
        let body: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": .object(params)]
        let exchange = Exchange(
            body.description,
            headers: [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "context")])
        let reply = try await withContext { try await exchange.reply() }
        #expect(reply.text == "context tools/call 0af7651916cd43dd8448eb211c80319c host?")
        #expect(reply.summary.clientName == "host?" && reply.summary.clientVersion == "2")
        #expect(reply.summary.tool == "context" && reply.summary.method == "tools/call")
    }

    @Test(
        "Arguments may be absent or null (TC-01); other members are ignored",
        arguments: [
            #"{"name":"list_jobs"}"#, #"{"name":"list_jobs","arguments":null}"#,
            #"{"name":"list_jobs","arguments":{}}"#,
            #"{"name":"list_jobs","inputResponses":{},"requestState":"x","task":7}"#,
        ])
    func absentArguments(_ params: String) async throws {
        let body = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":\#(params)}"#
        #expect(try await Exchange.legacy(body).reply().text == "20 jobs")
    }

    @Test("The caller reaches the tool")
    func caller() async throws {
        let call = Exchange.modern("tools/call", ["name": "run_now", "arguments": ["job_id": "7"]])
        #expect(try await call.reply().text == "started for alice")
    }

    @Test("A response above the limit becomes a failure (TC-04)", arguments: [(900, false), (1_100, true)])
    func tooLarge(_ bytes: Int64, _ isError: Bool) async throws {
        let call = Exchange.modern("tools/call", ["name": "large", "arguments": ["bytes": .integer(bytes)]])
        let reply = try await call.reply(from: Fixture.dispatcher(limits: MCPLimits(maximumResponseBytes: 1_300)))
        #expect(reply.json?["result"]?["isError"] == .bool(isError))
        if isError {
            #expect(reply.text?.hasPrefix("The result of large is too large (1 KiB, at most 1 KiB).") == true)
        }
    }

    @Test("The default limit is 900 KiB, which the Python client can read")
    func defaultLimit() async throws {
        for (bytes, isError) in [(900 << 10 - 400, false), (900 << 10, true)] as [(Int64, Bool)] {
            let call = Exchange.modern("tools/call", ["name": "large", "arguments": ["bytes": .integer(bytes)]])
            #expect(try await call.reply().json?["result"]?["isError"] == .bool(isError))
        }
    }

    @Test("A call is cancelled at its deadline and says so (C-05)")
    func timeout() async throws {
        let (started, start) = AsyncStream<Void>.makeStream()
        let slow = FixtureTool("slow") { _, _ in
            start.yield()
            try await Task.sleep(for: .seconds(3_600))
            return ToolResult(text: "late", structured: Array("{}".utf8))
        }
        let dispatcher = Fixture.dispatcher([slow])
        let call = Exchange.modern("tools/call", ["name": "slow"]).setting("Accept", "application/json")
        async let reply = call.reply(from: dispatcher)
        for await _ in started { break }
        dispatcher.calls.tick(at: .now + .seconds(59))
        dispatcher.calls.tick(at: .now + .seconds(61))

        #expect(try await reply.text?.hasPrefix("slow took longer than 60 seconds and was stopped.") == true)
        #expect(try await reply.json?["result"]?["_meta"]?["databricks-jobs-mcp/error"]?["category"] == "unavailable")
        #expect(try await reply.summary.isToolError)
    }

    @Test("A tool's own word about its cancellation stands (TC-09)")
    func ownWord() async throws {
        let (started, start) = AsyncStream<Void>.makeStream()
        let slow = FixtureTool("slow") { _, _ in
            start.yield()
            do { try await Task.sleep(for: .seconds(3_600)) } catch { throw FixtureError() }
            return ToolResult(text: "late", structured: Array("{}".utf8))
        }
        let dispatcher = Fixture.dispatcher([slow])
        let call = Exchange.modern("tools/call", ["name": "slow"]).setting("Accept", "application/json")
        async let reply = call.reply(from: dispatcher)
        for await _ in started { break }
        dispatcher.calls.tick(at: .now + .seconds(61))

        #expect(try await reply.text == "Databricks refused the request (HTTP 403, PERMISSION_DENIED).")
    }

    @Test("run() enforces the deadline by itself and ends with its task")
    func watch() async throws {
        let slow = FixtureTool("slow") { _, _ in
            try await Task.sleep(for: .seconds(3_600))
            return ToolResult(text: "late", structured: Array("{}".utf8))
        }
        let dispatcher = Dispatcher<String>(
            description: Fixture.description, tools: [slow], callTimeout: .milliseconds(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await dispatcher.calls.run() }
            let reply = try await Exchange.modern("tools/call", ["name": "slow"]).reply(from: dispatcher)
            #expect(reply.text?.hasPrefix("slow took longer than") == true)
            group.cancelAll()
        }
    }

    @Test("A client that hangs up cancels its call in the modern era only (C-01, C-02)", arguments: [true, false])
    func cancellation(isModern: Bool) async throws {
        let (started, start) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let slow = FixtureTool("slow") { _, _ in
            start.yield()
            for await _ in released { break }  // ends with the stream's value, or at once when cancelled
            try Task.checkCancellation()
            return ToolResult(text: "done", structured: Array("{}".utf8))
        }
        let exchange =
            isModern
            ? Exchange.modern("tools/call", ["name": "slow"])
            : .legacy(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow"}}"#)
        let client = ClientPresence()
        async let reply = exchange.reply(from: Fixture.dispatcher([slow]), client: client)
        for await _ in started { break }
        client.leave()
        if !isModern { release.yield() }

        #expect(try await reply.summary.isAbandoned == isModern)
        #expect(try await reply.text == (isModern ? nil : "done"))
    }

    @Test("A call whose client has gone before it starts is cancelled at once")
    func goneBefore() async throws {
        let (never, _) = AsyncStream<Void>.makeStream()
        let slow = FixtureTool("slow") { _, _ in
            for await _ in never { break }
            throw CancellationError()
        }
        let client = ClientPresence()
        client.leave()
        let reply = try await Exchange.modern("tools/call", ["name": "slow"])
            .reply(from: Fixture.dispatcher([slow]), client: client)
        #expect(reply.summary.isAbandoned && client.isGone)
    }
}
