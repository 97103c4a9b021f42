internal import HTTPTypes
internal import JSON
internal import MCP
internal import TestSupport
internal import Testing

/// A situation in one era and what is answered (M-01).
struct MatrixCell: CustomTestStringConvertible {
    let testDescription: String
    let exchange: Exchange
    let status: Int
    let code: Int64?

    init(_ description: String, _ exchange: Exchange, _ status: Int, _ code: Int64?) {
        testDescription = description
        self.exchange = exchange
        self.status = status
        self.code = code
    }

    private static func modern(_ body: String) -> Exchange {
        Exchange(body, headers: [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call")])
    }

    private static func legacyCall(_ params: String) -> Exchange {
        .legacy(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":\#(params)}"#)
    }

    private static func modernCall(_ params: JSONObject) -> Exchange { .modern("tools/call", params) }

    static let all = [
        MatrixCell("unparsable, modern", modern("{"), 400, -32700),
        MatrixCell("unparsable, legacy", .legacy("{"), 400, -32700),
        MatrixCell("bad id, modern", modern(#"{"jsonrpc":"2.0","id":{},"method":"tools/call"}"#), 400, -32600),
        MatrixCell("bad id, legacy", .legacy(#"{"jsonrpc":"2.0","id":{},"method":"tools/call"}"#), 400, -32600),
        MatrixCell("array, modern", modern(#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#), 400, -32600),
        MatrixCell("array, legacy", .legacy(#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#), 400, -32600),
        MatrixCell("response, modern", modern(#"{"jsonrpc":"2.0","id":1,"result":{}}"#), 400, -32600),
        MatrixCell("response, legacy", .legacy(#"{"jsonrpc":"2.0","id":1,"result":{}}"#), 202, nil),
        MatrixCell("header mismatch, modern", .modern("tools/list").setting("Mcp-Method", "x"), 400, -32020),
        MatrixCell("metadata missing, modern", modern(#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#), 400, -32602),
        MatrixCell(
            "unknown version, legacy", .legacy(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, version: "x"), 400, -32022),
        MatrixCell("unknown method, modern", .modern("nope"), 404, -32601),
        MatrixCell("unknown method, legacy", .legacy(#"{"jsonrpc":"2.0","id":1,"method":"nope"}"#), 200, -32601),
        MatrixCell("unknown tool, modern", modernCall(["name": "nope"]), 200, -32602),
        MatrixCell("unknown tool, legacy", legacyCall(#"{"name":"nope"}"#), 200, -32602),
        MatrixCell("name of the wrong type, modern", modernCall(["name": 7]), 200, -32602),
        MatrixCell("name of the wrong type, legacy", legacyCall(#"{"name":7}"#), 200, -32602),
        MatrixCell("name missing, legacy", legacyCall("{}"), 200, -32602),
        MatrixCell(
            "arguments of the wrong type, modern", modernCall(["name": "list_jobs", "arguments": []]), 200, -32602),
        MatrixCell(
            "arguments of the wrong type, legacy", legacyCall(#"{"name":"list_jobs","arguments":"{}"}"#), 200, -32602),
        MatrixCell("unknown cursor, modern", .modern("tools/list", ["cursor": "x"]), 200, -32602),
        MatrixCell(
            "unknown cursor, legacy",
            .legacy(#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}"#), 200, -32602),
        MatrixCell("empty cursor", .modern("tools/list", ["cursor": ""]), 200, -32602),
        MatrixCell("cursor of the wrong type", .modern("tools/list", ["cursor": 1]), 200, -32602),
        MatrixCell("null cursor", .modern("tools/list", ["cursor": nil]), 200, nil),
        MatrixCell(
            "initialize malformed, legacy", .legacy(#"{"jsonrpc":"2.0","id":1,"method":"initialize"}"#), 200, -32602),
        MatrixCell("invalid arguments, modern", modernCall(["name": "run_now"]), 200, nil),
        MatrixCell("invalid arguments, legacy", legacyCall(#"{"name":"run_now"}"#), 200, nil),
        MatrixCell("failure upstream, modern", modernCall(["name": "get_run"]), 200, nil),
        MatrixCell("failure upstream, legacy", legacyCall(#"{"name":"get_run"}"#), 200, nil),
        MatrixCell("bug, modern", modernCall(["name": "broken"]), 200, -32603),
        MatrixCell("bug, legacy", legacyCall(#"{"name":"broken"}"#), 200, -32603),
    ]
}

@Suite(.patient) struct ErrorMatrixTests {
    @Test("Answers", arguments: MatrixCell.all)
    func answers(_ cell: MatrixCell) async throws {
        let reply = try await cell.exchange.reply()

        #expect(reply.status.code == cell.status)
        #expect(reply.errorCode == cell.code.map(JSONValue.integer))
        #expect(reply.body.isEmpty || reply.headers[.contentType] == "application/json")
        if cell.code == nil, !reply.body.isEmpty { #expect(reply.json?["result"] != nil as JSONValue?) }
        if let message = reply.json?["error"]?["message"] {
            #expect(!message.description.contains("internal detail"), "nothing of the cause (M-04)")
        }
    }

    @Test("Only codes that the specification knows (M-02)")
    func codes() {
        let known: Set<Int64> = [-32700, -32600, -32601, -32602, -32603, -32020, -32021, -32022]
        #expect(Set(MatrixCell.all.compactMap(\.code)).isSubset(of: known))
    }
}
