internal import HTTPTypes
internal import JSON
internal import MCP
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.patient) struct ModernLadderTests {
    private static let version = "io.modelcontextprotocol/protocolVersion"
    private static let capabilities = "io.modelcontextprotocol/clientCapabilities"
    private static let call = Exchange.modern("tools/call", ["name": "list_jobs"])

    private func exchange(_ params: String) -> Exchange {
        Exchange(
            #"{"jsonrpc":"2.0","id":"x","method":"tools/list"\#(params)}"#,
            headers: [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/list")])
    }

    @Test(
        "LAD-1 names what is missing or of the wrong type",
        arguments: [
            ("", ["missing": ["_meta"]]), (#","params":{}"#, ["missing": ["_meta"]]),
            (#","params":{"_meta":7}"#, ["invalid": ["_meta"]]), (#","params":{"_meta":null}"#, ["invalid": ["_meta"]]),
            (#","params":{"_meta":[]}"#, ["invalid": ["_meta"]]),
            (#","params":{"_meta":{}}"#, ["missing": [.string(version), .string(capabilities)]]),
            (#","params":{"_meta":{"\#(capabilities)":{}}}"#, ["missing": [.string(version)]]),
            (#","params":{"_meta":{"\#(version)":"2026-07-28"}}"#, ["missing": [.string(capabilities)]]),
            (
                #","params":{"_meta":{"\#(version)":"2026-07-28","\#(capabilities)":[]}}"#,
                ["invalid": [.string(capabilities)]]
            ),
            (
                #","params":{"_meta":{"\#(version)":"2026-07-28","\#(capabilities)":null}}"#,
                ["invalid": [.string(capabilities)]]
            ),
        ] as [(String, JSONValue)])
    func metadata(_ params: String, _ data: JSONValue) async throws {
        let reply = try await exchange(params).reply()
        #expect(reply.status == .badRequest && reply.errorCode == -32602 && reply.errorData == data)
        #expect(reply.json?["id"] == "x")
    }

    @Test(
        "Accepts an envelope with and without client information",
        arguments: [
            "", #","io.modelcontextprotocol/clientInfo":{"name":"n","version":"1"}"#,
            #","io.modelcontextprotocol/clientInfo":7"#, #","io.modelcontextprotocol/logLevel":"loud""#,
            #","traceparent":3"#,
        ])
    func clientInfo(_ member: String) async throws {
        let meta = #"{"\#(Self.version)":"2026-07-28","\#(Self.capabilities)":{"sampling":{}}\#(member)}"#
        #expect(try await exchange(#","params":{"_meta":\#(meta)}"#).reply().status == .ok)
    }

    @Test(
        "LAD-4 and LAD-5 compare the routing headers with the body",
        arguments: [
            ("LAD-4 missing", call.without("Mcp-Method"), "Mcp-Method"),
            ("LAD-4 other method", call.setting("Mcp-Method", "tools/list"), "Mcp-Method"),
            ("LAD-4 other case (ERA-12)", call.setting("Mcp-Method", "TOOLS/CALL"), "Mcp-Method"),
            ("LAD-4 repeated", call.with("Mcp-Method", "tools/list"), "Mcp-Method"),
            ("LAD-4 joined", call.setting("Mcp-Method", "tools/call, tools/list"), "Mcp-Method"),
            (
                "LAD-4 sentinel is not decoded here", call.setting("Mcp-Method", "=?base64?dG9vbHMvY2FsbA==?="),
                "Mcp-Method"
            ),
            ("LAD-4 comes before LAD-6", Exchange.modern("nope").setting("Mcp-Method", "other"), "Mcp-Method"),
            ("LAD-5 missing", call.without("Mcp-Name"), "Mcp-Name"),
            ("LAD-5 other tool", call.setting("Mcp-Name", "run_now"), "Mcp-Name"),
            ("LAD-5 other case", call.setting("Mcp-Name", "LIST_JOBS"), "Mcp-Name"),
            ("LAD-5 inner space", call.setting("Mcp-Name", "list _jobs"), "Mcp-Name"),
            ("LAD-5 empty", call.setting("Mcp-Name", ""), "Mcp-Name"),
            ("LAD-5 repeated", call.with("Mcp-Name", "run_now"), "Mcp-Name"),
            ("LAD-5 prompts/get", Exchange.modern("prompts/get", ["name": "x"]).without("Mcp-Name"), "Mcp-Name"),
            ("LAD-5 resources/read", Exchange.modern("resources/read", ["uri": "file:///x"]), "Mcp-Name"),
            ("LAD-5 tasks/get", Exchange.modern("tasks/get", ["taskId": "7"]), "Mcp-Name"),
        ])
    func routingHeaders(_ description: String, _ exchange: Exchange, _ header: String) async throws {
        let reply = try await exchange.reply()
        #expect(reply.status == .badRequest && reply.errorCode == -32020)
        #expect(reply.errorData == ["header": .string(header)])
    }

    @Test(
        "Accepts headers in any case of their name, padded, in copies, or not needed",
        arguments: [
            call.without("Mcp-Method").with("MCP-METHOD", "tools/call"), call.setting("Mcp-Name", "   list_jobs  \t"),
            Exchange.modern("tools/list").with("Mcp-Name", "anything"), call.with("Mcp-Param-Limit", "7"),
            call.setting("mcp-protocol-version", " 2026-07-28"), call.with("Mcp-Method", "tools/call"),
            call.setting("Mcp-Name", "list_jobs, list_jobs"), call.with("mcp-name", "list_jobs"),
            call.setting("MCP-Protocol-Version", "2026-07-28,2026-07-28").setting(
                "Mcp-Method", "tools/call , tools/call"),
        ])
    func acceptsHeaders(_ exchange: Exchange) async throws {
        #expect(try await exchange.reply().status == .ok)
    }

    @Test(
        "ERA-14 a call without a name is a matter of its parameters",
        arguments: [
            #"{}"#, #"{"name":7}"#, #"{"name":null}"#,
        ])
    func noSourceField(_ params: String) async throws {
        guard case .object(let params) = try JSONValue.parse(params) else { return }
        let reply = try await Exchange.modern("tools/call", params).with("Mcp-Name", "list_jobs").reply()
        #expect(reply.status == .ok && reply.errorCode == -32602)
    }

    @Test(
        "LAD-6 methods of other capabilities and eras do not exist",
        arguments: [
            "initialize", "ping", "logging/setLevel", "resources/list", "resources/subscribe", "prompts/list",
            "completion/complete", "subscriptions/listen", "tasks/list", "unknown/method", "",
        ])
    func unknownMethods(_ method: String) async throws {
        let reply = try await Exchange.modern(method).reply()
        #expect(reply.status == .notFound && reply.errorCode == -32601)
        #expect(reply.summary.method == (["initialize", "ping"].contains(method) ? method : "_OTHER"))
    }

    @Test("Errors quote at most 64 characters, cleaned (ERA-15)")
    func quotes() async throws {
        let long = String(repeating: "a", count: 100)
        let reply = try await Exchange.modern("tools/call", ["name": .string(long + "\u{1B}[31m")])
            .setting("Mcp-Name", long).reply()
        guard case .string(let message)? = reply.json?["error"]?["message"] else {
            Issue.record("no message")
            return
        }
        let quoted = String(repeating: "a", count: 64) + "…"
        #expect(message == "Header mismatch: Mcp-Name '\(quoted)' does not match body value '\(quoted)'")
    }
}

/// The rules of ERA-17 and ERA-18: a value of `Mcp-Name` and the text it stands for.
@Suite(.patient) struct HeaderSentinelTests {
    @Test(
        "Reads",
        arguments: [
            ("list_jobs", "list_jobs"), ("=?base64?bGlzdF9qb2Jz?=", "list_jobs"),
            ("=?base64?SGVsbG8sIOS4lueVjA==?=", "Hello, 世界"), ("=?base64?IHBhZGRlZCA=?=", " padded "),
            ("=?base64?bGluZTEKbGluZTI=?=", "line1\nline2"),
            ("=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=", "=?base64?literal?="),
            ("=?BASE64?bGlzdF9qb2Jz?=", "=?BASE64?bGlzdF9qb2Jz?="), ("=?base64?bGlz", "=?base64?bGlz"),
            ("bGlz?=", "bGlz?="),
            ("=?base64?=", "=?base64?="), ("=?base64??=", ""), ("=?base64?YQ==?=", "a"), ("=?base64?YWI=?=", "ab"),
        ])
    func reads(_ value: String, _ text: String) async throws {
        let reply = try await Exchange.modern("tools/call", ["name": .string(text)]).setting("Mcp-Name", value).reply()
        #expect(reply.status == .ok, "the ladder was passed")
    }

    @Test(
        "Refuses what is not strict Base64 of UTF-8 (ERA-18)",
        arguments: [
            "=?base64?bGlzdF9qb2J?=", "=?base64?bGl*?=", "=?base64?/w==?=", "=?base64?wyg=?=", "=?base64?YR==?=",
            "=?base64?YQ=?=", "=?base64?YQ?=", "=?base64?YQ===?=", "=?base64?Y Q==?=", "=?base64?YQ==YQ==?=",
            "=?base64?_-==?=", "=?base64?====?=",
        ])
    func refuses(_ value: String) async throws {
        let reply = try await Exchange.modern("tools/call", ["name": "list_jobs"]).setting("Mcp-Name", value).reply()
        #expect(reply.status == .badRequest && reply.errorCode == -32020)
    }
}
