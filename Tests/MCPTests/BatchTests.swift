internal import HTTPTypes
internal import JSON
internal import MCP
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.patient) struct BatchTests {
    private static let ping = #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#

    @Test(
        "Batches belong to 2025-03-26 alone (B-01)",
        arguments: [
            (nil, 200), ("2025-03-26", 200), (" 2025-03-26 ", 200), ("2025-06-18", 400), ("2025-11-25", 400),
            ("2024-11-05", 400),
            ("2026-07-28", 400), ("1999-01-01", 400), ("", 400),
        ] as [(String?, Int)])
    func revision(_ version: String?, _ status: Int) async throws {
        let reply = try await Exchange.legacy("[\(Self.ping)]", version: version).reply()
        #expect(reply.status.code == status)
        #expect(reply.errorCode == (status == 400 ? -32600 : nil))
        #expect(reply.summary.method == "_BATCH")
    }

    @Test("Copies of the version header are one; of two versions neither counts")
    func repeatedHeader() async throws {
        let exchange = Exchange("[\(Self.ping)]").with("MCP-Protocol-Version", "2025-03-26")
            .with("MCP-Protocol-Version", "2025-03-26")
        #expect(try await exchange.reply().status == .ok)
        #expect(try await exchange.with("MCP-Protocol-Version", "2025-06-18").reply().status == .badRequest)
    }

    @Test("Size (B-02)", arguments: [(0, 400), (1, 200), (20, 200), (21, 400)])
    func size(_ count: Int, _ status: Int) async throws {
        let body = "[\(Array(repeating: Self.ping, count: count).joined(separator: ","))]"
        #expect(try await Exchange(body).reply().status.code == status)
    }

    @Test("One element with a claim spoils the batch (B-02)", arguments: ["\"2026-07-28\"", "\"2025-03-26\"", "null"])
    func claims(_ claim: String) async throws {
        let claiming =
            #"{"jsonrpc":"2.0","id":2,"method":"ping","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":\#(claim)}}}"#
        let reply = try await Exchange("[\(Self.ping),\(claiming)]").reply()
        #expect(reply.status == .badRequest && reply.errorCode == -32600 && reply.json?["id"] == .some(.null))
    }

    @Test("Nothing to answer is 202 (B-03)")
    func nothingToAnswer() async throws {
        let body = #"[{"jsonrpc":"2.0","method":"notifications/initialized"},{"jsonrpc":"2.0","id":1,"result":{}}]"#
        let reply = try await Exchange(body).reply()
        #expect(reply.status == .accepted && reply.body.isEmpty)
    }

    @Test("Invalid elements and initialize fail alone; the others run (B-04)")
    func mixed() async throws {
        let body = #"""
            [7,{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"2025-03-26"}},
            {"jsonrpc":"2.0","id":null,"method":"ping"},{"jsonrpc":"1.0","id":5,"method":"ping"},[],
            {"jsonrpc":"2.0","id":6,"method":"server/discover"},
            {"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"list_jobs","_meta":{"progressToken":1}}},
            {"jsonrpc":"2.0","id":8,"method":"tools/call","params":{"name":"get_run"}}]
            """#
        let reply = try await Exchange(body).reply()
        guard case .array(let responses)? = reply.json else {
            Issue.record("not an array")
            return
        }
        #expect(responses.map { $0["id"] } == [nil, "a", nil, 5, nil, 6, 7, 8] as [JSONValue])
        #expect(
            responses.map { $0["error"]?["code"] }
                == [-32600, -32600, -32600, -32600, -32600, -32601, nil, nil] as [JSONValue?])
        #expect(responses[6]["result"]?["isError"] == false && responses[7]["result"]?["isError"] == true)
        #expect(responses[6]["result"]?["resultType"] == nil as JSONValue?)
    }
}
