internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

@Suite(.patient) struct OutcomeScriptTests {
    private func exchange(_ client: SandboxClient, claims: [String: JSONValue] = [:]) async throws -> HTTPResponse {
        let order = TokenOrder(claims: claims)
        return try await client.tokenEndpoint(SandboxClient.onBehalfOf(try client.sandbox.token(order)))
    }

    @Test("Takes one step per request and stays at the last")
    func sequence() async throws {
        try await withClient { client in
            try client.sandbox.script(user: "alice", ["503", "status:429:7", "50013", "ok"])
            let first = try await exchange(client)
            #expect(first.status == 503)
            #expect(first.headers["Content-Type"] == "text/html")
            let second = try await exchange(client)
            #expect(second.status == 429)
            #expect(second.headers["Retry-After"] == "7")
            #expect(second.text == "Too many requests")
            #expect(try await exchange(client).status == 400)
            for _ in 0..<2 { #expect(try await exchange(client).status == 200) }
        }
    }

    @Test("Scripts one user only")
    func perUser() async throws {
        try await withClient { client in
            try client.sandbox.script(user: "bob", ["53003"])
            #expect(try await exchange(client).status == 200)
            let token = try client.sandbox.token(user: "bob")
            let answer = try await client.tokenEndpoint(SandboxClient.onBehalfOf(token))
            #expect(try answer.json["error_codes"]?.list == [53003])
        }
    }

    @Test("Lets a step-up succeed only with a token issued after the claims were passed")
    func stepUp() async throws {
        try await withClient { client in
            let challenge = #"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#
            try client.sandbox.script(user: "alice", ["step-up:\(challenge)"])
            let refused = try await exchange(client).json
            #expect(refused["claims"]?.text == challenge)
            #expect(refused["error"]?.text == "interaction_required")
            #expect(try await exchange(client, claims: ["sandbox_step_up": true]).status == 200)
        }
    }

    @Test(
        "Varies a successful answer",
        arguments: [
            "expires-in-string", "refresh-in", "ext-expires-in-zero", "no-expires-in", "empty-token", "truncated",
            "html",
        ])
    func variants(_ variant: String) async throws {
        try await withClient { client in
            try client.sandbox.script(user: "alice", ["variant:\(variant)"])
            let answer = try await exchange(client)
            #expect(answer.status == 200)
            let body = try? answer.json
            switch variant {
            case "expires-in-string": #expect(body?["expires_in"]?.text != nil)
            case "refresh-in": #expect(body?["refresh_in"]?.number == 43_199)
            case "ext-expires-in-zero": #expect(body?["ext_expires_in"]?.number == 0)
            case "no-expires-in": #expect(body?["expires_in"] == nil && body?["access_token"]?.text != nil)
            case "empty-token": #expect(body?["access_token"]?.text?.isEmpty == true)
            default: #expect(body == nil)
            }
        }
    }

    @Test("Drops the connection, answers garbage, and refuses what it does not know")
    func others() async throws {
        try await withClient { client in
            try client.sandbox.script(user: "alice", ["drop", "garbage"])
            let error = await #expect(throws: TransportError.self) { try await exchange(client) }
            #expect(error?.kind == .cutOff)
            #expect(throws: SandboxError.self) { try client.sandbox.script(user: "alice", ["sulk"]) }
            #expect(throws: SandboxError.self) { try client.sandbox.script(user: "zoe", ["ok"]) }
            // libcurl sends again when a reused connection ends without a byte, so the script may be past the drop.
            #expect(try await exchange(client).text == "garbage")
        }
    }
}
