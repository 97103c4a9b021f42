internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// The access line of a request that was refused says why, with what came and with the setting that would admit it.
@Suite(.serialized, .patient) struct RefusalLineTests {
    /// A request that is refused, and what its line says.
    private struct Row {
        let name: String
        let fields: [(String, String)]
        var body = HostileRequest.ping
        var hasToken = true
        let status: Int
        let line: [String: JSONValue]
    }

    private static let modern =
        #"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"c","version":"1.2"}}}}"#
    private static let json = ("Content-Type", "application/json")
    private static let client: [String: JSONValue] = ["client_name": "c", "client_version": "1.2"]

    private static let rows: [Row] = [
        Row(
            name: "Host", fields: [("Host", "evil.example:81")], status: 421,
            line: [
                "refusal_reason": "host", "refusal_field": "Host", "refusal_value": "evil.example:81",
                "refusal_setting": "MCP_ALLOWED_HOSTS",
            ]),
        Row(
            name: "Origin", fields: [("Origin", "https://evil.example")], status: 403,
            line: [
                "refusal_reason": "origin", "refusal_field": "Origin", "refusal_value": "https://evil.example",
                "refusal_setting": "MCP_ALLOWED_ORIGINS",
            ]),
        Row(
            name: "a token", fields: [("Authorization", "Bearer x.y.z")], hasToken: false, status: 401,
            line: ["refusal_reason": "malformed"]),
        Row(name: "no token", fields: [], hasToken: false, status: 401, line: ["refusal_reason": "no_credentials"]),
        Row(
            name: "Content-Type", fields: [("Content-Type", "text/plain")], status: 415,
            line: ["refusal_field": "Content-Type", "refusal_value": "text/plain", "mcp_outcome": "-32600"]),
        Row(
            name: "no Content-Type", fields: [], status: 415,
            line: ["refusal_field": "Content-Type", "mcp_outcome": "-32600"]),
        Row(
            name: "Content-Encoding", fields: [json, ("Content-Encoding", "gzip")], status: 415,
            line: ["refusal_field": "Content-Encoding", "refusal_value": "gzip"]),
        Row(
            name: "Accept", fields: [json, ("Accept", "text/html")], status: 406,
            line: ["refusal_field": "Accept", "refusal_value": "text/html"]),
        Row(
            name: "an unknown revision", fields: [json, ("MCP-Protocol-Version", "2030-01-01")],
            body: #"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"clientInfo":{"name":"c","version":"1.2"}}}"#,
            status: 400,
            line: client.merging([
                "refusal_field": "MCP-Protocol-Version", "refusal_value": "2030-01-01", "mcp_outcome": "-32022",
            ]) { $1 }),
        Row(
            name: "two revisions", fields: [json, ("MCP-Protocol-Version", "a"), ("MCP-Protocol-Version", "b")],
            status: 400,
            line: ["refusal_field": "MCP-Protocol-Version", "refusal_value": "a, b", "mcp_outcome": "-32020"]),
        Row(
            name: "a header that the body contradicts",
            fields: [json, ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "ping")], body: modern, status: 400,
            line: client.merging([
                "refusal_field": "Mcp-Method", "refusal_value": "ping", "mcp_outcome": "-32020",
            ]) { $1 }),
        Row(
            name: "a header that is missing", fields: [json, ("MCP-Protocol-Version", "2026-07-28")], body: modern,
            status: 400,
            line: client.merging(["refusal_field": "Mcp-Method", "mcp_outcome": "-32020"]) { $1 }),
        Row(
            name: "no message, of a client that says who it is", fields: [json],
            body:
                #"{"jsonrpc":"1.0","id":1,"method":"initialize","params":{"clientInfo":{"name":"c","version":"1.2"}}}"#,
            status: 400, line: client.merging(["mcp_outcome": "-32600"]) { $1 }),
    ]

    @Test("Says what came and which setting would admit it, of everything that is refused before a tool is called")
    func why() async throws {
        try await withDeployment(["LOG_LEVEL": "info"]) { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            for row in Self.rows {
                var request = HostileRequest(
                    family: "", name: row.name, authorization: row.hasToken ? nil : "", fields: row.fields,
                    body: Array(row.body.utf8), expectation: .status(row.status))
                if row.fields.contains(where: { $0.0 == "Host" }) { request.host = nil }
                let bytes = request.bytes(token: token)
                let response = try await withRawConnection(to: deployment.server.baseURL) { connection in
                    try await connection.send(bytes)
                    return try await connection.response()
                }
                #expect(response.status == row.status, "\(row.name): \(response)")
                let id = try #require(response.headers["x-correlation-id"])
                let line = try await deployment.server.log.record("the line of \(row.name)") {
                    $0["message"] == "request answered" && $0["correlation_id"]?.text == id
                }
                let names = ["refusal_reason", "refusal_field", "refusal_value", "refusal_setting", "client_name"]
                for name in Set(names).union(row.line.keys) {
                    #expect(line[name] == row.line[name], "\(row.name), \(name): \(line)")
                }
                let others = deployment.server.log.records.filter {
                    $0["correlation_id"]?.text == id && $0["message"] != "request answered"
                }
                #expect(others.count == (row.line["refusal_reason"] == "malformed" ? 1 : 0), "\(row.name): \(others)")
            }
        }
    }

    @Test("A refused token is one record and the access line at the default level, of whatever kind it is")
    func oneRecord() async throws {
        try await withDeployment(["LOG_LEVEL": "info"]) { deployment in
            for flaw in [TokenOrder.Flaw.wrongAudience, .expired, .otherScope] {
                let client = deployment.client(token: try deployment.sandbox.token(user: "alice", flaw: flaw))
                let id = try #require(try await client.modern("tools/list").correlationID)
                _ = try await deployment.server.log.record("the access line") {
                    $0["message"] == "request answered" && $0["correlation_id"]?.text == id
                }
                let records = deployment.server.log.records.filter { $0["correlation_id"]?.text == id }
                #expect(records.count == 2 && records.count { $0["token_reject_reason"] != nil } == 1, "\(records)")
            }
        }
    }

    @Test("Refusals before dispatch are JSON-RPC errors with the sentence, and say OAuth's words too")
    func body() async throws {
        try await withDeployment(["MCP_ALLOWED_ORIGINS": "https://app.example.com"]) { deployment in
            let expired = try deployment.sandbox.token(user: "alice", flaw: .expired)
            let other = try deployment.sandbox.token(user: "alice", flaw: .otherScope)
            for (token, status, error) in [
                (nil, 401, "unauthorized"), ("x y", 400, "invalid_request"), (expired, 401, "invalid_token"),
                (other, 403, "insufficient_scope"),
            ] as [(String?, Int, String)] {
                let answer = try await deployment.client(token: token).legacy("tools/list")
                #expect(answer.http.status == status)
                #expect(answer.json?["jsonrpc"] == "2.0" && answer.json?["id"] == .null, "\(error)")
                #expect(
                    answer.json?["error"]?["code"] == -32600
                        && answer.json?["error"]?["data"] == ["error": .string(error)])
                let sentence = try #require(answer.json?["error"]?["message"]?.text)
                #expect(answer.json?["error_description"]?.text == sentence && !sentence.isEmpty)
                if error != "unauthorized" {
                    #expect(
                        answer.http.headers["WWW-Authenticate"]?.contains("error_description=\"\(sentence)\"") == true)
                }
            }
        }
    }
}
