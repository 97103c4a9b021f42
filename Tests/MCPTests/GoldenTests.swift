internal import HTTPTypes
internal import JSON
internal import MCP
internal import Observability
internal import TestSupport
internal import Testing

/// Worked examples, as far as they concern the protocol.
@Suite(.patient) struct GoldenTests {
    private let stamp: JSONValue = [
        "io.modelcontextprotocol/serverInfo": ["name": "azure-databricks-jobs-mcp", "version": "1.0.0"]
    ]

    @Test("Modern: server/discover")
    func discover() async throws {
        let reply = try await Exchange.modern("server/discover", id: 0).reply()

        #expect(reply.status == .ok)
        #expect(reply.headers[.contentType] == "application/json")
        #expect(reply.headers[.cacheControl] == "no-store")
        #expect(reply.headers[.xContentTypeOptions] == "nosniff")
        #expect(
            reply.json == [
                "jsonrpc": "2.0", "id": 0,
                "result": [
                    "resultType": "complete",
                    "supportedVersions": ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"],
                    "capabilities": ["tools": [:]],
                    "instructions": "Inspect Azure Databricks jobs and runs and trigger jobs.",
                    "ttlMs": 3_600_000, "cacheScope": "public",
                    "_meta": [
                        "io.modelcontextprotocol/serverInfo": [
                            "name": "azure-databricks-jobs-mcp", "title": "Azure Databricks Jobs", "version": "1.0.0",
                        ]
                    ],
                ],
            ])
    }

    @Test("Modern: tools/list")
    func modernList() async throws {
        let reply = try await Exchange.modern("tools/list").reply()
        let result = try #require(reply.json?["result"])

        #expect(reply.status == .ok)
        #expect(result["resultType"] == "complete" && result["ttlMs"] == 300_000 && result["cacheScope"] == "public")
        #expect(result["_meta"] == stamp)
        guard case .array(let tools)? = result["tools"] else {
            Issue.record("tools is not an array")
            return
        }
        #expect(tools.map { $0["name"] } == ["list_jobs", "run_now", "get_run", "broken", "large", "context"])
        #expect(
            tools[0] == [
                "name": "list_jobs", "title": "Title of list_jobs", "description": "Describes list_jobs.",
                "inputSchema": [
                    "type": "object",
                    "properties": [
                        "limit": [
                            "type": "integer", "minimum": 1, "maximum": 100, "default": 20,
                            "description": "Jobs to return.",
                        ],
                        "offset": ["type": "integer", "minimum": 0, "description": "Jobs to skip."],
                        "name": ["type": "string", "maxLength": 4_096, "description": "Exact job name to look for."],
                    ],
                ],
                "outputSchema": ["type": "object"],
                "annotations": ["title": "Title of list_jobs", "readOnlyHint": true, "openWorldHint": false],
            ])
        #expect(tools[1]["inputSchema"]?["required"] == ["job_id"])
        #expect(
            tools[1]["annotations"] == [
                "title": "Title of run_now", "readOnlyHint": false, "destructiveHint": true, "idempotentHint": false,
                "openWorldHint": true,
            ])
    }

    @Test("Modern: tools/call, success")
    func modernCall() async throws {
        let call = Exchange.modern("tools/call", id: "a7", ["name": "list_jobs", "arguments": ["limit": 2]])
        let reply = try await call.reply(from: Fixture.dispatcher(text: .json))

        #expect(reply.status == .ok)
        let structured: JSONValue = ["has_more": false, "jobs": [["job_id": 620_948_214_978_432]]]
        #expect(
            reply.json == [
                "jsonrpc": "2.0", "id": "a7",
                "result": [
                    "resultType": "complete", "content": [["type": "text", "text": .string(structured.description)]],
                    "structuredContent": structured, "isError": false, "_meta": stamp,
                ],
            ])
        #expect(try await call.reply().text == "2 jobs", "the digest by default (K-11)")
    }

    @Test("Modern: invalid arguments")
    func invalidArguments() async throws {
        let call = Exchange.modern(
            "tools/call", id: 8, ["name": "list_jobs", "arguments": ["limit": 500, "colour": "red"]])
        let reply = try await call.reply()

        #expect(reply.status == .ok)
        #expect(reply.json?["id"] == 8)
        #expect(
            reply.text?.hasPrefix(
                "Invalid arguments for list_jobs: limit must be between 1 and 100 (got 500); "
                    + "colour is not a known argument.") == true)
        let result = try #require(reply.json?["result"])
        #expect(result["resultType"] == "complete" && result["isError"] == true)
        #expect(result["structuredContent"] == nil as JSONValue?)
        #expect(result["_meta"]?["io.modelcontextprotocol/serverInfo"] == stamp["io.modelcontextprotocol/serverInfo"])
        #expect(result["_meta"]?["databricks-jobs-mcp/error"]?["category"] == "invalid_argument")
    }

    @Test("Modern: protocol errors", arguments: ModernErrorRow.all)
    func modernErrors(_ row: ModernErrorRow) async throws {
        let reply = try await row.exchange.reply()

        #expect(reply.status.code == row.status)
        #expect(reply.headers[.contentType] == "application/json")
        #expect(reply.json == (try JSONValue.parse(row.body)))
    }

    @Test("Legacy: handshake")
    func handshake() async throws {
        let hello = #"""
            {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",
            "capabilities":{"roots":{"listChanged":true},"elicitation":{}},
            "clientInfo":{"name":"example-host","version":"3.1.0"}}}
            """#
        let reply = try await Exchange(hello).reply()

        #expect(reply.status == .ok)
        #expect(
            reply.json == [
                "jsonrpc": "2.0", "id": 0,
                "result": [
                    "protocolVersion": "2025-11-25", "capabilities": ["tools": [:]],
                    "serverInfo": [
                        "name": "azure-databricks-jobs-mcp", "title": "Azure Databricks Jobs", "version": "1.0.0",
                    ],
                    "instructions": "Inspect Azure Databricks jobs and runs and trigger jobs.",
                ],
            ])
        #expect(reply.summary.clientName == "example-host" && reply.summary.clientVersion == "3.1.0")
        #expect(reply.headers.allSatisfy { $0.name.canonicalName != "mcp-session-id" })

        let initialized = try await Exchange.legacy(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).reply()
        #expect(initialized.status == .accepted && initialized.body.isEmpty)
        #expect(initialized.headers[.contentType] == nil)

        var stream = Exchange("")
        stream.method = .get
        let refused = try await stream.reply()
        #expect(refused.status == .methodNotAllowed && refused.headers[.allow] == "POST" && refused.body.isEmpty)
    }

    @Test(
        "Legacy: ping, tools/list, tools/call",
        arguments: ["2025-03-26", "2025-06-18", "2025-11-25", "2024-11-05"])
    func legacyMethods(_ version: String) async throws {
        let ping = try await Exchange.legacy(#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#, version: version).reply()
        #expect(ping.body.elementsEqual(#"{"jsonrpc":"2.0","id":2,"result":{}}"#.utf8))

        let list = try await Exchange.legacy(#"{"jsonrpc":"2.0","id":3,"method":"tools/list"}"#, version: version)
            .reply()
        guard case .object(let result)? = list.json?["result"] else {
            Issue.record("result is not an object")
            return
        }
        #expect(result.members.map(\.name) == ["tools"])

        let call =
            #"{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"run_now","arguments":{"job_id":620948214978432}}}"#
        let reply = try await Exchange.legacy(call, version: version).reply(from: Fixture.dispatcher(text: .json))
        #expect(
            reply.json == [
                "jsonrpc": "2.0", "id": 4,
                "result": [
                    "content": [["type": "text", "text": #"{"run_id":455644833}"#]],
                    "structuredContent": ["run_id": 455_644_833], "isError": false,
                ],
            ])

        let wrong = #"{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"run_now"}}"#
        let error = try await Exchange.legacy(wrong, version: version).reply()
        #expect(error.status == .ok && error.json?["result"]?["isError"] == true)
        #expect(error.text == "Invalid arguments for run_now: job_id is required.")
        #expect(error.json?["result"]?["resultType"] == nil as JSONValue?)
    }

    @Test(
        "Legacy: protocol errors",
        arguments: [
            (
                #"{"jsonrpc":"2.0","id":6,"method":"resources/list"}"#, "2025-11-25", 200,
                #"{"jsonrpc":"2.0","id":6,"error":{"code":-32601,"message":"Method not found: resources/list"}}"#
            ),
            (
                #"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"delete_job"}}"#, "2025-11-25", 200,
                #"{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"Unknown tool: delete_job"}}"#
            ),
            (
                #"{"jsonrpc":"2.0","id":8,"method":"tools/list"}"#, "1999-01-01", 400,
                #"{"jsonrpc":"2.0","id":8,"error":{"code":-32022,"message":"Unsupported protocol version","data":{"supported":["2026-07-28","2025-11-25","2025-06-18","2025-03-26"],"requested":"1999-01-01"}}}"#
            ),
            (
                "[]", "2025-11-25", 400,
                #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Batches are only accepted for revision 2025-03-26"}}"#
            ),
        ] as [(String, String, Int, String)])
    func legacyErrors(_ body: String, _ version: String, _ status: Int, _ answer: String) async throws {
        let reply = try await Exchange.legacy(body, version: version).reply()

        #expect(reply.status.code == status)
        #expect(reply.json == (try JSONValue.parse(answer)))
    }

    @Test("A batch has an array of responses (B-03)")
    func batch() async throws {
        let reply = try await Exchange(
            #"[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"},{"jsonrpc":"2.0","id":2,"method":"nope"}]"#
        ).reply()

        #expect(reply.status == .ok)
        #expect(
            reply.body.elementsEqual(
                #"[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"Method not found: nope"}}]"#
                    .utf8))
    }
}

/// A protocol error: what is sent, and the status and body that come back.
struct ModernErrorRow: CustomTestStringConvertible {
    let testDescription: String
    let exchange: Exchange
    let status: Int
    let body: String

    static let all = [
        ModernErrorRow(
            testDescription: "unknown tool", exchange: .modern("tools/call", id: 10, ["name": "delete_job"]),
            status: 200,
            body: #"{"jsonrpc":"2.0","id":10,"error":{"code":-32602,"message":"Unknown tool: delete_job"}}"#),
        ModernErrorRow(
            testDescription: "another tool in Mcp-Name",
            exchange: .modern("tools/call", id: 11, ["name": "run_now"]).setting("Mcp-Name", "get_run"), status: 400,
            body:
                #"{"jsonrpc":"2.0","id":11,"error":{"code":-32020,"message":"Header mismatch: Mcp-Name 'get_run' does not match body value 'run_now'","data":{"header":"Mcp-Name"}}}"#
        ),
        ModernErrorRow(
            testDescription: "no capabilities",
            exchange: Exchange(
                #"{"jsonrpc":"2.0","id":12,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#,
                headers: [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/list")]),
            status: 400,
            body:
                #"{"jsonrpc":"2.0","id":12,"error":{"code":-32602,"message":"Missing required request metadata","data":{"missing":["io.modelcontextprotocol/clientCapabilities"]}}}"#
        ),
        ModernErrorRow(
            testDescription: "a version of the future",
            exchange: Exchange(
                #"{"jsonrpc":"2.0","id":13,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2027-01-15","io.modelcontextprotocol/clientCapabilities":{}}}}"#,
                headers: [("MCP-Protocol-Version", "2027-01-15"), ("Mcp-Method", "tools/list")]),
            status: 400,
            body:
                #"{"jsonrpc":"2.0","id":13,"error":{"code":-32022,"message":"Unsupported protocol version","data":{"supported":["2026-07-28","2025-11-25","2025-06-18","2025-03-26"],"requested":"2027-01-15"}}}"#
        ),
        ModernErrorRow(
            testDescription: "prompts/list", exchange: .modern("prompts/list", id: 14), status: 404,
            body: #"{"jsonrpc":"2.0","id":14,"error":{"code":-32601,"message":"Method not found: prompts/list"}}"#),
        ModernErrorRow(
            testDescription: "cut off", exchange: Exchange(#"{"jsonrpc":"2.0","id":"#), status: 400,
            body: #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}"#),
        ModernErrorRow(
            testDescription: "id null", exchange: Exchange(#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#),
            status: 400,
            body: #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"id must be a string or an integer"}}"#),
    ]
}
