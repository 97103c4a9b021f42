internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// Every hostile request over a connection of its own, byte by byte.
@Suite(.serialized, .patient) struct HostileTableTests {
    private static let all = HostileTexts.all + HostileMessages.all + HostileHeads.all

    @Test("Each of at least 300 hostile requests gets its own answer, and the server serves on")
    func table() async throws {
        #expect(Self.all.count >= 300)
        #expect(
            Set(Self.all.map { "\($0.family) \($0.name)" }).count == Self.all.count, "each row has a name of its own")
        try await withDeployment { deployment in
            let token = try deployment.sandbox.token(user: "alice")
            for row in Self.all {
                let response = try await withRawConnection(to: deployment.server.baseURL) { connection in
                    try await connection.send(row.bytes(token: token))
                    return try await connection.response(toHead: row.method == "HEAD")
                }
                Self.expect(row, response)
            }
            #expect(try await deployment.client(user: "alice").call("list_jobs").isToolError == false)
            let starts = deployment.sandbox.requests(to: "jobs/run-now")
            #expect(starts.isEmpty, "nothing hostile starts a job")
        }
    }

    private static func expect(_ row: HostileRequest, _ response: RawResponse) {
        let json = try? JSONValue.parse(Array(response.body.utf8), limits: .upstream)
        let said = "\(row.family), \(row.name): \(response.status) \(response.body.prefix(200))"
        switch row.expectation {
        case .status(let status): #expect(response.status == status, "\(said)")
        case .error(let status, let code):
            #expect(response.status == status, "\(said)")
            #expect(json?["error"]?["code"] == .integer(code), "\(said)")
        case .toolError(let part):
            let text = json?["result"]?["content"]?.element(0)?["text"]?.text
            #expect(response.status == 200 && json?["result"]?["isError"] == true, "\(said)")
            #expect(text?.contains(part) == true, "\(said)")
        case .result: #expect(response.status == 200 && json?["result"] != nil, "\(said)")
        }
        // 204 and the like aside, T-05 holds for all of `/mcp`.
        guard row.path == "/mcp" else { return }
        #expect(response.headers["cache-control"] == "no-store", "\(said)")
        #expect(response.headers["x-content-type-options"] == "nosniff", "\(said)")
        #expect(response.headers["mcp-session-id"] == nil && response.headers["location"] == nil, "T-17, T-19: \(said)")
    }
}
