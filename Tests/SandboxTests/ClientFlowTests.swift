internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// What MCP clients do in the field, against the sandbox alone (E-189).
@Suite(.patient) struct ClientFlowTests {
    /// The forms of `AZURE_APP_ID_URI` that a server can advertise, and the GUID.
    private static let prefixes = [
        "api://\(SandboxIdentity.apiClientID)", "http://127.0.0.1:8000/mcp", "http://localhost:8000/mcp",
        SandboxIdentity.apiClientID,
    ]

    @Test("Visual Studio Code: its own client id, resource and scope from the challenge", arguments: prefixes)
    func editor(_ prefix: String) async throws {
        try await withClient { client in
            let resource = prefix.hasPrefix("http") ? prefix : SandboxIdentity.localServerURIs[0]
            let signIn = SignIn(
                clientID: SandboxIdentity.editorAppID, scope: "\(prefix)/jobs offline_access", resource: resource)
            let tokens = try await signIn.tokens(client)
            let token = try claims(of: try #require(tokens["access_token"]?.text))
            #expect(token["aud"]?.text == SandboxIdentity.apiClientID)
            #expect(token["scp"] == "jobs")
            #expect(token["azp"]?.text == SandboxIdentity.editorAppID)
            let refresh = try #require(tokens["refresh_token"]?.text)
            #expect(try await signIn.refresh(client, refresh).status == 200)
        }
    }

    @Test("Without a resource, every form of the scope works", arguments: prefixes)
    func noResource(_ prefix: String) async throws {
        try await withClient { client in
            let tokens = try await SignIn(scope: "\(prefix)/jobs").tokens(client)
            #expect(tokens["access_token"] != nil)
        }
    }

    @Test("TypeScript SDK: a host-only resource gets a slash, which can never be registered (A-33)")
    func trailingSlash() async throws {
        try await withClient { client in
            let signIn = SignIn(scope: "https://host.example/jobs", resource: "https://host.example/")
            try client.sandbox.setIdentifierURIs(["https://host.example"])
            #expect(try await signIn.refusal(client) == "9010010")
            #expect(throws: SandboxError.self) { try client.sandbox.setIdentifierURIs(["https://host.example/"]) }
            let path = "apps/\(SandboxIdentity.apiClientID)"
            let answer = try await client.control(.post, path, #"{"identifier_uris": ["https://host.example/"]}"#)
            #expect(answer.status == 400)
        }
    }

    @Test("A pair that the reference server publishes: api:// scope, unregistered https resource (A-33)")
    func unregisteredResource() async throws {
        try await withClient { client in
            #expect(try await SignIn(resource: "https://mcp.example/mcp").refusal(client) == "9010010")
            let uris = ["api://\(SandboxIdentity.apiClientID)", "https://mcp.example/mcp"]
            try client.sandbox.setIdentifierURIs(uris)
            #expect(try await SignIn(resource: "https://mcp.example/mcp").refusal(client) == nil)
        }
    }

    @Test("A bare scope belongs to Microsoft Graph (A-33)", arguments: [nil, SandboxIdentity.localServerURIs[0]])
    func bareScope(_ resource: String?) async throws {
        try await withClient { client in
            let code = try await SignIn(scope: "jobs offline_access", resource: resource).refusal(client)
            #expect(code == (resource == nil ? "650053" : "9010010"))
        }
    }

    @Test("Refreshing without a scope works with two registrations", arguments: prefixes)
    func twoRegistrations(_ prefix: String) async throws {
        try await withClient { client in
            let signIn = SignIn(scope: "\(prefix)/jobs offline_access")
            let refresh = try #require(try await signIn.tokens(client)["refresh_token"]?.text)
            let renewed = try await signIn.refresh(client, refresh).json
            #expect(try claims(of: try #require(renewed["access_token"]?.text))["scp"] == "jobs")
        }
    }

    @Test(
        "Refreshing without a scope fails with one registration, unless it is named by its GUID (5.1 c)",
        arguments: prefixes)
    func oneRegistration(_ prefix: String) async throws {
        try await withClient { client in
            let body = #"{"redirects": [{"uri": "http://127.0.0.1", "platform": "public"}]}"#
            #expect(try await client.control(.post, "apps/\(SandboxIdentity.apiClientID)", body).status == 200)
            let signIn = SignIn(clientID: SandboxIdentity.apiClientID, scope: "\(prefix)/jobs offline_access")
            let refresh = try #require(try await signIn.tokens(client)["refresh_token"]?.text)
            let answer = try await signIn.refresh(client, refresh)
            if prefix == SandboxIdentity.apiClientID {
                #expect(answer.status == 200)
            } else {
                #expect(try answer.json["error_codes"]?.list == [90009])
                let named = try await signIn.refresh(client, refresh, ["scope": signIn.scope])
                #expect(named.status == 200)
            }
        }
    }

    @Test("MCP Inspector: a page redeems its code across origins")
    func inspector() async throws {
        try await withClient { client in
            let signIn = SignIn(
                redirect: "http://localhost:6274/oauth/callback", resource: SandboxIdentity.localServerURIs[1])
            let origin: HeaderList = ["Origin": "http://localhost:6274"]
            let answer = try await signIn.redeem(client, code: try await signIn.code(client), headers: origin)
            #expect(answer.status == 200)
            #expect(answer.headers["Access-Control-Allow-Origin"] == "http://localhost:6274")
        }
    }

    @Test("A server elsewhere: its URL is registered when the sandbox starts")
    func identifierURIs() async throws {
        let url = "https://jobs.example/mcp"
        try await withClient(SandboxConfiguration(identifierURIs: [url])) { client in
            #expect(try await SignIn(scope: "\(url)/jobs", resource: url).refusal(client) == nil)
            try client.sandbox.reset()
            #expect(try await SignIn(scope: "\(url)/jobs", resource: url).refusal(client) == nil)
        }
    }

    @Test("A step-up ends when the person signs in with the claims (E-184)")
    func stepUp() async throws {
        try await withClient { client in
            let challenge = #"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#
            try client.sandbox.script(user: "alice", ["step-up:\(challenge)"])
            let plain = try #require(try await SignIn().tokens(client)["access_token"]?.text)
            let refused = try await client.tokenEndpoint(SandboxClient.onBehalfOf(plain)).json
            let claims = try #require(refused["claims"]?.text)
            let strong = SignIn(changes: ["claims": claims])
            let token = try #require(try await strong.tokens(client)["access_token"]?.text)
            #expect(try await client.tokenEndpoint(SandboxClient.onBehalfOf(token)).status == 200)
            #expect(client.sandbox.requests(to: "authorize").last?.parameter("claims") == challenge)
        }
    }
}
