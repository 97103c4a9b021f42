internal import HTTPTypes
internal import JSON
internal import MCP
internal import Observability
internal import TestSupport
internal import Testing

/// A request and how it must be classified (ERA-01 to ERA-10).
struct EraRow: CustomTestStringConvertible {
    let testDescription: String
    let exchange: Exchange
    let status: Int
    /// The JSON-RPC error code, or `nil` for a result.
    let code: Int64?
    /// The era that answers; `nil` where the request is refused before that.
    let era: Era?

    init(_ description: String, _ exchange: Exchange, status: Int, code: Int64? = nil, era: Era? = nil) {
        testDescription = description
        self.exchange = exchange
        self.status = status
        self.code = code
        self.era = era
    }

    private static let version = "MCP-Protocol-Version"
    private static let list = #"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#
    private static let hello =
        #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}"#

    /// `tools/list` with a claim, and whatever headers are added.
    private static func claiming(_ claim: String, method: String = "tools/list") -> Exchange {
        Exchange(
            #"{"jsonrpc":"2.0","id":1,"method":"\#(method)","params":{"protocolVersion":"2025-11-25","_meta":{"io.modelcontextprotocol/protocolVersion":\#(claim),"io.modelcontextprotocol/clientCapabilities":{}}}}"#
        )
    }

    static let table = [
        EraRow(
            "ERA-06 header twice, different", Exchange(list).with(version, "2025-11-25").with(version, "2025-06-18"),
            status: 400, code: -32020),
        EraRow(
            "copies of the header are one", Exchange(list).with(version, "2025-11-25").with(version, " 2025-11-25"),
            status: 200, era: .legacy),
        EraRow(
            "joined copies of the header are one", Exchange(list).with(version, "2025-11-25, 2025-11-25,2025-11-25"),
            status: 200, era: .legacy),
        EraRow(
            "copies, some of them joined, are one",
            Exchange(list).with(version, "2025-11-25,2025-11-25").with(version, "2025-11-25"), status: 200, era: .legacy
        ),
        EraRow(
            "joined values that differ", Exchange(list).with(version, "2025-11-25, 2025-06-18"), status: 400,
            code: -32022),
        EraRow(
            "a joined value that is empty", Exchange(list).with(version, "2025-11-25,"), status: 400, code: -32022),
        EraRow("ERA-06 before ERA-01", claiming("7").with(version, "x").with(version, "y"), status: 400, code: -32020),
        EraRow("ERA-01 claim is a number", claiming("20260728"), status: 400, code: -32602),
        EraRow("ERA-01 claim is null", claiming("null"), status: 400, code: -32602),
        EraRow("ERA-01 before ERA-02", claiming("7").with(version, "2025-11-25"), status: 400, code: -32602),
        EraRow(
            "ERA-02 modern header, other claim", claiming("\"2027-01-01\"").with(version, "2026-07-28"),
            status: 400, code: -32020),
        EraRow(
            "ERA-02 legacy header, modern claim", claiming("\"2026-07-28\"").with(version, "2025-11-25"),
            status: 400, code: -32020),
        EraRow(
            "ERA-02 modern header, legacy claim", claiming("\"2025-11-25\"").with(version, "2026-07-28"),
            status: 400, code: -32020),
        EraRow(
            "ERA-02 two legacy revisions", claiming("\"2025-06-18\"").with(version, "2025-11-25"),
            status: 400, code: -32020),
        EraRow("ERA-02 empty header, claim", claiming("\"2026-07-28\"").with(version, ""), status: 400, code: -32020),
        EraRow("ERA-03", .modern("tools/list"), status: 200, era: .modern),
        EraRow("ERA-03 initialize", .modern("initialize"), status: 404, code: -32601, era: .modern),
        EraRow("ERA-03 no _meta", Exchange(list).with(version, "2026-07-28"), status: 400, code: -32602, era: .modern),
        EraRow("ERA-04 complete envelope", claiming("\"2026-07-28\""), status: 400, code: -32020, era: .modern),
        EraRow(
            "ERA-04 incomplete envelope",
            Exchange(
                #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#
            ),
            status: 400, code: -32602, era: .modern),
        EraRow("ERA-05", Exchange(list), status: 200, era: .legacy),
        EraRow("ERA-05 initialize", Exchange(hello), status: 200, era: .legacy),
        EraRow("ERA-07", Exchange(list).with(version, "2025-06-18"), status: 200, era: .legacy),
        EraRow("ERA-07 alias", Exchange(list).with(version, "2024-11-05"), status: 200, era: .legacy),
        EraRow("ERA-07 equal claim", claiming("\"2025-06-18\"").with(version, "2025-06-18"), status: 200, era: .legacy),
        EraRow(
            "ERA-07 initialize, the body negotiates", Exchange(hello).with(version, "2025-03-26"), status: 200,
            era: .legacy),
        EraRow("ERA-08", Exchange(hello).with(version, "1999-01-01"), status: 200, era: .legacy),
        EraRow("ERA-09 unknown header", Exchange(list).with(version, "1999-01-01"), status: 400, code: -32022),
        EraRow("ERA-09 empty header", Exchange(list).with(version, ""), status: 400, code: -32022),
        EraRow("ERA-09 header in another case", Exchange(list).with(version, "2025-11-25x"), status: 400, code: -32022),
        EraRow("ERA-09 unknown claim", claiming("\"1999-01-01\""), status: 400, code: -32022),
        EraRow(
            "ERA-09 unknown claim, initialize", claiming("\"1999-01-01\"", method: "initialize"), status: 400,
            code: -32022),
        EraRow(
            "ERA-09 both unknown and equal", claiming("\"1999-01-01\"").with(version, "1999-01-01"), status: 400,
            code: -32022),
        EraRow("ERA-10", claiming("\"2025-11-25\""), status: 200, era: .legacy),
        EraRow("ERA-10 alias", claiming("\"2024-11-05\""), status: 200, era: .legacy),
        EraRow("ERA-13 padded header", Exchange(list).with(version, "\t 2025-11-25 "), status: 200, era: .legacy),
    ]

    /// The special cases below the table.
    static let special = [
        EraRow(
            "initialize in the modern era, _meta missing", Exchange(hello).with(version, "2026-07-28"),
            status: 400, code: -32602, era: .modern),
        EraRow(
            "session id is ignored", Exchange(list).with("Mcp-Session-Id", "gone").with("Last-Event-ID", "7"),
            status: 200, era: .legacy),
        EraRow(
            "session id is ignored, modern", .modern("tools/list").with("Mcp-Session-Id", "gone"), status: 200,
            era: .modern),
        EraRow(
            "routing headers of a legacy request are not compared",
            Exchange.legacy(list).with("Mcp-Method", "ping").with("Mcp-Name", "x"), status: 200, era: .legacy),
        EraRow(
            "server/discover is modern only (L-08)", .legacy(#"{"jsonrpc":"2.0","id":1,"method":"server/discover"}"#),
            status: 200, code: -32601, era: .legacy),
        EraRow("ping is legacy only", .modern("ping"), status: 404, code: -32601, era: .modern),
    ]
}

@Suite(.patient) struct EraTests {
    @Test("Classifies", arguments: EraRow.table + EraRow.special)
    func classifies(_ row: EraRow) async throws {
        let reply = try await row.exchange.reply()

        #expect(reply.status.code == row.status)
        #expect(reply.errorCode == row.code.map(JSONValue.integer))
        #expect(reply.json?["id"] == 1)
        #expect(reply.summary.era == row.era)
        #expect(reply.summary.rpcErrorCode == row.code.map(Int.init))
    }

    @Test(
        "Error data says what is wrong",
        arguments: [
            ("ERA-01 claim is a number", ["invalid": ["io.modelcontextprotocol/protocolVersion"]]),
            ("ERA-03 no _meta", ["missing": ["_meta"]]),
            ("ERA-04 complete envelope", ["header": "MCP-Protocol-Version"]),
            (
                "ERA-09 empty header",
                ["supported": ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"], "requested": ""]
            ),
            (
                "ERA-09 unknown claim",
                ["supported": ["2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26"], "requested": "1999-01-01"]
            ),
        ] as [(String, JSONValue)])
    func errorData(_ description: String, _ data: JSONValue) async throws {
        let row = try #require(EraRow.table.first { $0.testDescription == description })
        #expect(try await row.exchange.reply().errorData == data)
    }

    @Test("Every row of the decision has a request")
    func tableIsComplete() {
        let ids = Set(EraRow.table.map { String($0.testDescription.prefix(6)) })
        #expect(ids.isSuperset(of: (1...10).map { $0 < 10 ? "ERA-0\($0)" : "ERA-\($0)" }))
    }

    @Test(
        "initialize answers the version it was asked for, or offers 2025-11-25 (L-02)",
        arguments: [
            ("2025-11-25", "2025-11-25"), ("2025-06-18", "2025-06-18"), ("2025-03-26", "2025-03-26"),
            ("2024-11-05", "2024-11-05"), ("2026-07-28", "2025-11-25"), ("1.0", "2025-11-25"), ("", "2025-11-25"),
        ])
    func negotiates(_ requested: String, _ answered: String) async throws {
        let hello = #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"\#(requested)"}}"#
        for version in [nil, "2025-03-26", "1999-01-01"] {
            let reply = try await Exchange.legacy(hello, version: version).reply()
            #expect(reply.json?["result"]?["protocolVersion"] == .string(answered))
            #expect(reply.summary.protocolVersion?.rawValue == answered)
        }
    }

    @Test(
        "initialize without a version is answered with -32602 at 200",
        arguments: [
            "", #","params":{}"#, #","params":{"protocolVersion":7}"#, #","params":{"protocolVersion":null}"#,
        ])
    func initializeWithoutVersion(_ params: String) async throws {
        let reply = try await Exchange(#"{"jsonrpc":"2.0","id":1,"method":"initialize"\#(params)}"#).reply()
        #expect(reply.status == .ok && reply.errorCode == -32602)
        #expect(reply.errorData == ["supported": ["2025-11-25", "2025-06-18", "2025-03-26"]])
    }
}
