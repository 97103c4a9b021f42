internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct AuthorizeTests {
    @Test("Answers with code, state and session, and without an issuer (E-173)")
    func answers() async throws {
        try await withClient { client in
            let signIn = SignIn(changes: ["login_hint": "bob"])
            let parameters = try signIn.parameters(try await signIn.authorize(client))
            #expect(parameters["state"] == "a%20b%26c")
            #expect(parameters["iss"] == nil)
            #expect(parameters["session_state"] != nil)
            let body = try await signIn.redeem(client, code: try #require(parameters["code"])).json
            let token = try claims(of: try #require(body["access_token"]?.text))
            #expect(token["aud"]?.text == SandboxIdentity.apiClientID)
            #expect(token["scp"]?.text == "jobs")
            #expect(token["azp"]?.text == SandboxIdentity.clientAppID)
            #expect(token["preferred_username"]?.text == "bob@contoso.example")
        }
    }

    @Test("Knows people by name, id or sign-in name", arguments: ["bob", "BOB@contoso.example"])
    func hints(_ hint: String) async throws {
        try await withClient { client in
            let tokens = try await SignIn(changes: ["login_hint": hint]).tokens(client)
            let token = try claims(of: try #require(tokens["access_token"]?.text))
            #expect(token["oid"] == "0d000000-0000-4000-8000-000000000013")
        }
    }

    @Test(
        "Redirects with an error",
        arguments: [
            (["scope": nil], "900144"), (["scope": " "], "70011"), (["response_type": "token"], "700054"),
            (["code_challenge": nil], "9002325"), (["code_challenge_method": "S512"], "501481"),
            (["response_mode": "web_message"], "9002313"),
            (["scope": "jobs"], "650053"), (["scope": "jobs", "resource": "https://host/mcp"], "9010010"),
            (["scope": "https://host/mcp/jobs"], "500011"), (["resource": "https://host/mcp"], "9010010"),
            (["scope": "\(SignIn.apiScope) \(SandboxIdentity.databricksResourceID)/user_impersonation"], "70011"),
            (["scope": "\(SignIn.apiScope) api://\(SandboxIdentity.apiClientID)/.default"], "70011"),
            (["scope": "api://\(SandboxIdentity.apiClientID)/other"], "650053"),
            (["resource": "http://127.0.0.1:8000/mcp/"], "9010010"),
            (["resource": SandboxIdentity.databricksResourceID], "9010010"),
        ] as [([String: String?], String)])
    func errors(_ changes: [String: String?], _ code: String) async throws {
        try await withClient { client in
            let signIn = SignIn(changes: changes)
            let parameters = try signIn.parameters(try await signIn.authorize(client))
            #expect(parameters["error_description"]?.hasPrefix("AADSTS\(code)%3A") == true)
            #expect(parameters["error_uri"]?.hasSuffix("code%3D\(code)") == true)
            #expect(parameters["state"] == "a%20b%26c")
            #expect(parameters["code"] == nil)
        }
    }

    @Test("Checks in Entra's order: each mistake hides those after it (E-173)")
    func order() async throws {
        let mistakes: [(name: String, value: String?, code: String)] = [
            ("response_type", "token", "700054"), ("scope", nil, "900144"), ("resource", "https://host/mcp", "9010010"),
            ("code_challenge", nil, "9002325"),
        ]
        try await withClient { client in
            for start in mistakes.indices {
                var changes: [String: String?] = [:]
                for mistake in mistakes[start...] { changes.updateValue(mistake.value, forKey: mistake.name) }
                let code = try await SignIn(changes: changes).refusal(client)
                #expect(code == mistakes[start].code)
            }
        }
    }

    @Test(
        "Keeps the error to itself without a registered redirect URI, escaped",
        arguments: [
            (["redirect_uri": "https://attacker.example/"], "50011"), (["redirect_uri": nil], "50011"),
            (["redirect_uri": "http://127.0.0.1.attacker.example/"], "50011"),
            (["redirect_uri": "http://127.0.0.1:80@attacker.example/"], "50011"),
            (["client_id": "99999999-0000-4000-8000-000000000099"], "700016"), (["client_id": nil], "900144"),
            (["client_id": "99999999-0000-4000-8000-000000000099", "redirect_uri": "https://x/"], "700016"),
        ] as [([String: String?], String)])
    func noRedirect(_ changes: [String: String?], _ code: String) async throws {
        try await withClient { client in
            let answer = try await SignIn(changes: changes).authorize(client)
            #expect(answer.status == 400)
            #expect(answer.headers["Location"] == nil)
            #expect(answer.text.contains("AADSTS\(code): "))
            #expect(!answer.text.contains("'"))
        }
    }

    @Test(
        "Takes loopback redirects of any port, and of any path where that is registered",
        arguments: [
            (SandboxIdentity.clientAppID, "http://127.0.0.1:33418/", true),
            (SandboxIdentity.clientAppID, "http://localhost:3030/callback", true),
            (SandboxIdentity.clientAppID, "http://localhost/deep/path?x=1", true),
            (SandboxIdentity.editorAppID, "http://127.0.0.1:33418/", true),
            (SandboxIdentity.editorAppID, "http://localhost:51234", true),
            (SandboxIdentity.editorAppID, "https://vscode.dev/redirect", true),
            (SandboxIdentity.editorAppID, "https://vscode.dev/redirect/", false),
            (SandboxIdentity.editorAppID, "http://127.0.0.1:33418/callback", false),
            (SandboxIdentity.machineAppID, "http://127.0.0.1:33418/", false),
        ])
    func redirects(_ clientID: String, _ redirect: String, _ isTaken: Bool) async throws {
        try await withClient { client in
            let answer = try await SignIn(clientID: clientID, redirect: redirect).authorize(client)
            #expect((answer.status == 302) == isTaken)
            #expect(!isTaken || answer.headers["Location"]?.hasPrefix(redirect) == true)
        }
    }

    @Test("Accepts a resource that names the scopes' application, and only its prefix in strict mode")
    func resourceRule() async throws {
        try await withClient { client in
            let local = SandboxIdentity.localServerURIs[0]
            let lenient = try await SignIn(resource: local).refusal(client)
            #expect(lenient == nil)
            #expect(try await SignIn(resource: SandboxIdentity.apiClientID).refusal(client) == nil)
            #expect(try await client.control(.post, "sign-in", #"{"strict_resource": true}"#).status == 200)
            #expect(try await SignIn(resource: local).refusal(client) == "9010010")
            #expect(try await SignIn(scope: "\(local)/jobs", resource: local).refusal(client) == nil)
        }
    }

    @Test(
        "Can be told to refuse, but for what is pre-authorized",
        arguments: [
            ("deny", "65004", SandboxIdentity.clientAppID), ("needs-consent", "65001", SandboxIdentity.clientAppID),
            ("deny", "65004", SandboxIdentity.editorAppID), ("needs-consent", nil, SandboxIdentity.editorAppID),
        ] as [(String, String?, String)])
    func refusals(_ outcome: String, _ code: String?, _ clientID: String) async throws {
        try await withClient { client in
            #expect(try await client.control(.post, "sign-in", #"{"outcome": "\#(outcome)"}"#).status == 200)
            let refusal = try await SignIn(clientID: clientID).refusal(client)
            #expect(refusal == code)
            let path = "apps/\(SandboxIdentity.apiClientID)"
            #expect(try await client.control(.post, path, #"{"preauthorized": []}"#).status == 200)
            #expect(try await SignIn(clientID: clientID).refusal(client) == code ?? "65001")
        }
    }

    @Test("Answers in the fragment, and in a form that the browser posts")
    func modes() async throws {
        try await withClient { client in
            let fragment = SignIn(changes: ["response_mode": "fragment"])
            #expect(try fragment.parameters(try await fragment.authorize(client), mark: "#")["code"] != nil)
            let form = SignIn(changes: ["response_mode": "form_post", "state": "<\"&'>"])
            let page = try await form.authorize(client)
            #expect(page.status == 200)
            #expect(page.headers["Content-Type"] == "text/html; charset=utf-8")
            #expect(page.text.contains(#"<form method="post" action="http://127.0.0.1:33418/">"#))
            #expect(page.text.contains(#"name="state" value="&lt;&quot;&amp;&#39;&gt;">"#))
            let code = try #require(page.text.firstMatch(of: /name="code" value="([^"]+)"/)?.1)
            #expect(try await form.redeem(client, code: String(code)).status == 200)
        }
    }
}
