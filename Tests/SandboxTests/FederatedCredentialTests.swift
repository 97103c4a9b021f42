internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct FederatedCredentialTests {
    /// A managed identity's token with other claims.
    private func identityToken(_ client: SandboxClient, _ claims: [String: JSONValue] = [:]) async throws -> String {
        client.sandbox.changeManagedIdentity { $0.claims = claims }
        return try await client.identityToken()
    }

    @Test("Accepts the tokens of the managed identity and of the service account")
    func accepts() async throws {
        try await withClient { client in
            let identity = try await client.exchange(assertion: try await identityToken(client))
            let token = try claims(of: try #require(identity["access_token"]?.text))
            #expect(token["appidacr"] == "2")
            let account = try await client.exchange(assertion: try client.sandbox.serviceAccountToken())
            #expect(account["access_token"] != nil)
        }
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: Int64
        let claims: [String: JSONValue]

        static let all: [Refusal] = [
            Refusal(testDescription: "issuer", code: 700211, claims: ["iss": "https://elsewhere.example/v2.0"]),
            Refusal(testDescription: "audience", code: 700212, claims: ["aud": "api://other"]),
            Refusal(
                testDescription: "audiences", code: 700212,
                claims: ["aud": [.string(SandboxIdentity.tokenExchangeAudience), "api://other"]]),
            Refusal(
                testDescription: "subject", code: 700213, claims: ["sub": .string(SandboxIdentity.identityClientID)]),
            Refusal(
                testDescription: "subject in another case", code: 7_002_138,
                claims: ["sub": .string(SandboxIdentity.identityPrincipalID.uppercased())]),
            Refusal(testDescription: "kind of token", code: 700229, claims: ["idtyp": nil]),
            Refusal(testDescription: "time", code: 700024, claims: ["exp": 1_000_000]),
        ]
    }

    @Test("Refuses a token with another", arguments: Refusal.all)
    func refuses(_ row: Refusal) async throws {
        try await withClient { client in
            let body = try await client.exchange(assertion: try await identityToken(client, row.claims))
            #expect(body["error_codes"]?.list == [.integer(row.code)])
            #expect(body["error"] == "invalid_client")
        }
    }

    @Test("Refuses a user's token as credential, a foreign signature, and any token without credentials")
    func refusesOthers() async throws {
        try await withClient { client in
            let user = try client.sandbox.token(user: "alice")
            #expect(try await client.exchange(assertion: user)["error_codes"]?.list == [700229])
            let account = try client.sandbox.serviceAccountToken()
            let issuer: JSONValue = ["iss": .string("\(client.sandbox.baseURL)/aks/")]
            let posed = try await identityToken(client, ["iss": issuer["iss"] ?? .null])
            #expect(try await client.exchange(assertion: posed)["error_codes"]?.list == [700027])
            try client.sandbox.setFederatedCredentials([])
            #expect(try await client.exchange(assertion: account)["error_codes"]?.list == [70021])
        }
    }

    @Test("Refuses a service account's token that has expired")
    func expiredAccount() async throws {
        try await withClient { client in
            let token = try client.sandbox.serviceAccountToken(lifetime: 60)
            client.sandbox.clock.advance(milliseconds: 61_000)
            #expect(try await client.exchange(assertion: token)["error_codes"]?.list == [700024])
        }
    }

    @Test("Takes effect after a number of requests, or at a time (E-72)")
    func propagation() async throws {
        try await withClient { client in
            let token = try client.sandbox.serviceAccountToken()
            var credential = FederatedCredential.serviceAccount
            credential.pendingRequests = 2
            try client.sandbox.setFederatedCredentials([credential])
            for _ in 0..<2 { #expect(try await client.exchange(assertion: token)["error_codes"]?.list == [70021]) }
            #expect(try await client.exchange(assertion: token)["access_token"] != nil)

            credential.pendingRequests = 0
            credential.activeFrom = client.sandbox.clock.seconds + 120
            try client.sandbox.setFederatedCredentials([credential])
            #expect(try await client.exchange(assertion: token)["error_codes"]?.list == [70021])
            client.sandbox.clock.advance(milliseconds: 120_000)
            #expect(try await client.exchange(assertion: token)["access_token"] != nil)
        }
    }

    @Test("Is registered over HTTP")
    func registration() async throws {
        try await withClient { client in
            let path = "apps/\(SandboxIdentity.apiClientID)"
            let subject = "system:serviceaccount:other:account"
            let body: JSONValue = [
                "federated_credentials": [
                    ["issuer": "/aks/", "subject": .string(subject), "audience": "api://x", "pending_requests": 1]
                ]
            ]
            #expect(try await client.control(.post, path, body.description).status == 200)
            let token = try client.sandbox.serviceAccountToken(claims: ["sub": .string(subject), "aud": "api://x"])
            #expect(try await client.exchange(assertion: token)["error_codes"]?.list == [70021])
            #expect(try await client.exchange(assertion: token)["access_token"] != nil)
            let broken = try await client.control(.post, path, #"{"federated_credentials": [{"issuer": "x"}]}"#)
            #expect(broken.status == 400)
        }
    }
}
