internal import Foundation
internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// Worked examples, sent to the real server as they stand here and compared with what stands here.
///
/// What an example leaves open is put in: the token, the sandbox's ids and addresses, this product's version and
/// instructions, and the data of a workspace.
@Suite(.serialized, .patient) struct GoldenTests {
    private static let envelope =
        #""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}"#

    /// A request as the examples write it: request line, header fields, empty line, body.
    private static func request(_ fields: [String], _ body: String, token: String?) -> String {
        var lines = ["POST /mcp HTTP/1.1", "Host: jobs-mcp.example.com"]
        if let token { lines.append("Authorization: Bearer \(token)") }
        lines += ["Content-Type: application/json", "Accept: application/json, text/event-stream"] + fields
        return (lines + ["Content-Length: \(body.utf8.count)", "", body]).joined(separator: "\r\n")
    }

    private static func modern(_ method: String, _ name: String? = nil) -> [String] {
        ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: \(method)"] + (name.map { ["Mcp-Name: \($0)"] } ?? [])
    }

    /// What one example needs.
    private struct Stage: Sendable {
        let deployment: Deployment
        let token: String
        let version: String

        var scope: String { "api://\(deployment.sandbox.apiClientID)/jobs" }
        var metadataURL: String { "https://jobs-mcp.example.com/.well-known/oauth-protected-resource/mcp" }
        var stamp: JSONValue {
            ["io.modelcontextprotocol/serverInfo": ["name": "azure-databricks-jobs-mcp", "version": .string(version)]]
        }

        func answer(_ fields: [String], _ body: String, anonymous: Bool = false) async throws -> RawResponse {
            let text = GoldenTests.request(fields, body, token: anonymous ? nil : token)
            return try await withRawConnection(to: deployment.server.baseURL) { connection in
                try await connection.send(text)
                return try await connection.response()
            }
        }
    }

    private static func onStage(
        _ settings: [String: String] = [:], _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        let settings = settings.merging(["MCP_BASE_URL": "https://jobs-mcp.example.com"]) { $1 }
        try await withDeployment(settings) { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            let client = deployment.client(token: token)
            let hello = try await client.legacy(
                "initialize", ["protocolVersion": "2025-11-25"], headers: ["Host": "jobs-mcp.example.com"])
            let version = try #require(hello.result?["serverInfo"]?["version"]?.text)
            try await body(Stage(deployment: deployment, token: token, version: version))
        }
    }

    private static func expect(_ response: RawResponse, _ status: Int, _ body: String) throws {
        #expect(response.status == status)
        #expect(response.headers["content-type"] == "application/json")
        #expect(response.headers["cache-control"] == "no-store")
        #expect(response.headers["x-content-type-options"] == "nosniff")
        #expect(try JSONValue.parse(Array(response.body.utf8)) == (try JSONValue.parse(Array(body.utf8))))
    }

    @Test("No token, a challenge, and the metadata it names (A-15, A-16)")
    func challenge() async throws {
        try await Self.onStage { stage in
            let discover =
                #"{"jsonrpc":"2.0","id":0,"method":"server/discover","params":{"_meta":{\#(Self.envelope)}}}"#
            let refused = try await stage.answer(Self.modern("server/discover"), discover, anonymous: true)
            let sentence = "Sign in: the request has no bearer token"
            let error = #"{"code":-32600,"message":"\#(sentence)","data":{"error":"unauthorized"}}"#
            try Self.expect(
                refused, 401, #"{"jsonrpc":"2.0","id":null,"error":\#(error),"error_description":"\#(sentence)"}"#)
            #expect(
                refused.headers["www-authenticate"]
                    == #"Bearer scope="\#(stage.scope)", resource_metadata="\#(stage.metadataURL)""#)

            let metadata = try await withRawConnection(to: stage.deployment.server.baseURL) { connection in
                try await connection.send(
                    "GET /.well-known/oauth-protected-resource/mcp HTTP/1.1\r\nHost: jobs-mcp.example.com\r\n\r\n")
                return try await connection.response()
            }
            #expect(metadata.status == 200 && metadata.headers["content-type"] == "application/json")
            #expect(metadata.headers["cache-control"] == "public, max-age=300")
            #expect(metadata.headers["access-control-allow-origin"] == "*")
            let document = try JSONValue.parse(Array(metadata.body.utf8))
            let issuer = "\(stage.deployment.sandbox.baseURL)/\(stage.deployment.sandbox.tenantID)/v2.0"
            #expect(document["resource"] == "https://jobs-mcp.example.com/mcp")
            #expect(document["authorization_servers"] == [.string(issuer)])
            #expect(document["scopes_supported"] == [.string(stage.scope)])
            #expect(document["bearer_methods_supported"] == ["header"])
        }
    }

    @Test("Modern: server/discover and tools/list")
    func discovery() async throws {
        try await Self.onStage { stage in
            let discover =
                #"{"jsonrpc":"2.0","id":0,"method":"server/discover","params":{"_meta":{\#(Self.envelope)}}}"#
            let answer = try await stage.answer(Self.modern("server/discover"), discover)
            let json = try JSONValue.parse(Array(answer.body.utf8))
            let instructions = try #require(json["result"]?["instructions"])
            try Self.expect(
                answer, 200,
                """
                {"jsonrpc":"2.0","id":0,"result":{"resultType":"complete",
                "supportedVersions":["2026-07-28","2025-11-25","2025-06-18","2025-03-26"],
                "capabilities":{"tools":{}},"instructions":\(instructions),"ttlMs":3600000,"cacheScope":"public",
                "_meta":{"io.modelcontextprotocol/serverInfo":{"name":"azure-databricks-jobs-mcp",
                "title":"Azure Databricks Jobs","version":"\(stage.version)"}}}}
                """)

            let list =
                #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/clientInfo":{"name":"example-host","version":"3.1.0"},\#(Self.envelope)}}}"#
            let listed = try await stage.answer(Self.modern("tools/list"), list)
            let result = try #require(try JSONValue.parse(Array(listed.body.utf8))["result"])
            let tools = try #require(result["tools"])
            try Self.expect(
                listed, 200,
                #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","tools":\#(tools),"ttlMs":300000,"cacheScope":"public","_meta":\#(stage.stamp)}}"#
            )
            #expect(
                tools.array?.map { $0["name"] } == ["list_jobs", "list_runs", "get_run", "get_run_output", "run_now"])
            #expect(
                tools.element(4)?["annotations"] == [
                    "title": "Run job now", "readOnlyHint": false, "destructiveHint": true, "idempotentHint": false,
                    "openWorldHint": true,
                ])
            for tool in tools.array?.dropLast() ?? [] {
                #expect(tool["annotations"]?["readOnlyHint"] == true && tool["annotations"]?["openWorldHint"] == false)
            }
        }
    }

    @Test("Modern: tools/call, success and tool errors")
    func calls() async throws {
        try await Self.onStage(["MCP_TEXT_CONTENT": "json"]) { stage in
            let call =
                #"{"jsonrpc":"2.0","id":"a7","method":"tools/call","params":{"name":"list_jobs","arguments":{"limit":2},"_meta":{\#(Self.envelope),"traceparent":"00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"}}}"#
            let answer = try await stage.answer(Self.modern("tools/call", "list_jobs"), call)
            let structured = try #require(
                try JSONValue.parse(Array(answer.body.utf8))["result"]?["structuredContent"])
            #expect(structured["jobs"]?.array?.count == 2)
            let text = JSONValue.string(structured.description)
            try Self.expect(
                answer, 200,
                #"{"jsonrpc":"2.0","id":"a7","result":{"resultType":"complete","content":[{"type":"text","text":\#(text)}],"structuredContent":\#(structured),"isError":false,"_meta":\#(stage.stamp)}}"#
            )

            let wrong =
                #"{"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"list_jobs","arguments":{"limit":500,"colour":"red"},"_meta":{\#(Self.envelope)}}}"#
            let failure = try await stage.answer(Self.modern("tools/call", "list_jobs"), wrong)
            let result = try #require(try JSONValue.parse(Array(failure.body.utf8))["result"])
            #expect(failure.status == 200 && result["resultType"] == "complete" && result["isError"] == true)
            #expect(
                result["content"]?.element(0)?["text"]?.text?.hasPrefix(
                    "Invalid arguments for list_jobs: limit must be between 1 and 100 (got 500); "
                        + "colour is not a known argument.") == true)
            #expect(
                result["_meta"]?["io.modelcontextprotocol/serverInfo"]
                    == stage.stamp["io.modelcontextprotocol/serverInfo"])
        }
    }

    private static let supported = #""supported":["2026-07-28","2025-11-25","2025-06-18","2025-03-26"]"#

    @Test("Modern: protocol errors")
    func modernErrors() async throws {
        let rows: [([String], String, Int, String)] = [
            (
                Self.modern("tools/call", "delete_job"),
                #"{"jsonrpc":"2.0","id":10,"method":"tools/call","params":{"name":"delete_job","_meta":{\#(Self.envelope)}}}"#,
                200, #"{"jsonrpc":"2.0","id":10,"error":{"code":-32602,"message":"Unknown tool: delete_job"}}"#
            ),
            (
                Self.modern("tools/call", "get_run"),
                #"{"jsonrpc":"2.0","id":11,"method":"tools/call","params":{"name":"run_now","_meta":{\#(Self.envelope)}}}"#,
                400,
                #"{"jsonrpc":"2.0","id":11,"error":{"code":-32020,"message":"Header mismatch: Mcp-Name 'get_run' does not match body value 'run_now'","data":{"header":"Mcp-Name"}}}"#
            ),
            (
                Self.modern("tools/list"),
                #"{"jsonrpc":"2.0","id":12,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#,
                400,
                #"{"jsonrpc":"2.0","id":12,"error":{"code":-32602,"message":"Missing required request metadata","data":{"missing":["io.modelcontextprotocol/clientCapabilities"]}}}"#
            ),
            (
                ["MCP-Protocol-Version: 2027-01-15", "Mcp-Method: tools/list"],
                #"{"jsonrpc":"2.0","id":13,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2027-01-15","io.modelcontextprotocol/clientCapabilities":{}}}}"#,
                400,
                #"{"jsonrpc":"2.0","id":13,"error":{"code":-32022,"message":"Unsupported protocol version","data":{\#(Self.supported),"requested":"2027-01-15"}}}"#
            ),
            (
                Self.modern("prompts/list"),
                #"{"jsonrpc":"2.0","id":14,"method":"prompts/list","params":{"_meta":{\#(Self.envelope)}}}"#, 404,
                #"{"jsonrpc":"2.0","id":14,"error":{"code":-32601,"message":"Method not found: prompts/list"}}"#
            ),
            (
                [], #"{"jsonrpc":"2.0","id":"#, 400,
                #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}"#
            ),
            (
                [], #"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, 400,
                #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"id must be a string or an integer"}}"#
            ),
            (
                ["Origin: https://evil.example"], HostileRequest.ping, 403,
                #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Origin not allowed"}}"#
            ),
        ]
        try await Self.onStage { stage in
            for (fields, body, status, answer) in rows {
                try Self.expect(try await stage.answer(fields, body), status, answer)
            }
        }
    }

    @Test("Legacy: handshake, the GET that follows it, ping and tools/list")
    func legacy() async throws {
        try await Self.onStage { stage in
            let hello = try await stage.answer(
                [],
                #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"roots":{"listChanged":true},"elicitation":{}},"clientInfo":{"name":"example-host","version":"3.1.0"}}}"#
            )
            let json = try JSONValue.parse(Array(hello.body.utf8))
            let instructions = try #require(json["result"]?["instructions"])
            try Self.expect(
                hello, 200,
                #"{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"azure-databricks-jobs-mcp","title":"Azure Databricks Jobs","version":"\#(stage.version)"},"instructions":\#(instructions)}}"#
            )
            #expect(hello.headers["mcp-session-id"] == nil)

            let initialized = try await stage.answer(
                ["MCP-Protocol-Version: 2025-11-25"], #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
            #expect(initialized.status == 202 && initialized.body.isEmpty)
            #expect(initialized.headers["content-type"] == nil)

            let stream = try await withRawConnection(to: stage.deployment.server.baseURL) { connection in
                try await connection.send(
                    "GET /mcp HTTP/1.1\r\nHost: jobs-mcp.example.com\r\nAuthorization: Bearer \(stage.token)\r\n"
                        + "Accept: text/event-stream\r\n\r\n")
                return try await connection.response()
            }
            #expect(stream.status == 405 && stream.headers["allow"] == "POST" && stream.body.isEmpty)

            let ping = try await stage.answer(
                ["MCP-Protocol-Version: 2025-06-18"], #"{"jsonrpc":"2.0","id":2,"method":"ping"}"#)
            try Self.expect(ping, 200, #"{"jsonrpc":"2.0","id":2,"result":{}}"#)
            let list = try await stage.answer(
                ["MCP-Protocol-Version: 2025-06-18"], #"{"jsonrpc":"2.0","id":3,"method":"tools/list"}"#)
            let tools = try #require(try JSONValue.parse(Array(list.body.utf8))["result"]?["tools"])
            try Self.expect(list, 200, #"{"jsonrpc":"2.0","id":3,"result":{"tools":\#(tools)}}"#)

            let wrong = try await stage.answer(
                ["MCP-Protocol-Version: 2025-06-18"],
                #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"run_now","arguments":{}}}"#)
            let result = try #require(try JSONValue.parse(Array(wrong.body.utf8))["result"])
            #expect(result["isError"] == true && result["resultType"] == nil)
            #expect(
                result["content"]?.element(0)?["text"]?.text?.hasPrefix(
                    "Invalid arguments for run_now: job_id or job_name is required.") == true)
        }
    }

    @Test("Modern: the workspace refuses a run that the user may not see")
    func refusedRun() async throws {
        try await Self.onStage { alice in
            let runs = try await alice.deployment.client(token: alice.token).call(
                "list_runs", ["job_name": "Archive export"], headers: ["Host": "jobs-mcp.example.com"])
            let run = try #require(runs.structured?["runs"]?.element(0)?["run_id"])
            let bob = Stage(
                deployment: alice.deployment, token: try alice.deployment.sandbox.token(user: "bob"),
                version: alice.version)
            let call =
                #"{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"get_run","arguments":{"run_id":\#(run)},"_meta":{\#(Self.envelope)}}}"#
            let answer = try await bob.answer(Self.modern("tools/call", "get_run"), call)

            let result = try #require(try JSONValue.parse(Array(answer.body.utf8))["result"])
            #expect(answer.status == 200 && result["resultType"] == "complete" && result["isError"] == true)
            let text = try #require(result["content"]?.element(0)?["text"]?.text)
            let words = "the signed-in user may not view run \(run). Ask the job owner for CAN VIEW."
            #expect(text.hasPrefix("Databricks refused the request (HTTP 403, PERMISSION_DENIED): \(words)"))
        }
    }

    @Test("Modern: progress opens the stream, and the response ends it")
    func progressStream() async throws {
        try await Self.onStage { stage in
            let runs = try await stage.deployment.client(token: stage.token).call(
                "list_runs", ["job_name": "Hourly sync", "outcome": "running"],
                headers: ["Host": "jobs-mcp.example.com"])
            let run = try #require(runs.structured?["runs"]?.element(0)?["run_id"])
            let call =
                #"{"jsonrpc":"2.0","id":15,"method":"tools/call","params":{"name":"get_run","arguments":{"run_id":\#(run),"wait_seconds":8},"_meta":{"progressToken":"p-15",\#(Self.envelope)}}}"#
            let answer = try await stage.answer(Self.modern("tools/call", "get_run"), call)

            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "text/event-stream")
            #expect(answer.headers["cache-control"] == "no-cache, no-transform")
            #expect(answer.headers["x-accel-buffering"] == "no")
            #expect(answer.headers["content-length"] == nil)
            let frames = answer.body.components(separatedBy: "\n\n").filter { !$0.isEmpty && $0 != ": keep-alive" }
            let messages = try frames.map { frame in
                #expect(frame.hasPrefix("event: message\ndata: {"), "\(frame.prefix(60))")
                return try JSONValue.parse(Array(frame.dropFirst("event: message\ndata: ".count).utf8))
            }
            #expect(messages.count >= 2)
            for message in messages.dropLast() {
                #expect(message["method"] == "notifications/progress" && message["id"] == nil)
                #expect(message["params"]?["progressToken"] == "p-15" && message["params"]?["progress"] != nil)
            }
            let last = try #require(messages.last)
            #expect(last["id"] == 15 && last["result"]?["resultType"] == "complete")
            #expect(last["result"]?["_meta"] == stage.stamp)
        }
    }

    @Test("Legacy: run_now starts a run, and the result has nothing of the modern era")
    func legacyStart() async throws {
        try await Self.onStage(["MCP_TEXT_CONTENT": "json"]) { stage in
            let started = try await stage.answer(
                ["MCP-Protocol-Version: 2025-06-18"],
                #"{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"run_now","arguments":{"job_id":183920475610382,"idempotency_token":"7f3c"}}}"#
            )
            let structured = try #require(
                try JSONValue.parse(Array(started.body.utf8))["result"]?["structuredContent"])
            #expect(structured["run_id"]?.integer != nil && structured["idempotency_token"] == "7f3c")
            let text = JSONValue.string(structured.description)
            try Self.expect(
                started, 200,
                #"{"jsonrpc":"2.0","id":4,"result":{"content":[{"type":"text","text":\#(text)}],"structuredContent":\#(structured),"isError":false}}"#
            )
        }
    }

    @Test("Legacy: protocol errors, and a batch")
    func legacyErrors() async throws {
        let rows: [([String], String, Int, String)] = [
            (
                ["MCP-Protocol-Version: 2025-11-25"], #"{"jsonrpc":"2.0","id":6,"method":"resources/list"}"#, 200,
                #"{"jsonrpc":"2.0","id":6,"error":{"code":-32601,"message":"Method not found: resources/list"}}"#
            ),
            (
                ["MCP-Protocol-Version: 2025-11-25"],
                #"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"delete_job"}}"#, 200,
                #"{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"Unknown tool: delete_job"}}"#
            ),
            (
                ["MCP-Protocol-Version: 1999-01-01"], #"{"jsonrpc":"2.0","id":8,"method":"tools/list"}"#, 400,
                #"{"jsonrpc":"2.0","id":8,"error":{"code":-32022,"message":"Unsupported protocol version","data":{\#(Self.supported),"requested":"1999-01-01"}}}"#
            ),
            (
                ["MCP-Protocol-Version: 2025-11-25"], "[\(HostileRequest.ping)]", 400,
                #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Batches are only accepted for revision 2025-03-26"}}"#
            ),
            (
                [],
                #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"},{"jsonrpc":"2.0","id":2,"method":"nope"}]"#,
                200,
                #"[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"Method not found: nope"}}]"#
            ),
        ]
        try await Self.onStage { stage in
            for (fields, body, status, answer) in rows {
                try Self.expect(try await stage.answer(fields, body), status, answer)
            }
        }
    }
}
