internal import HTTPTypes
internal import JSON
internal import MCP
internal import TestSupport
internal import Testing

/// What belongs into the results of one era and not into those of the other (MOD-01, L-01).
@Suite(.patient) struct RevisionTests {
    private static let legacyRevisions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]

    private static func members(_ value: JSONValue?) -> [String] {
        guard case .object(let object)? = value else { return [] }
        return object.members.map(\.name)
    }

    private static func legacy(_ method: String, _ params: String = "{}", _ version: String?) async throws -> MCPReply {
        try await Exchange.legacy(
            #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":\#(params)}"#, version: version
        ).reply()
    }

    @Test("Every modern result says what it is and who made it (MOD-01, MOD-02); a call has no caching hints (MOD-07)")
    func modernResults() async throws {
        for (method, params, isCacheable) in [
            ("server/discover", [:], true), ("tools/list", [:], true), ("tools/call", ["name": "list_jobs"], false),
            ("tools/call", ["name": "get_run"], false), ("tools/call", ["name": "run_now"], false),
        ] as [(String, JSONObject, Bool)] {
            let result = try await Exchange.modern(method, params).reply().json?["result"]
            #expect(result?["resultType"] == "complete", "\(method)")
            let info = result?["_meta"]?["io.modelcontextprotocol/serverInfo"]
            #expect(info?["name"] == "azure-databricks-jobs-mcp" && info?["version"] == "1.0.0")
            #expect(result?["serverInfo"] == nil as JSONValue?, "not in the body (MOD-02)")
            #expect((result?["ttlMs"] != nil) == isCacheable && (result?["cacheScope"] != nil) == isCacheable)
        }
        let error = try await Exchange.modern("tools/call", ["name": "nope"]).reply()
        #expect(error.json?["error"]?["_meta"] == nil as JSONValue?, "errors carry none (MOD-02)")
    }

    @Test("Capabilities and handlers agree both ways (MOD-03, MOD-04, TL-11, S-01)")
    func capabilities() async throws {
        let discover = try await Exchange.modern("server/discover").reply().json?["result"]
        #expect(discover?["capabilities"] == ["tools": [:]])
        let hello = try await Self.legacy("initialize", #"{"protocolVersion":"2025-11-25"}"#, nil)
        #expect(hello.json?["result"]?["capabilities"] == ["tools": [:]])
        for method in [
            "logging/setLevel", "prompts/list", "resources/list", "completion/complete", "subscriptions/listen",
        ] {
            #expect(try await Exchange.modern(method).reply().status == .notFound)
            #expect(try await Self.legacy(method, "{}", "2025-11-25").errorCode == -32601, "L-08")
        }
        let tools = try await Exchange.modern("tools/list").reply().json?["result"]?["tools"]
        guard case .array(let tools)? = tools else { Issue.record("no tools"); return }
        for tool in tools { #expect(tool["execution"] == nil as JSONValue?, "TL-11") }
    }

    @Test("Discovery and listing are the same bytes for every caller and every time (MOD-05, MOD-06, TL-01, TL-02)")
    func constants() async throws {
        let dispatcher = Fixture.dispatcher()
        for method in ["server/discover", "tools/list"] {
            let first = try await Exchange.modern(method).reply(from: dispatcher)
            #expect(try await Exchange.modern(method).reply(from: dispatcher).body == first.body)
            #expect(first.json?["result"]?["cacheScope"] == "public")
        }
        #expect(try await Exchange.modern("server/discover").reply().json?["result"]?["ttlMs"] == 3_600_000)
        #expect(try await Exchange.modern("tools/list").reply().json?["result"]?["ttlMs"] == 300_000)
        #expect(
            try await Exchange.modern("tools/list").reply().json?["result"]?["nextCursor"] == nil as JSONValue?, "TL-03"
        )
    }

    @Test("R-02 advertises four revisions, newest first; errors name the same ones")
    func supportedVersions() async throws {
        let discovered = try await Exchange.modern("server/discover").reply().json?["result"]?["supportedVersions"]
        let refused = try await Exchange.legacy(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, version: "x").reply()
        #expect(discovered == ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"])
        #expect(refused.errorData?["supported"] == discovered, "the alias of R-03 is not among them")
    }

    @Test("MOD-09 trace context of any form in _meta is accepted, and so is a log level (MOD-08)")
    func opaqueMetadata() async throws {
        for extra in [
            #""traceparent":"00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01","tracestate":"a=b","baggage":"c=d""#,
            #""traceparent":"nonsense""#, #""traceparent":7,"baggage":[]"#,
            #""io.modelcontextprotocol/logLevel":"debug""#,
            #""io.modelcontextprotocol/logLevel":"loud""#, #""io.modelcontextprotocol/clientInfo":7"#,
        ] {
            let body =
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_jobs","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},\#(extra)}}}"#
            let reply = try await Exchange(
                body,
                headers: [
                    ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "list_jobs"),
                ]
            ).reply()
            #expect(reply.text == "20 jobs" && reply.stream == nil, "\(extra)")
        }
    }

    @Test("L-01 legacy results have no member of the modern era", arguments: legacyRevisions)
    func legacyResults(_ version: String) async throws {
        let hello = try await Self.legacy("initialize", #"{"protocolVersion":"\#(version)"}"#, nil)
        #expect(
            Self.members(hello.json?["result"]) == ["protocolVersion", "capabilities", "serverInfo", "instructions"])
        #expect(Self.members(try await Self.legacy("tools/list", "{}", version).json?["result"]) == ["tools"])
        let call = try await Self.legacy("tools/call", #"{"name":"list_jobs"}"#, version)
        #expect(Self.members(call.json?["result"]) == ["content", "structuredContent", "isError"])
        #expect(try await Self.legacy("ping", "{}", version).json?["result"] == [:], "L-05")
    }

    @Test("L-07 additive fields are the same for every revision")
    func additive() async throws {
        let modern = try await Exchange.modern("tools/list").reply().json?["result"]?["tools"]
        for version in Self.legacyRevisions + [nil] as [String?] {
            let legacy = try await Self.legacy("tools/list", "{}", version).json?["result"]?["tools"]
            #expect(legacy == modern)
        }
    }

    @Test("L-03 initialize needs neither capabilities nor clientInfo, and takes odd ones")
    func tolerantInitialize() async throws {
        for extra in [
            "", #","capabilities":null"#, #","capabilities":7,"clientInfo":[]"#, #","clientInfo":{"name":7}"#,
        ] {
            let reply = try await Self.legacy("initialize", #"{"protocolVersion":"2025-11-25"\#(extra)}"#, nil)
            #expect(reply.json?["result"]?["protocolVersion"] == "2025-11-25")
        }
    }

    @Test("Nothing is remembered: no handshake is needed, and none changes what follows (R-01, R-04, L-04, L-06, J-03)")
    func stateless() async throws {
        let dispatcher = Fixture.dispatcher()
        let call = #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_jobs"}}"#
        let before = try await Exchange.legacy(call).reply(from: dispatcher).body
        for version in ["2024-11-05", "2025-11-25"] {
            let hello =
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"\#(version)"}}"#
            _ = try await Exchange(hello).reply(from: dispatcher)
        }
        _ = try await Exchange.modern("server/discover").reply(from: dispatcher)
        #expect(try await Exchange.legacy(call).reply(from: dispatcher).body == before)
        #expect(
            try await Exchange.legacy(call, version: nil).reply(from: dispatcher).summary.protocolVersion == .march2025)
        // The same id twice at once, as two clients may well use it.
        async let one = Exchange.legacy(call).reply(from: dispatcher)
        async let other = Exchange.legacy(call).reply(from: dispatcher)
        #expect(try await one.body == before)
        #expect(try await other.body == before)
    }

    @Test("R-05 what a client calls itself changes nothing")
    func clientInfo() async throws {
        var answers: Set<[UInt8]> = []
        for name in ["admin", "azure-databricks-jobs-mcp", ""] {
            let hello =
                #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","clientInfo":{"name":"\#(name)"}}}"#
            answers.insert(try await Exchange(hello).reply().body)
        }
        #expect(answers.count == 1)
    }

    @Test("A response has exactly one of result and error, and a result is an object (J-04); codes are integers (M-03)")
    func responseShape() async throws {
        for exchange in MatrixCell.all.map(\.exchange) + EraRow.table.map(\.exchange) {
            let reply = try await exchange.reply()
            guard let json = reply.json else { continue }
            #expect((json["result"] != nil) != (json["error"] != nil))
            if let result = json["result"] {
                guard case .object = result else { Issue.record("a result is an object"); return }
            }
            if let error = json["error"] {
                guard case .integer? = error["code"], case .string(let message)? = error["message"] else {
                    Issue.record("an error has a code and a message"); return
                }
                #expect(!message.isEmpty && !message.contains("\n"))
            }
            #expect([401, 403].contains(reply.status.code) == false, "M-05")
        }
    }

    @Test("The header is what gateways authorise on: another method's or tool's is refused (ERA-11, ERA-16, ERA-17)")
    func gateways() async throws {
        let call = Exchange.modern("tools/call", ["name": "run_now", "arguments": ["job_id": 1]])
        for exchange in [
            call.setting("Mcp-Method", "tools/list"), call.setting("Mcp-Name", "list_jobs"),
            call.setting("Mcp-Name", "=?base64?bGlzdF9qb2Jz?="),
            Exchange.modern("tools/list").setting("Mcp-Method", "tools/call"),
        ] {
            #expect(try await exchange.reply().errorCode == -32020)
        }
        #expect(try await call.setting("Mcp-Name", "=?base64?cnVuX25vdw==?=").reply().text == "started for alice")
    }

    @Test("LAD-2, LAD-3 a header and a claim that agree on an unknown version are refused before the ladder")
    func agreeing() async throws {
        let body =
            #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-29","io.modelcontextprotocol/clientCapabilities":{}}}}"#
        let reply = try await Exchange(body, headers: [("MCP-Protocol-Version", "2026-07-29")]).reply()
        #expect(reply.status == .badRequest && reply.errorCode == -32022)
    }

    @Test("R-03 the alias of 2024 is served, and never offered; a batch of it is refused as of any but 2025-03-26")
    func alias() async throws {
        #expect(try await Self.legacy("tools/list", "{}", "2024-11-05").status == .ok)
        let batch = try await Exchange.legacy(#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, version: "2024-11-05")
            .reply()
        #expect(batch.status == .badRequest && batch.errorCode == -32600)
    }

    @Test("Metadata keys of our own have no reserved prefix (TL-10), and there are no icons (TL-09)")
    func metadataKeys() async throws {
        let failed = try await Exchange.modern("tools/call", ["name": "get_run"]).reply().json?["result"]?["_meta"]
        for key in Self.members(failed) where !key.hasPrefix("io.modelcontextprotocol/") {
            let labels = key.split(separator: "/")[0].split(separator: ".")
            #expect(labels.count < 2 || !["mcp", "modelcontextprotocol"].contains(labels[1]))
        }
        let list = try await Exchange.modern("tools/list").reply().body
        #expect(!String(decoding: list, as: UTF8.self).contains("icons"))
    }

    @Test("M-01 errors of dispatch stay at 200 in both eras; C-04, TC-06 nothing is sent or called beyond the answer")
    func dispatchErrors() async throws {
        for params in [["name": "nope"], ["name": 7], ["name": "list_jobs", "arguments": 7]] as [JSONObject] {
            let modern = try await Exchange.modern("tools/call", params).reply()
            let legacy = try await Self.legacy("tools/call", JSONValue.object(params).description, "2025-11-25")
            #expect(modern.status == .ok && legacy.status == .ok && modern.errorCode == -32602)
            #expect(modern.errorCode == legacy.errorCode && modern.stream == nil && legacy.stream == nil)
        }
    }
}
