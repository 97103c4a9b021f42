internal import HTTPSyntax
internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct TokenEndpointTests {
    struct ClientCase: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: Int64
        let status: Int
        var changes: [String: String?] = [:]
        var headers: HeaderList = [:]

        static let all: [ClientCase] = [
            ClientCase(
                testDescription: "a wrong secret", code: 7_000_215, status: 401, changes: ["client_secret": "wrong"]),
            ClientCase(
                testDescription: "no credential", code: 7_000_218, status: 401, changes: ["client_secret": nil]),
            ClientCase(
                testDescription: "an unknown application", code: 700016, status: 400,
                changes: ["client_id": "99999999-0000-4000-8000-000000000099"]),
            ClientCase(testDescription: "no application", code: 900144, status: 400, changes: ["client_id": nil]),
            ClientCase(
                testDescription: "a secret of a public client", code: 700025, status: 401,
                changes: ["client_id": SandboxIdentity.clientAppID]),
            ClientCase(testDescription: "no grant", code: 900144, status: 400, changes: ["grant_type": nil]),
            ClientCase(testDescription: "another grant", code: 70003, status: 400, changes: ["grant_type": "password"]),
            ClientCase(
                testDescription: "JSON", code: 9_002_313, status: 400, headers: ["Content-Type": "application/json"]),
            ClientCase(
                testDescription: "another client in Basic", code: 9_002_313, status: 400,
                changes: ["client_secret": nil], headers: ["Authorization": "Basic eDp5"]),
        ]
    }

    @Test("Refuses (E-174)", arguments: ClientCase.all)
    func refuses(_ row: ClientCase) async throws {
        try await withClient { client in
            let form = SandboxClient.onBehalfOf(try client.sandbox.token(user: "alice"), replacing: row.changes)
            let answer = try await client.tokenEndpoint(form, headers: row.headers)
            #expect(answer.status == row.status)
            #expect(try answer.json["error_codes"]?.list == [.integer(row.code)])
        }
    }

    @Test("Refuses a field that occurs twice, and a tenant or method that it does not know")
    func refusesForms() async throws {
        try await withClient { client in
            let form = SandboxClient.onBehalfOf(try client.sandbox.token(user: "alice"))
            let twice = try await client.tokenEndpoint(form + [("scope", "openid")])
            #expect(try twice.json["error_codes"]?.list == [9_002_313])
            let elsewhere = try await client.tokenEndpoint(form, tenant: "common")
            #expect(try elsewhere.json["error_codes"]?.list == [90002])
            let get = try await client.get("/\(SandboxIdentity.tenantID)/oauth2/v2.0/token")
            #expect(try get.json["error_codes"]?.list == [900561])
        }
    }

    @Test("Takes the secret in HTTP Basic as well")
    func basic() async throws {
        try await withClient { client in
            let pair = "\(SandboxIdentity.apiClientID):\(SandboxClient.encoded(SandboxIdentity.clientSecret))"
            let form = SandboxClient.onBehalfOf(
                try client.sandbox.token(user: "alice"), replacing: ["client_secret": nil, "client_id": nil])
            let answer = try await client.tokenEndpoint(
                form, headers: ["Authorization": "Basic \(Base64.encode(Array(pair.utf8)))"])
            #expect(answer.status == 200)
        }
    }

    @Test("Refuses a secret that has expired")
    func expiredSecret() async throws {
        try await withClient { client in
            let path = "apps/\(SandboxIdentity.apiClientID)"
            let secret = #"{"secrets": [{"value": "sandbox+secret/2026~%41=", "expires_at": 1000}]}"#
            #expect(try await client.control(.post, path, secret).status == 200)
            let form = SandboxClient.onBehalfOf(try client.sandbox.token(user: "alice"))
            #expect(try await client.tokenEndpoint(form).json["error_codes"]?.list == [7_000_222])
        }
    }

    @Test("Gives an application a token in its own name, for one resource")
    func clientCredentials() async throws {
        try await withClient { client in
            let form = [
                ("grant_type", "client_credentials"), ("client_id", SandboxIdentity.machineAppID),
                ("client_secret", SandboxIdentity.machineSecret),
            ]
            let own = try await client.tokenEndpoint(form + [("scope", "\(SandboxIdentity.apiClientID)/.default")])
            let token = try claims(of: try #require(try own.json["access_token"]?.text))
            #expect(token["idtyp"]?.text == "app")
            #expect(token["oid"]?.text == SandboxIdentity.machinePrincipalID)
            #expect(token["roles"]?.list == ["Jobs.Read"])
            #expect(token["scp"] == nil)

            let several = try await client.tokenEndpoint(form + [("scope", "a/.default b/.default")])
            #expect(try several.json["error_codes"]?.list == [1_002_012])
            let unknown = try await client.tokenEndpoint(form + [("scope", "https://x/.default")])
            #expect(try unknown.json["error_codes"]?.list == [500011])
        }
    }

    @Test("Gives the server's application a Databricks token that the workspace accepts")
    func databricksForApplication() async throws {
        try await withClient { client in
            let answer = try await client.tokenEndpoint([
                ("grant_type", "client_credentials"), ("client_id", SandboxIdentity.apiClientID),
                ("client_secret", SandboxIdentity.clientSecret),
                ("scope", "\(SandboxIdentity.databricksResourceID)/.default"),
            ])
            let token = try #require(try answer.json["access_token"]?.text)
            let jobs = try await client.get("/api/2.2/jobs/list", headers: ["Authorization": "Bearer \(token)"])
            #expect(try jobs.json["jobs"]?.list.count == 20)
        }
    }
}
