internal import HTTPSyntax
internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// What a client is told when Entra ID wants more of a sign-in than the token shows (E-101).
@Suite(.serialized, .patient) struct SignInRelayTests {
    private static let claims =
        #"{"access_token": {"polids": {"essential": true, "values": ["e1000000-0000-4000-8000-0000000000f3"]}}}"#
    private static let minified = claims.filter { $0 != " " }

    private static func token(_ deployment: Deployment, declaring capability: Bool) throws -> String {
        let claims: [String: JSONValue] = ["xms_cc": capability ? ["cp1"] : .null]
        return try deployment.sandbox.token(TokenOrder(claims: claims))
    }

    /// The value of a parameter of the challenge.
    private static func parameter(_ name: String, of answer: MCPTestClient.Answer) -> String? {
        let challenge = answer.http.headers["WWW-Authenticate"] ?? ""
        guard let start = challenge.firstRange(of: " \(name)=\"")?.upperBound else { return nil }
        return String(challenge[start...].prefix { $0 != "\"" })
    }

    @Test("A client that handles claims challenges gets one, with everything a sign-in needs (E-101, E-102)")
    func relayed() async throws {
        try await withDeployment { deployment in
            try deployment.sandbox.script(user: "alice", ["claims:\(Self.claims)"])
            let client = deployment.client(token: try Self.token(deployment, declaring: true))
            let answer = try await client.call("list_jobs")

            #expect(answer.http.status == 401)
            let challenge = try #require(answer.http.headers["WWW-Authenticate"])
            let authorization = "\(deployment.sandbox.baseURL)/\(deployment.sandbox.tenantID)/oauth2/v2.0/authorize"
            #expect(
                challenge.hasPrefix(
                    #"Bearer realm="", authorization_uri="\#(authorization)", error="insufficient_claims", scope="api://"#
                ))
            #expect(Self.parameter("resource_metadata", of: answer)?.hasSuffix("/oauth-protected-resource/mcp") == true)
            let encoded = try #require(Self.parameter("claims", of: answer))
            #expect(Base64.decode(strictly: encoded).map { String(decoding: $0, as: UTF8.self) } == Self.minified)
            #expect(answer.json?["error"]?["data"]?["error"] == "insufficient_claims")
        }
    }

    @Test(
        "A client that does not say so reads a tool error instead, and no setting but its own changes that (E-100, E-184)"
    )
    func notRelayed() async throws {
        for (mode, declares, isRelayed) in [
            ("auto", false, false), ("never", true, false), ("never", false, false), ("always", false, true),
        ] {
            try await withDeployment(["MCP_CLAIMS_RELAY": mode]) { deployment in
                try deployment.sandbox.script(user: "alice", ["claims:\(Self.claims)"])
                let client = deployment.client(token: try Self.token(deployment, declaring: declares))
                let answer = try await client.call("list_jobs")
                #expect(answer.http.status == (isRelayed ? 401 : 200), "\(mode), \(declares)")
                #expect(answer.isToolError == !isRelayed)
                guard !isRelayed else { return }
                #expect(answer.text?.contains("AADSTS50076") == true)
                #expect(answer.text?.contains("polids") == false)
                let details = answer.result?["_meta"]?["databricks-jobs-mcp/error"]
                #expect(details?["category"] == "interaction")
            }
        }
    }

    @Test("A user is challenged once a minute, also with a new token; in between the client reads why (E-103)")
    func loopBreaker() async throws {
        for step in ["50013", "claims:\(Self.claims)"] {
            try await withDeployment { deployment in
                try deployment.sandbox.script(user: "alice", [step])
                let client = deployment.client(token: try Self.token(deployment, declaring: true))
                let first = try await client.call("list_jobs")
                #expect(first.http.status == 401)
                // What a client does with a 401: it signs in again and comes back with a new token.
                let again = deployment.client(token: try Self.token(deployment, declaring: true))
                for second in [try await client.call("list_jobs"), try await again.call("list_jobs")] {
                    #expect(second.http.status == 200)
                    #expect(second.isToolError)
                }
            }
        }
    }

    @Test(
        "A token that Entra ID calls expired is answered 401, whatever our clock says (E-68, E-103)",
        arguments: ["50013", "500133", "50173"])
    func expired(code: String) async throws {
        try await withDeployment { deployment in
            try deployment.sandbox.script(user: "alice", [code])
            let client = deployment.client(token: try Self.token(deployment, declaring: false))
            let answer = try await client.call("list_jobs")
            #expect(answer.http.status == 401)
            #expect(
                answer.http.headers["WWW-Authenticate"]?.hasPrefix(#"Bearer error="invalid_token", scope=""#) == true)
            #expect(answer.json?["error"]?["data"]?["error"] == "invalid_token")
        }
    }

    @Test("After the sign-in that was asked for, the call succeeds (E-184)")
    func stepUp() async throws {
        try await withDeployment { deployment in
            try deployment.sandbox.script(user: "alice", ["claims:\(Self.claims)", "ok"])
            let weak = deployment.client(token: try Self.token(deployment, declaring: true))
            #expect(try await weak.call("list_jobs").http.status == 401)
            let strong = deployment.client(token: try Self.token(deployment, declaring: true))
            let answer = try await strong.call("list_jobs")
            #expect(answer.http.status == 200)
            #expect(!answer.isToolError)
        }
    }

    @Test("Claims that do not fit a header field are not relayed (E-101)")
    func oversized() async throws {
        try await withDeployment { deployment in
            let values = String(repeating: "a", count: 4_000)
            try deployment.sandbox.script(user: "alice", [#"claims:{"access_token":{"x":"\#(values)"}}"#])
            let client = deployment.client(token: try Self.token(deployment, declaring: true))
            let answer = try await client.call("list_jobs")
            #expect(answer.http.status == 200)
            #expect(answer.isToolError)
        }
    }
}
