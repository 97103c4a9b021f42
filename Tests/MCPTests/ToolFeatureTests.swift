internal import HTTPTypes
internal import JSON
internal import MCP
internal import TestSupport
internal import Testing

/// What the library offers to tools beyond text and data: content of other kinds, headers, capabilities, log messages.
@Suite(.patient) struct ToolFeatureTests {
    private static let empty = Array("{}".utf8)

    private static func tool(
        _ name: String, _ arguments: [Argument] = [],
        body: @escaping @Sendable (ToolArguments, ToolContext<String>) async throws -> ToolResult = { _, _ in
            ToolResult([.text("called")])
        }
    ) -> FixtureTool {
        FixtureTool(name, arguments, body)
    }

    private static func tool(_ name: String, changed change: (inout ToolDefinition) -> Void) -> FixtureTool {
        var tool = tool(name)
        change(&tool.definition)
        return tool
    }

    @Test("Content of every kind, after the text or alone (TC-02)")
    func content() async throws {
        let blocks: [ContentBlock] = [
            .text("a"), .image(base64: "AA==", mimeType: "image/png"), .audio(base64: "AQ==", mimeType: "audio/wav"),
            .resource(uri: "test://r", mimeType: "text/plain", text: "b"),
        ]
        let alone = Self.tool("alone") { _, _ in ToolResult(blocks) }
        let more = Self.tool("more") { _, _ in
            var result = ToolResult(text: "first", structured: Self.empty)
            result.blocks = blocks
            return result
        }
        let dispatcher = Fixture.dispatcher([alone, more])
        let expected: [JSONValue] = [
            ["type": "text", "text": "a"], ["type": "image", "data": "AA==", "mimeType": "image/png"],
            ["type": "audio", "data": "AQ==", "mimeType": "audio/wav"],
            ["type": "resource", "resource": ["uri": "test://r", "mimeType": "text/plain", "text": "b"]],
        ]
        let first = try await Exchange.modern("tools/call", ["name": "alone"]).reply(from: dispatcher).json?["result"]
        #expect(first?["content"] == .array(expected))
        #expect(first?["structuredContent"] == nil as JSONValue?, "a tool without output schema has none")
        let second = try await Exchange.modern("tools/call", ["name": "more"]).reply(from: dispatcher).json?["result"]
        #expect(second?["content"] == .array([["type": "text", "text": "first"]] + expected))
        #expect(second?["structuredContent"] == [:])
    }

    @Test("TC-03 the text can be the structured content itself")
    func jsonText() async throws {
        let call = Exchange.modern("tools/call", ["name": "list_jobs"])
        let json = try await call.reply(from: Fixture.dispatcher(text: .json))
        #expect(json.text == json.json?["result"]?["structuredContent"]?.description)
    }

    @Test("A schema of one's own is listed as it is, and calls are not checked against it")
    func customSchema() async throws {
        let schema: JSONValue = ["type": "object", "$defs": ["a": ["type": "string"]], "unevaluatedProperties": false]
        let tool = Self.tool(
            "custom",
            changed: {
                $0.customInputSchema = schema
                $0.outputSchema = nil
            })
        let dispatcher = Fixture.dispatcher([tool])
        let list = try await Exchange.modern("tools/list").reply(from: dispatcher).json?["result"]?["tools"]
        guard case .array(let tools)? = list, let listed = tools.last else { Issue.record("no tools"); return }
        #expect(listed["inputSchema"] == schema && listed["outputSchema"] == nil as JSONValue?)
        let call = Exchange.modern("tools/call", ["name": "custom", "arguments": ["anything": 1]])
        #expect(try await call.reply(from: dispatcher).text == "called")
    }

    private static let mirrored = tool(
        "mirrored",
        [
            Argument.string("region", maximumLength: 100, "A text.").mirrored(inHeader: "Region"),
            Argument.integer("priority", in: -100...100, "An integer.").mirrored(inHeader: "Priority"),
            Argument.boolean("verbose", "A Boolean.").mirrored(inHeader: "Verbose"),
        ])

    @Test(
        "TL-12, LAD-7 a mirrored argument needs a header that says the same",
        arguments: [
            (["region": "us"], [("Region", "us")], true), (["region": "us"], [("region", "us")], true),
            (["region": "us"], [], false), (["region": "us"], [("Region", "eu")], false),
            (["region": "us"], [("Region", "US")], false),
            (["region": "us"], [("Region", "us"), ("Region", "eu")], false),
            (["region": "us"], [("Region", "us"), ("Region", "us")], true),
            (["region": "us"], [("Region", "us, us")], true),
            (["region": "é"], [("Region", "=?base64?w6k=?=")], true),
            (["region": "é"], [("Region", "=?base64?w6k?=")], false),
            (["region": " us"], [("Region", "us")], false), (["region": nil], [], true),
            ([:], [("Region", "us")], true),
            (["priority": 42], [("Priority", "42")], true), (["priority": 42], [("Priority", "42.0")], true),
            (["priority": 42], [("Priority", "4.2e1")], true), (["priority": 42], [("Priority", "43")], false),
            (["priority": 42], [("Priority", "\"42\"")], false), (["priority": 42], [("Priority", "")], false),
            (["verbose": true], [("Verbose", "true")], true), (["verbose": true], [("Verbose", "True")], false),
            (["verbose": false], [("Verbose", "true")], false), (["verbose": false], [("Verbose", "false")], true),
            ([:], [("Unknown", "x")], true), (["region": "us", "priority": 1], [("Region", "us")], false),
        ] as [(JSONObject, [(String, String)], Bool)])
    func headers(_ arguments: JSONObject, _ fields: [(String, String)], _ isAccepted: Bool) async throws {
        var exchange = Exchange.modern("tools/call", ["name": "mirrored", "arguments": .object(arguments)])
        for (name, value) in fields { exchange = exchange.with("Mcp-Param-\(name)", value) }
        let reply = try await exchange.reply(from: Fixture.dispatcher([Self.mirrored]))
        #expect(reply.status == (isAccepted ? .ok : .badRequest))
        #expect(reply.errorCode == (isAccepted ? nil : -32020))
        if !isAccepted {
            guard case .string(let header)? = reply.errorData?["header"] else { Issue.record("no header"); return }
            #expect(header.hasPrefix("Mcp-Param-"))
        }
    }

    @Test("TL-12 the annotation is listed, and legacy clients need no header")
    func annotation() async throws {
        let dispatcher = Fixture.dispatcher([Self.mirrored])
        let list = try await Exchange.modern("tools/list").reply(from: dispatcher).json?["result"]?["tools"]
        guard case .array(let tools)? = list else { Issue.record("no tools"); return }
        #expect(tools.last?["inputSchema"]?["properties"]?["region"]?["x-mcp-header"] == "Region")
        let call =
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"mirrored","arguments":{"region":"us"}}}"#
        #expect(try await Exchange.legacy(call).reply(from: dispatcher).text == "called")
    }

    @Test("LAD-8 a capability that the tool needs must have been declared: -32021 with an object of objects")
    func capability() async throws {
        let dispatcher = Fixture.dispatcher([Self.tool("samples", changed: { $0.requiredCapability = "sampling" })])
        let without = try await Exchange.modern("tools/call", id: 9, ["name": "samples"]).reply(from: dispatcher)
        #expect(without.status == .badRequest && without.errorCode == -32021 && without.json?["id"] == 9)
        #expect(without.errorData == ["requiredCapabilities": ["sampling": [:]]])
        let body =
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"samples","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"sampling":{}}}}}"#
        let headers = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "samples")]
        #expect(try await Exchange(body, headers: headers).reply(from: dispatcher).text == "called")
    }

    @Test(
        "MOD-08 log messages reach a client that asked for their level, from a server that offers them",
        arguments: [
            (true, #""info""#, ["info", "error"]), (true, #""error""#, ["error"]), (true, #""emergency""#, []),
            (true, #""loud""#, []), (true, "7", []), (true, nil, []), (false, #""debug""#, []),
        ] as [(Bool, String?, [String])])
    func log(_ offers: Bool, _ level: String?, _ delivered: [String]) async throws {
        var description = Fixture.description
        description.offersLogging = offers
        let tool = Self.tool("logs") { _, context in
            context.log.write(.debug, "one")
            context.log.write(.info, "two")
            context.log.write(.error, "three")
            return ToolResult([.text("called")])
        }
        let dispatcher = Dispatcher<String>(description: description, tools: [tool])
        let meta = level.map { #","io.modelcontextprotocol/logLevel":\#($0)"# } ?? ""
        let body =
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"logs","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}\#(meta)}}}"#
        let headers = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "logs")]
        let reply = try await Exchange(body, headers: headers).reply(from: dispatcher)
        guard reply.stream != nil else { return #expect(delivered.isEmpty && reply.text == "called") }
        var reader = try PieceReader(reply)
        let levels = await reader.rest().dropLast().map { piece in
            piece.firstRange(of: #""level":""#).map { String(piece[$0.upperBound...].prefix { $0 != "\"" }) }
        }
        #expect(levels == delivered)
        let discover = try await Exchange.modern("server/discover").reply(from: dispatcher)
        #expect((discover.json?["result"]?["capabilities"]?["logging"] != nil) == offers)
    }
}
