internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct LoginPageTests {
    private static let configuration = SandboxConfiguration(showsLoginPage: true)

    /// Presses a button of the page.
    private func press(
        _ page: HTTPResponse, _ button: String, _ client: SandboxClient
    ) async throws -> HTTPResponse {
        let action = try #require(page.text.firstMatch(of: /action="([^"]+)"/)?.1)
        let path = action.split(separator: "&amp;").joined(separator: "&")
        return try await client.send(
            .post, path, headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Array(button.utf8))
    }

    @Test("Lists the people as buttons, without a script, the hinted one first")
    func lists() async throws {
        try await withClient(Self.configuration) { client in
            let page = try await SignIn(changes: ["login_hint": "nora@contoso.example"]).authorize(client)
            #expect(page.status == 200)
            #expect(page.headers["Content-Security-Policy"]?.contains("default-src 'none'") == true)
            let names = page.text.matches(of: /name="user" value="([^"]+)"/).map { String($0.1) }
            #expect(names == ["nora", "alice", "bob", "guest"])
            #expect(page.text.contains("<b>Sandbox editor</b> asks for"))
            #expect(!page.text.contains("<script"))
        }
    }

    @Test("Signs in who is chosen")
    func signsIn() async throws {
        try await withClient(Self.configuration) { client in
            let signIn = SignIn(changes: ["nonce": "n&1"])
            let answer = try await press(try await signIn.authorize(client), "user=bob", client)
            let parameters = try signIn.parameters(answer)
            #expect(parameters["state"] == "a%20b%26c")
            let tokens = try await signIn.redeem(client, code: try #require(parameters["code"])).json
            let token = try claims(of: try #require(tokens["access_token"]?.text))
            #expect(token["preferred_username"] == "bob@contoso.example")
            #expect(try claims(of: try #require(tokens["id_token"]?.text))["nonce"] == "n&1")
        }
    }

    @Test(
        "Tells the client that the person declined, or is not known",
        arguments: [("decision=deny", "access_denied", "65004"), ("user=zoe", "invalid_grant", "50034")])
    func declines(_ button: String, _ error: String, _ code: String) async throws {
        try await withClient(Self.configuration) { client in
            let signIn = SignIn()
            let parameters = try signIn.parameters(try await press(try await signIn.authorize(client), button, client))
            #expect(parameters["error"] == error)
            #expect(parameters["error_description"]?.hasPrefix("AADSTS\(code)") == true)
            #expect(parameters["state"] == "a%20b%26c")
        }
    }

    @Test("Shows no page for a request that is refused anyway, or that allows none")
    func refuses() async throws {
        try await withClient(Self.configuration) { client in
            #expect(try await SignIn(changes: ["scope": "jobs"]).refusal(client) == "650053")
            let silent = SignIn(changes: ["prompt": "none"])
            let parameters = try silent.parameters(try await silent.authorize(client))
            #expect(parameters["error"] == "login_required")
        }
    }

    @Test("Is switched on and off while the sandbox runs, and escapes what it shows")
    func switches() async throws {
        try await withClient { client in
            #expect(try await SignIn(changes: ["prompt": "select_account"]).refusal(client) == nil)
            #expect(try await client.control(.post, "sign-in", #"{"page": true}"#).status == 200)
            client.sandbox.addUser("<b>\"zoe'")
            let page = try await SignIn(changes: ["state": "\"><script>"]).authorize(client)
            #expect(page.text.contains(#"value="&lt;b&gt;&quot;zoe&#39;""#))
            #expect(!page.text.contains("<script") && !page.text.contains("<b>\"zoe"))
            client.sandbox.setLoginPage(false)
            #expect(try await SignIn().refusal(client) == nil)
        }
    }
}
