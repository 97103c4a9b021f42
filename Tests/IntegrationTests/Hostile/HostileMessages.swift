/// JSON that is no message, or not one that can be served (J-01).
enum HostileMessages {
    static let all: [HostileRequest] = [ids, shapes, methods, duplicates, batches, calls, arguments, versions, routing]
        .flatMap { $0 }

    private static let ping = HostileRequest.ping
    private static let invalid = HostileRequest.Expectation.error(400, -32600)

    private static var ids: [HostileRequest] {
        let bad = ["null", "true", "false", "1.5", "1e0", "1.0", "{}", "[]", "[1]", "-0.0", "1E2"]
        let odd = ["0", "-1", #""""#, "9223372036854775808", "99999999999999999999999999", #""\u0000""#]
        let message: (String) -> String = { #"{"jsonrpc":"2.0","id":\#($0),"method":"ping"}"# }
        return HostileRequest.bodies("bad id", bad, invalid, message)
            + HostileRequest.bodies("odd id", odd, .result, message)
    }

    private static var shapes: [HostileRequest] {
        let texts = [
            #""ping""#, "1", "1e999", "null", "true", "{}", #"{"id":1,"method":"ping"}"#, #"{"jsonrpc":"2.0","id":1}"#,
        ]
        let versions = ["2.0", "2", #""2""#, #""1.0""#, #""2.00""#, #""""#, "null", "{}", #""２.０""#]
        let params = ["[]", "[1]", "[null]", "1", #""x""#, "true"]
        let names = ["7", "null", "true", "{}", "[]", #"["ping"]"#]
        return HostileRequest.bodies("no message", texts, invalid)
            + HostileRequest.bodies("bad jsonrpc", versions, invalid) { #"{"jsonrpc":\#($0),"id":1,"method":"ping"}"# }
            + HostileRequest.bodies("bad params", params, invalid) {
                #"{"jsonrpc":"2.0","id":1,"method":"ping","params":\#($0)}"#
            } + HostileRequest.bodies("bad method", names, invalid) { #"{"jsonrpc":"2.0","id":1,"method":\#($0)}"# }
    }

    private static var methods: [HostileRequest] {
        let names = [
            "", " ping", "ping ", "PING", #"ping\u0000"#, "rpc.discover", "__proto__", "tools/call/../list", "nope",
            "server/discover", "logging/setLevel", "resources/read", "prompts/get", "tasks/list",
            "sampling/createMessage",
        ]
        return HostileRequest.bodies("unknown method", names, .error(200, -32601)) {
            #"{"jsonrpc":"2.0","id":1,"method":"\#($0)"}"#
        }
    }

    private static var duplicates: [HostileRequest] {
        HostileRequest.bodies(
            "duplicate member",
            [
                #"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list"}"#,
                #"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#,
                #"{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"ping"}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{},"params":{}}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"a":1}}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"a":1,"a":2}}}"#,
                #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"name":"a","n\u0061me":"b"}}"#,
                #"{"jsonrpc":"2.0","id":1,"m\u0065thod":"ping","method":"tools/list"}"#,
            ], invalid)
    }

    private static var batches: [HostileRequest] {
        let many = Array(repeating: ping, count: 21).joined(separator: ",")
        let claim = #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}"#
        let revisions = ["2025-11-25", "2025-06-18", "2024-11-05", "2026-07-28"]
        return HostileRequest.bodies(
            "batch", invalid,
            [
                "empty": "[]", "21 elements": "[\(many)]",
                "a claim in it": #"[{"jsonrpc":"2.0","id":1,"method":"ping","params":{\#(claim)}}]"#,
            ])
            + HostileRequest.bodies(
                "batch without answer",
                [#"[{"jsonrpc":"2.0","method":"x"}]"#, #"[{"jsonrpc":"2.0","id":1,"result":{}}]"#],
                .status(202))
            + revisions.map { version -> HostileRequest in
                .fields("batch", "of \(version)", [("MCP-Protocol-Version", version)], body: "[\(ping)]", invalid)
            }
    }

    private static func call(_ params: String) -> String {
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":\#(params)}"#
    }

    private static var calls: [HostileRequest] {
        let names = [
            "null", "7", #"["run_now"]"#, #""RUN_NOW""#, #""run_now ""#, #""""#, #""run_now\u0000""#, #""../run_now""#,
        ]
        let arguments = ["[]", #""x""#, "1", "false"]
        return HostileRequest.bodies("bad name of a tool", names, .error(200, -32602)) { call(#"{"name":\#($0)}"#) }
            + HostileRequest.bodies("bad arguments", arguments, .error(200, -32602)) {
                call(#"{"name":"list_jobs","arguments":\#($0)}"#)
            } + HostileRequest.bodies("no name of a tool", ["{}"], .error(200, -32602), call)
    }

    private static var arguments: [HostileRequest] {
        let limits = [
            "0", "-1", "101", "1e400", "1.5", #""20""#, "[]", "9223372036854775808", "-9223372036854775809", "true",
        ]
        let jobs = [
            "0", "-1", "1.5", #""""#, #""0""#, #""01""#, #""1e3""#, #""0x1""#, #""9223372036854775808""#, "null", "[1]",
            "1e30",
        ]
        let unknown = ["colour", "__proto__", "constructor", #"li\u0000mit"#, "LIMIT", ""]
        return HostileRequest.bodies("bad limit", limits, .toolError("limit")) {
            call(#"{"name":"list_jobs","arguments":{"limit":\#($0)}}"#)
        }
            + HostileRequest.bodies("bad name of a job", ["7", "{}", "[]", "true"], .toolError("name")) {
                call(#"{"name":"list_jobs","arguments":{"name":\#($0)}}"#)
            }
            + HostileRequest.bodies("unknown argument", unknown, .toolError("is not a known argument")) {
                call(#"{"name":"list_jobs","arguments":{"\#($0)":1}}"#)
            }
            + HostileRequest.bodies("bad id of a job", jobs, .toolError("job_id")) {
                call(#"{"name":"run_now","arguments":{"job_id":\#($0)}}"#)
            }
    }

    private static var versions: [HostileRequest] {
        let field = "MCP-Protocol-Version"
        let unknown = [
            "", "1999-01-01", "2026-07-29", "latest", "2025-11-25 2025-06-18", "draft", "2025-11-25\u{FF10}",
        ]
        return HostileRequest.values(of: field, "unknown version", unknown, .error(400, -32022))
            + HostileRequest.values(of: field, "known version", ["2024-11-05", " \t2025-11-25 "], .result)
            + HostileRequest.values(of: field, "modern without metadata", ["2026-07-28"], .error(400, -32602))
            + HostileRequest.values(of: "Mcp-Session-Id", "session id is ignored (T-17)", ["x", ""], .result)
            + HostileRequest.values(of: "Last-Event-ID", "event id is ignored (T-18)", ["7"], .result)
            + [
                .fields(
                    "version", "repeated", [(field, "2025-11-25"), (field.lowercased(), "2025-06-18")],
                    .error(400, -32020)),
                .fields("version", "in copies", [(field, "2025-11-25"), (field.lowercased(), "2025-11-25")], .result),
                .fields("version", "in joined copies", [(field, "2025-11-25, 2025-11-25")], .result),
            ]
    }

    private static let envelope =
        #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#

    /// Modern calls of `list_jobs` whose routing headers are wrong, and methods that the era lacks (LAD-4 to LAD-6).
    private static var routing: [HostileRequest] {
        let rows: [(String, String?, String?)] = [
            ("no Mcp-Method", nil, "list_jobs"), ("no Mcp-Name", "tools/call", nil),
            ("another method", "tools/list", "list_jobs"), ("another case", "TOOLS/CALL", "list_jobs"),
            ("another tool", "tools/call", "run_now"), ("the tool in another case", "tools/call", "List_jobs"),
            ("an empty name", "tools/call", ""), ("broken Base64", "tools/call", "=?base64?bGlzdF9qb2J?="),
            ("Base64 of no UTF-8", "tools/call", "=?base64?/w==?="),
            ("an encoded method", "=?base64?dG9vbHMvY2FsbA==?=", "list_jobs"),
            ("two names", "tools/call", "list_jobs, run_now"),
        ]
        var requests: [HostileRequest] = []
        for (name, method, tool) in rows {
            var fields = [("MCP-Protocol-Version", "2026-07-28")]
            if let method { fields.append(("Mcp-Method", method)) }
            if let tool { fields.append(("Mcp-Name", tool)) }
            let body = call(#"{"name":"list_jobs",\#(envelope)}"#)
            requests.append(.fields("routing", name, fields, body: body, .error(400, -32020)))
        }
        let methods = [
            "initialize", "ping", "logging/setLevel", "resources/list", "subscriptions/listen", "tasks/list", "nope",
        ]
        for method in methods {
            let body = #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{\#(envelope)}}"#
            let fields = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", method)]
            requests.append(.fields("modern method", method, fields, body: body, .error(404, -32601)))
        }
        return requests
    }
}
