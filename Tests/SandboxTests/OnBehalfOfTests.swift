internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct OnBehalfOfTests {
    @Test("Exchanges a user's token for one that names the assertion and the user (E-177)")
    func exchanges() async throws {
        try await withClient { client in
            let assertion = try client.sandbox.token(user: "bob")
            let answer = try await client.tokenEndpoint(SandboxClient.onBehalfOf(assertion))
            let body = try answer.json
            #expect(answer.status == 200)
            #expect(answer.headers["Cache-Control"] == "no-store, no-cache")
            #expect(body["token_type"]?.text == "Bearer")
            let resource = SandboxIdentity.databricksResourceID
            #expect(body["scope"]?.text == "\(resource)/user_impersonation \(resource)/.default")
            let lifetime = try #require(body["expires_in"]?.number)
            #expect((3600...5400).contains(lifetime))
            let token = try claims(of: try #require(body["access_token"]?.text))
            #expect(token["aud"]?.text == resource)
            #expect(token["ver"]?.text == "1.0")
            #expect(token["scp"]?.text == "user_impersonation")
            #expect(token["oid"] == (try claims(of: assertion))["oid"])
            #expect(token["sandbox_assertion_uti"] == (try claims(of: assertion))["uti"])
            #expect(token["sandbox_user"]?.text == "bob")
        }
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let code: Int64
        var order = TokenOrder()
        var changes: [String: String?] = [:]
        var status = 400

        static let all: [Refusal] = [
            Refusal(testDescription: "an expired assertion", code: 500133, order: TokenOrder(flaw: .expired)),
            Refusal(testDescription: "one for later", code: 500133, order: TokenOrder(flaw: .notYetValid)),
            Refusal(testDescription: "one for another app", code: 500131, order: TokenOrder(flaw: .wrongAudience)),
            Refusal(testDescription: "another tenant's", code: 50013, order: TokenOrder(flaw: .wrongTenant)),
            Refusal(testDescription: "another issuer's", code: 50013, order: TokenOrder(flaw: .wrongIssuer)),
            Refusal(testDescription: "a bad signature", code: 50013, order: TokenOrder(flaw: .badSignature)),
            Refusal(testDescription: "an unsigned one", code: 50013, order: TokenOrder(flaw: .algorithmNone)),
            Refusal(testDescription: "an unknown key's", code: 50013, order: TokenOrder(flaw: .unknownKey)),
            Refusal(testDescription: "half a token", code: 50027, order: TokenOrder(flaw: .twoSegments)),
            Refusal(testDescription: "an app's token", code: 7_000_114, order: TokenOrder(kind: .app)),
            Refusal(testDescription: "a Graph token", code: 50013, order: TokenOrder(kind: .graph)),
            Refusal(testDescription: "an ID token", code: 50013, order: TokenOrder(kind: .id)),
            Refusal(
                testDescription: "an unknown person's", code: 50034,
                order: TokenOrder(claims: ["oid": "0d000000-0000-4000-8000-0000000000ff"])),
            Refusal(testDescription: "no assertion", code: 900144, changes: ["assertion": nil]),
            Refusal(testDescription: "no token use", code: 900144, changes: ["requested_token_use": nil]),
            Refusal(testDescription: "another token use", code: 9_002_313, changes: ["requested_token_use": "x"]),
            Refusal(testDescription: "no scope", code: 900144, changes: ["scope": nil]),
            Refusal(testDescription: "no resource in the scope", code: 70011, changes: ["scope": "openid"]),
            Refusal(testDescription: "an unknown resource", code: 500011, changes: ["scope": "https://x/.default"]),
            Refusal(
                testDescription: "an unknown permission", code: 650053,
                changes: ["scope": "\(SandboxIdentity.databricksResourceID)/all"], status: 401),
        ]
    }

    @Test("Refuses", arguments: Refusal.all)
    func refuses(_ row: Refusal) async throws {
        try await withClient { client in
            let form = SandboxClient.onBehalfOf(try client.sandbox.token(row.order), replacing: row.changes)
            let answer = try await client.tokenEndpoint(form)
            #expect(answer.status == row.status)
            #expect(try answer.json["error_codes"]?.list == [.integer(row.code)])
        }
    }

    @Test("Accepts a token in the form of version 1, for either name of the application")
    func acceptsVersion1() async throws {
        try await withClient { client in
            let token = try client.sandbox.token(TokenOrder(version: 1))
            #expect(try claims(of: token)["aud"]?.text == "api://\(SandboxIdentity.apiClientID)")
            #expect(try await client.tokenEndpoint(SandboxClient.onBehalfOf(token)).status == 200)
        }
    }

    @Test("Describes an error as Entra ID does (E-174)")
    func errorBody() async throws {
        try await withClient(SandboxConfiguration(clock: .frozen(atMilliseconds: 1_789_899_072_000))) { client in
            try client.sandbox.script(user: "alice", ["50076"])
            let form = SandboxClient.onBehalfOf(try client.sandbox.token(user: "alice"))
            let id = "9a000000-0000-4000-8000-0000000000f2"
            let answer = try await client.tokenEndpoint(form, headers: ["client-request-id": id])
            let body = try answer.json
            #expect(answer.status == 400)
            #expect(body["error"]?.text == "interaction_required")
            #expect(body["suberror"]?.text == "basic_action")
            #expect(body["timestamp"]?.text == "2026-09-20 10:11:12Z")
            #expect(body["correlation_id"]?.text == id)
            #expect(body["trace_id"]?.text == answer.headers["x-ms-request-id"])
            #expect(body["error_uri"]?.text == "\(client.sandbox.baseURL)/error?code=50076")
            let description = try #require(body["error_description"]?.text)
            #expect(description.hasPrefix("AADSTS50076: "))
            #expect(description.hasSuffix("\r\nCorrelation ID: \(id)\r\nTimestamp: 2026-09-20 10:11:12Z"))
        }
    }

    @Test("Asks for consent when the application has none")
    func needsConsent() async throws {
        try await withClient { client in
            let path = "apps/\(SandboxIdentity.apiClientID)"
            #expect(try await client.control(.post, path, #"{"consent": false}"#).status == 200)
            let form = SandboxClient.onBehalfOf(try client.sandbox.token(user: "alice"))
            let body = try await client.tokenEndpoint(form).json
            #expect(body["error"]?.text == "invalid_grant")
            #expect(body["suberror"]?.text == "consent_required")
            #expect(body["error_codes"]?.list == [65001])
        }
    }
}
