internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct WorkspaceGateTests {
    private func list(_ client: SandboxClient, _ headers: HeaderList) async throws -> HTTPResponse {
        try await client.get("/api/2.2/jobs/list", headers: headers)
    }

    @Test(
        "Answers a request without a credential as the front door does (D-100)",
        arguments: [
            nil, "Basic eDp5", "bearer x",
        ])
    func noCredential(_ value: String?) async throws {
        try await withClient { client in
            let answer = try await list(client, value.map { ["Authorization": $0] } ?? [:])
            let message = try #require(try answer.json["message"]?.text)
            #expect(answer.status == 401)
            #expect(try answer.json["error_code"] == 401)
            #expect(message.hasPrefix("Credential was not sent or was of an unsupported type for this API. [ReqId: "))
            #expect(answer.headers["X-Databricks-Reason-Phrase"] == message)
        }
    }

    @Test("Refuses a token that was passed through, loudly (D-102, E-150, E-177)")
    func passedThrough() async throws {
        try await withClient { client in
            let token = try client.sandbox.token(user: "alice")
            let answer = try await list(client, ["Authorization": "Bearer \(token)"])
            #expect(answer.status == 400)
            #expect(answer.headers["Content-Type"] == "text/html;charset=utf-8")
            #expect(
                answer.text.contains(
                    "<title>Error 400 io.jsonwebtoken.IncorrectClaimException: Expected aud claim to be: "
                        + "\(SandboxIdentity.databricksResourceID), but was: \(SandboxIdentity.apiClientID).</title>"))
            let record = try #require(client.sandbox.requests(to: "jobs/list").first)
            #expect(record.flags == [.inboundTokenAtWorkspace])
            #expect(record.user == "alice")
            let flagged = try await client.control(.get, "requests?flag=INBOUND_TOKEN_AT_WORKSPACE").json
            #expect(flagged["count"] == 1)
        }
    }

    @Test("Refuses a token for some other audience, and flags it")
    func foreign() async throws {
        try await withClient { client in
            let token = try client.sandbox.token(TokenOrder(kind: .graph))
            #expect(try await list(client, ["Authorization": "Bearer \(token)"]).status == 400)
            #expect(client.sandbox.requests.first?.flags == [.foreignTokenAtWorkspace])
        }
    }

    @Test("Accepts only Databricks tokens that the token endpoint issued, while they are valid (D-101, D-107)")
    func issuedOnly() async throws {
        try await withClient { client in
            let issued = try await client.databricksToken()
            #expect(try await list(client, ["Authorization": "Bearer \(issued)"]).status == 200)
            let forged = try client.sandbox.token(
                TokenOrder(claims: ["aud": .string(SandboxIdentity.databricksResourceID)]))
            for token in [forged, "dapi0123456789", String(issued.dropLast(6)) + "AAAAAA"] {
                let answer = try await list(client, ["Authorization": "Bearer \(token)"])
                #expect(answer.status == 403)
                #expect(try answer.json["error_code"] == 403)
                #expect(try answer.json["message"]?.text?.hasPrefix("Invalid access token. [ReqId: ") == true)
            }
            client.sandbox.revokeDatabricksTokens(user: "alice")
            #expect(try await list(client, ["Authorization": "Bearer \(issued)"]).status == 403)
        }
    }

    @Test("Refuses a Databricks token once it has expired")
    func expires() async throws {
        try await withClient(SandboxClient.exampleConfiguration) { client in
            let token = try await client.databricksToken()
            client.sandbox.clock.advance(milliseconds: 5_400_000)
            #expect(try await list(client, ["Authorization": "Bearer \(token)"]).status == 403)
        }
    }

    @Test("Turns away a valid user who is no member of the workspace (D-103)")
    func notAMember() async throws {
        try await withClient { client in
            let answer = try await client.jobs("list", user: "nora")
            #expect(answer.status == 403)
            #expect(try answer.json["message"]?.text?.hasPrefix("User not authorized. [ReqId: ") == true)
        }
    }

    @Test(
        "Knows five endpoints in two versions and nothing else (D-01, D-124)",
        arguments: [
            "/api/2.2/jobs/get", "/api/2.0/jobs/list", "/api/2.2/jobs/list/", "/api/2.2/clusters/list",
            "/api/2.1/jobs/runs/submit",
        ])
    func unknownEndpoint(_ path: String) async throws {
        try await withClient { client in
            let token = try await client.databricksToken()
            let answer = try await client.get(path, headers: ["Authorization": "Bearer \(token)"])
            #expect(answer.status == 404)
            #expect(try answer.json["error_code"] == "ENDPOINT_NOT_FOUND")
            let rest = path.split(separator: "/", maxSplits: 2)[2]
            #expect(try answer.json["message"]?.text == "No API found for 'GET /\(rest)'")
            #expect(client.sandbox.requests.last?.flags == [.unknownEndpoint])
        }
    }

    @Test("Takes each endpoint's own method only")
    func method() async throws {
        try await withClient { client in
            let token = try await client.databricksToken()
            let headers: HeaderList = ["Authorization": "Bearer \(token)"]
            let get = try await client.get("/api/2.2/jobs/run-now", headers: headers)
            #expect(try get.json["message"]?.text == "No API found for 'GET /jobs/run-now'")
            let post = try await client.send(.post, "/api/2.2/jobs/list", headers: headers, body: [])
            #expect(post.status == 404)
        }
    }

    @Test("Names the workspace in a header (D-15)")
    func organisation() async throws {
        try await withClient { client in
            let answer = try await client.jobs("list")
            #expect(answer.headers["X-Databricks-Org-Id"] == SandboxIdentity.workspaceID)
        }
    }
}
