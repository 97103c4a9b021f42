internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct RedemptionTests {
    /// An application with one redirect, besides what the sandbox has.
    private static func register(_ platform: String, _ client: SandboxClient) async throws {
        let body = #"{"redirects": [{"uri": "https://client.example/cb", "platform": "\#(platform)"}]}"#
        let path = "apps/\(SandboxIdentity.machineAppID)"
        #expect(try await client.control(.post, path, body).status == 200)
    }

    private static let registered = SignIn(
        clientID: SandboxIdentity.machineAppID, redirect: "https://client.example/cb")
    private static let secret: [String: String?] = ["client_secret": SandboxIdentity.machineSecret]

    @Test("Redeems a code once, and refreshes with rotation")
    func rotates() async throws {
        try await withClient { client in
            let signIn = SignIn()
            let code = try await signIn.code(client)
            let tokens = try await signIn.redeem(client, code: code).json
            #expect(tokens["id_token"]?.text != nil)
            #expect(try await signIn.redeem(client, code: code).json["error_codes"]?.list == [54005])
            let refresh = try #require(tokens["refresh_token"]?.text)
            let renewed = try await signIn.refresh(client, refresh)
            #expect(renewed.status == 200)
            #expect(try renewed.json["refresh_token"]?.text != refresh)
            #expect(try await signIn.refresh(client, refresh).json["error_codes"]?.list == [700082])
        }
    }

    @Test("Gives a refresh token and an ID token only to who asks for them")
    func onlyWhenAsked() async throws {
        try await withClient { client in
            let tokens = try await SignIn(scope: SignIn.apiScope).tokens(client)
            #expect(tokens["access_token"] != nil)
            #expect(tokens["refresh_token"] == nil && tokens["id_token"] == nil)
        }
    }

    @Test(
        "Refuses a code with",
        arguments: [
            (["code_verifier": String(repeating: "x", count: 43)], 501481), (["code_verifier": nil], 501481),
            (["redirect_uri": "http://127.0.0.1:33419/"], 50011), (["redirect_uri": nil], 50011),
            (["code": nil], 900144), (["code": "0.unknown"], 54005), (["resource": "https://host/mcp"], 9_010_010),
            (["client_id": SandboxIdentity.editorAppID], 54005), (["client_secret": "x"], 700025),
            (["scope": "jobs"], 650053),
        ] as [([String: String?], Int64)])
    func refusesCode(_ changes: [String: String?], _ expected: Int64) async throws {
        try await withClient { client in
            let signIn = SignIn()
            let code = try await signIn.code(client)
            let body = try await signIn.redeem(client, code: code, changes).json
            #expect(body["error_codes"]?.list == [.integer(expected)])
        }
    }

    @Test("Refuses a code after ten minutes, and a verifier where there was no challenge")
    func refusesOldCode() async throws {
        try await withClient { client in
            let code = try await SignIn().code(client)
            client.sandbox.clock.advance(milliseconds: 600_000)
            #expect(try await SignIn().redeem(client, code: code).json["error_codes"]?.list == [70008])

            try await Self.register("web", client)
            var web = Self.registered
            web.changes = ["code_challenge": nil, "code_challenge_method": nil]
            let bare = try await web.code(client)
            let body = try await web.redeem(client, code: bare, Self.secret).json
            #expect(body["error_codes"]?.list == [501481])
        }
    }

    @Test(
        "Lets the redirect's platform decide how a code is redeemed (5.1 g)",
        arguments: [
            ("web", true, false, nil), ("web", false, false, 7_000_218), ("spa", false, true, nil),
            ("spa", false, false, 9_002_327), ("public", false, false, nil), ("public", true, false, 700025),
            ("public", false, true, 9_002_326),
        ] as [(String, Bool, Bool, Int64?)])
    func platforms(_ platform: String, hasSecret: Bool, isCrossOrigin: Bool, _ expected: Int64?) async throws {
        try await withClient { client in
            try await Self.register(platform, client)
            let origin: HeaderList = isCrossOrigin ? ["Origin": "https://client.example"] : [:]
            let code = try await Self.registered.code(client)
            let changes = hasSecret ? Self.secret : [:]
            let answer = try await Self.registered.redeem(client, code: code, changes, headers: origin)
            let body = try answer.json
            #expect(body["error_codes"]?.list.first?.number == expected)
            guard let refresh = body["refresh_token"]?.text else { return }
            // The same rule holds for the refresh token.
            let renewed = try await Self.registered.refresh(client, refresh, changes, headers: origin)
            #expect(renewed.status == 200)
            let other: HeaderList = isCrossOrigin ? [:] : ["Origin": "https://client.example"]
            let next = try #require(try renewed.json["refresh_token"]?.text)
            let wrong = try await Self.registered.refresh(
                client, next, platform == "web" ? [:] : changes, headers: other)
            #expect(wrong.status != 200)
        }
    }

    @Test("Refuses a refresh token that is too old or revoked, or scopes that do not go together")
    func refusesRefresh() async throws {
        try await withClient { client in
            let signIn = SignIn()
            let mixed = ["scope": "\(SignIn.apiScope) api://\(SandboxIdentity.apiClientID)/.default" as String?]
            let first = try #require(try await signIn.tokens(client)["refresh_token"]?.text)
            #expect(try await signIn.refresh(client, first, mixed).json["error_codes"]?.list == [70011])
            client.sandbox.clock.advance(milliseconds: 90 * 86_400_000)
            #expect(try await signIn.refresh(client, first).json["error_codes"]?.list == [700082])

            let second = try #require(try await signIn.tokens(client)["refresh_token"]?.text)
            #expect(try await client.control(.post, "sign-in", #"{"revoke": "bob"}"#).status == 200)
            let third = try #require(try await signIn.refresh(client, second).json["refresh_token"]?.text)
            try client.sandbox.revokeSessions(user: "alice")
            let body = try await signIn.refresh(client, third).json
            #expect(body["error_codes"]?.list == [50173])
            #expect(body["suberror"] == "bad_token")
        }
    }

    @Test("Ends the refresh tokens of a single-page application a day after the sign-in")
    func refreshOfPages() async throws {
        try await withClient { client in
            try await Self.register("spa", client)
            let origin: HeaderList = ["Origin": "https://client.example"]
            let tokens = try await Self.registered.tokens(client, headers: origin)
            let first = try #require(tokens["refresh_token"]?.text)
            client.sandbox.clock.advance(milliseconds: 80_000_000)
            let renewed = try await Self.registered.refresh(client, first, headers: origin)
            let second = try #require(try renewed.json["refresh_token"]?.text)
            client.sandbox.clock.advance(milliseconds: 6_400_000)
            let body = try await Self.registered.refresh(client, second, headers: origin).json
            #expect(body["error_codes"]?.list == [700084])
        }
    }

    @Test("Lets pages read metadata always, and tokens of single-page applications only")
    func crossOrigin() async throws {
        try await withClient { client in
            let tenant = SandboxIdentity.tenantID
            let origin: HeaderList = ["Origin": "https://client.example"]
            let keys = try await client.get("/\(tenant)/discovery/v2.0/keys", headers: origin)
            #expect(keys.headers["Access-Control-Allow-Origin"] == "*")
            let silent = try await client.get("/\(tenant)/discovery/v2.0/keys")
            #expect(silent.headers["Access-Control-Allow-Origin"] == nil)

            let asked = try await Preflight(client, "/\(tenant)/oauth2/v2.0/token", origin: "https://client.example")
            #expect(asked.status == 200)
            #expect(asked.header("Access-Control-Allow-Methods") == "POST, OPTIONS")
            #expect(asked.header("Access-Control-Allow-Headers") == "content-type")

            for platform in ["spa", "public"] {
                try await Self.register(platform, client)
                let code = try await Self.registered.code(client)
                let answer = try await Self.registered.redeem(client, code: code, headers: origin)
                let expected = platform == "spa" ? "https://client.example" : nil
                #expect(answer.headers["Access-Control-Allow-Origin"] == expected)
            }
        }
    }
}
