internal import HTTPTransport
internal import JSON
internal import OpenSSL
internal import Sandbox
internal import Testing

@Suite struct AuthorizeTests {
    private static let verifier = "0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
    private static let redirect = "http://127.0.0.1:33418/"
    private static let scope = "api://\(SandboxIdentity.apiClientID)/jobs offline_access openid"

    /// A correct request of a public client, with some parameters replaced, or removed by `nil`.
    private func authorize(
        _ client: SandboxClient, _ changes: [String: String?] = [:]
    ) async throws -> HTTPResponse {
        let parameters = [
            ("client_id", SandboxIdentity.clientAppID), ("response_type", "code"), ("redirect_uri", Self.redirect),
            ("scope", Self.scope), ("state", "a b&c"), ("code_challenge_method", "S256"),
            ("code_challenge", Base64URL.encode(SHA256.digest(Self.verifier).bytes)),
        ].filter { changes[$0.0] == nil }
        let all = parameters + changes.compactMap { name, value in value.map { (name, $0) } }
        let query = all.map { "\($0.0)=\(SandboxClient.encoded($0.1))" }.joined(separator: "&")
        return try await client.get("/\(SandboxIdentity.tenantID)/oauth2/v2.0/authorize?\(query)")
    }

    /// The parameters of a redirect, still encoded.
    private func location(_ answer: HTTPResponse) throws -> [String: String] {
        #expect(answer.status == 302)
        let text = try #require(answer.headers["Location"])
        try #require(text.hasPrefix(Self.redirect + "?"))
        return text.dropFirst(Self.redirect.count + 1).split(separator: "&").reduce(into: [:]) { fields, pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            fields[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
    }

    private func redeem(_ client: SandboxClient, code: String, verifier: String = verifier) async throws -> HTTPResponse
    {
        try await client.tokenEndpoint([
            ("grant_type", "authorization_code"), ("client_id", SandboxIdentity.clientAppID), ("code", code),
            ("redirect_uri", Self.redirect), ("code_verifier", verifier),
        ])
    }

    @Test("Signs a user in with PKCE, and refreshes with rotation")
    func signsIn() async throws {
        try await withClient { client in
            let fields = try location(try await authorize(client, ["login_hint": "bob"]))
            #expect(fields["state"] == "a%20b%26c")
            #expect(fields["iss"] == nil)
            let code = try #require(fields["code"])
            let body = try await redeem(client, code: code).json
            let token = try claims(of: try #require(body["access_token"]?.text))
            #expect(token["aud"]?.text == SandboxIdentity.apiClientID)
            #expect(token["scp"]?.text == "jobs")
            #expect(token["azp"]?.text == SandboxIdentity.clientAppID)
            #expect(token["preferred_username"]?.text == "bob@contoso.example")
            #expect(body["id_token"]?.text != nil)
            #expect(try await redeem(client, code: code).json["error_codes"]?.list == [54005])

            let refresh = try #require(body["refresh_token"]?.text)
            let form = [
                ("grant_type", "refresh_token"), ("client_id", SandboxIdentity.clientAppID), ("refresh_token", refresh),
            ]
            let renewed = try await client.tokenEndpoint(form)
            #expect(renewed.status == 200)
            #expect(try renewed.json["refresh_token"]?.text != refresh)
            #expect(try await client.tokenEndpoint(form).json["error_codes"]?.list == [700082])
        }
    }

    @Test("Refuses another verifier")
    func wrongVerifier() async throws {
        try await withClient { client in
            let fields = try location(try await authorize(client))
            let code = try #require(fields["code"])
            let other = String(repeating: "x", count: 43)
            #expect(try await redeem(client, code: code, verifier: other).json["error_codes"]?.list == [501481])
        }
    }

    @Test(
        "Redirects with an error",
        arguments: [
            (["scope": nil], "900144"), (["response_type": "token"], "700054"), (["code_challenge": nil], "9002325"),
            (["scope": "jobs"], "650053"), (["scope": "jobs", "resource": "https://host/mcp"], "9010010"),
            (["scope": "https://host/mcp/jobs"], "500011"), (["resource": "https://host/mcp"], "9010010"),
        ] as [([String: String?], String)])
    func errors(_ changes: [String: String?], _ code: String) async throws {
        try await withClient { client in
            let fields = try location(try await authorize(client, changes))
            #expect(fields["error_description"]?.hasPrefix("AADSTS\(code)") == true)
            #expect(fields["state"] == "a%20b%26c")
            #expect(fields["code"] == nil)
        }
    }

    @Test(
        "Keeps the error to itself without a registered redirect URI",
        arguments: [
            ["redirect_uri": "https://attacker.example/"], ["client_id": "99999999-0000-4000-8000-000000000099"],
        ])
    func noRedirect(_ changes: [String: String?]) async throws {
        try await withClient { client in
            let answer = try await authorize(client, changes)
            #expect(answer.status == 400)
            #expect(answer.headers["Location"] == nil)
            #expect(answer.text.contains("AADSTS"))
        }
    }

    @Test("Accepts a resource that names the scopes' application, and only its prefix in strict mode")
    func resourceRule() async throws {
        try await withClient { client in
            let api = SandboxIdentity.apiClientID
            let uris = #"{"identifier_uris": ["api://\#(api)", "https://host/mcp"]}"#
            #expect(try await client.control(.post, "apps/\(api)", uris).status == 200)
            let lenient = try location(try await authorize(client, ["resource": "https://host/mcp"]))
            #expect(lenient["code"] != nil)
            #expect(try await client.control(.post, "sign-in", #"{"strict_resource": true}"#).status == 200)
            let strict = try location(try await authorize(client, ["resource": "https://host/mcp"]))
            #expect(strict["error"] == "invalid_target")
        }
    }

    @Test("Can be told to refuse", arguments: [("deny", "access_denied"), ("needs-consent", "invalid_grant")])
    func refusals(_ outcome: String, _ error: String) async throws {
        try await withClient { client in
            #expect(try await client.control(.post, "sign-in", #"{"outcome": "\#(outcome)"}"#).status == 200)
            let fields = try location(try await authorize(client))
            #expect(fields["error"] == error)
        }
    }
}
