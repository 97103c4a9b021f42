internal import HTTPTypes
internal import JSON
internal import MCP
internal import TestSupport
internal import Testing

@Suite(.patient) struct JSONRPCTests {
    @Test(
        "Refuses what is not a message (J-01, J-02, J-05)",
        arguments: [
            ("7", nil), ("\"x\"", nil), ("null", nil), ("{}", nil), (#"{"id":1,"method":"ping"}"#, 1),
            (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, 1), (#"{"jsonrpc":2.0,"id":"a","method":"ping"}"#, "a"),
            (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, nil),
            (#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, nil),
            (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, nil),
            (#"{"jsonrpc":"2.0","id":1.0,"method":"ping"}"#, nil),
            (#"{"jsonrpc":"2.0","id":1e2,"method":"ping"}"#, nil), (#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, nil),
            (#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, nil), (#"{"jsonrpc":"2.0","id":1}"#, 1),
            (#"{"jsonrpc":"2.0","id":1,"method":7}"#, 1), (#"{"jsonrpc":"2.0","id":1,"method":null}"#, 1),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, 1),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":0}"#, 1),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":"x"}"#, 1),
            (#"{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}"#, nil),
            (#"{"jsonrpc":"2.0","method":7}"#, nil),
        ] as [(String, JSONValue?)])
    func refuses(_ body: String, _ id: JSONValue?) async throws {
        for exchange in [Exchange(body), .legacy(body), Exchange(body).with("MCP-Protocol-Version", "2026-07-28")] {
            let reply = try await exchange.reply()
            #expect(reply.status == .badRequest && reply.errorCode == -32600)
            #expect(reply.json?["id"] == .some(id ?? .null))
        }
    }

    @Test(
        "Echoes ids byte for byte (J-02)",
        arguments: [
            "0", "-0", "1", "-7", "9007199254740993", "9223372036854775807", "18446744073709551616", "\"\"", "\"1\"",
            #""\u0061\/""#, "\"é😀\"",
        ])
    func echoesIDs(_ id: String) async throws {
        let ping = try await Exchange.legacy(#"{"jsonrpc":"2.0","id":\#(id),"method":"ping"}"#).reply()
        #expect(ping.body.elementsEqual(#"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#.utf8))
        let error = try await Exchange.legacy(#"{"jsonrpc":"2.0","id":\#(id),"method":"nope"}"#).reply()
        #expect(String(decoding: error.body, as: UTF8.self).hasPrefix(#"{"jsonrpc":"2.0","id":\#(id),"error":"#))
        let call = #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"list_jobs"}}"#
        let result = try await Exchange.legacy(call).reply()
        #expect(String(decoding: result.body, as: UTF8.self).hasPrefix(#"{"jsonrpc":"2.0","id":\#(id),"result":"#))
    }

    @Test("Ignores unknown members (J-01)")
    func unknownMembers() async throws {
        let body = #"{"x":[1],"jsonrpc":"2.0","id":1,"method":"ping","extra":{"method":"nope"},"params":{"y":1}}"#
        #expect(try await Exchange.legacy(body).reply().json?["result"] == [:])
    }

    @Test(
        "Takes notifications of any kind, with any revision it knows (J-06, L-09)",
        arguments: [
            "notifications/initialized", "notifications/cancelled", "notifications/roots/list_changed",
            "notifications/progress",
            "$/cancelRequest", "tools/call", "unknown",
        ])
    func notifications(_ method: String) async throws {
        for version in [nil, "2026-07-28", "2025-11-25", "2024-11-05"] {
            for params in ["", #","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":7}}"#] {
                let body = #"{"jsonrpc":"2.0","method":"\#(method)"\#(params)}"#
                let reply = try await Exchange.legacy(body, version: version).reply()
                #expect(reply.status == .accepted && reply.body.isEmpty && reply.headers[.contentType] == nil)
                #expect(reply.headers[.cacheControl] == "no-store")
            }
        }
    }

    @Test(
        "Refuses notifications and responses of unknown revisions",
        arguments: [
            #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, #"{"jsonrpc":"2.0","id":1,"result":{}}"#,
        ])
    func unknownRevision(_ body: String) async throws {
        let reply = try await Exchange.legacy(body, version: "1999-01-01").reply()
        #expect(reply.status == .badRequest && reply.errorCode == -32022 && reply.json?["id"] == .some(.null))
        let repeated = try await Exchange.legacy(body).with("MCP-Protocol-Version", "2025-06-18").reply()
        #expect(repeated.status == .badRequest && repeated.errorCode == -32020)
    }

    @Test(
        "Drops posted responses in the legacy era, refuses them in the modern one (J-07)",
        arguments: [
            #"{"jsonrpc":"2.0","id":1,"result":{}}"#, #"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#,
        ])
    func responses(_ body: String) async throws {
        for version in [nil, "2025-11-25", "2025-03-26"] {
            let reply = try await Exchange.legacy(body, version: version).reply()
            #expect(reply.status == .accepted && reply.body.isEmpty)
        }
        let reply = try await Exchange.legacy(body, version: "2026-07-28").reply()
        #expect(reply.status == .badRequest && reply.errorCode == -32600)
    }

    @Test(
        "Tells unreadable bodies from refused ones (J-08)",
        arguments: [
            ("", -32700), ("{", -32700), ("nonsense", -32700), ("\u{FEFF}{}", -32700), ("{'a':1}", -32700),
            (#"{"jsonrpc":"2.0","id":1,"method":"\ud800"}"#, -32700), ("{}{}", -32700),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":{"a":1,"\u0061":2}}}"#, -32600),
            (#"{"a":\#(String(repeating: "[", count: 64))\#(String(repeating: "]", count: 64))}"#, -32600),
            ("[\(Array(repeating: "0", count: 10_000).joined(separator: ","))]", -32600),
        ] as [(String, Int64)])
    func unreadable(_ body: String, _ code: Int64) async throws {
        let reply = try await Exchange(body).reply()
        #expect(reply.status == .badRequest && reply.errorCode == .integer(code) && reply.json?["id"] == .some(.null))
    }

    @Test("Refuses bytes that are not UTF-8")
    func notUTF8() async throws {
        var exchange = Exchange(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)
        exchange.body[10] = 0xFF
        #expect(try await exchange.reply().errorCode == -32700)
    }
}
