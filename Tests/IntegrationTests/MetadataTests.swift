internal import HTTPTransport
internal import JSON
internal import Sandbox
internal import TestSupport
internal import Testing

/// The documents that lead clients to a sign-in, as they arrive over the network.
@Suite(.serialized, .patient) struct MetadataTests {
    private static let resource = "/.well-known/oauth-protected-resource"
    private static let server = "/.well-known/oauth-authorization-server"

    @Test("One document at both addresses, for anybody, cached for five minutes (A-01, E-130, E-134)")
    func document() async throws {
        try await withDeployment { deployment in
            let client = deployment.client(token: nil)
            let inserted = try await client.get("\(Self.resource)/mcp")
            let root = try await client.get(Self.resource)

            #expect(inserted.http.status == 200)
            #expect(inserted.http.body == root.http.body)
            #expect(inserted.http.headers["Content-Type"] == "application/json")
            #expect(inserted.http.headers["Cache-Control"] == "public, max-age=300")
            #expect(inserted.http.headers["Access-Control-Allow-Origin"] == "*")
            #expect(inserted.json?["resource"] == .string("\(deployment.server.baseURL)/mcp"))
            #expect(inserted.json?["bearer_methods_supported"] == ["header"])
            #expect(inserted.json?["authorization_servers"]?.array?.count == 1)
        }
    }

    @Test("Nothing in a request changes what the document and the challenge say (A-03, T-13)")
    func headersDoNotMatter() async throws {
        try await withDeployment { deployment in
            let client = deployment.client(token: nil)
            let plain = try await client.get("\(Self.resource)/mcp")
            let forged = try await client.get(
                "\(Self.resource)/mcp",
                headers: [
                    "Forwarded": "host=evil.example;proto=https", "X-Forwarded-Host": "evil.example",
                    "X-Forwarded-Proto": "https", "X-Original-Host": "evil.example",
                ])
            #expect(forged.http.body == plain.http.body)

            let challenge = try await client.legacy(
                "tools/list", headers: ["X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"])
            #expect(challenge.http.status == 401)
            #expect(challenge.http.headers["WWW-Authenticate"]?.contains("evil") == false)
        }
    }

    @Test("Browsers may read the metadata from anywhere and call from configured origins only (E-136, T-15)")
    func crossOrigin() async throws {
        try await withDeployment(["MCP_ALLOWED_ORIGINS": "https://inspector.example"]) { deployment in
            let client = deployment.client(token: nil)
            let allowed = try await client.legacy("tools/list", headers: ["Origin": "https://inspector.example"])
            #expect(allowed.http.status == 401)
            #expect(allowed.http.headers["Access-Control-Allow-Origin"] == "https://inspector.example")
            #expect(allowed.http.headers["Access-Control-Expose-Headers"]?.contains("WWW-Authenticate") == true)
            #expect(allowed.http.headers["Access-Control-Allow-Credentials"] == nil)

            let foreign = try await client.legacy("tools/list", headers: ["Origin": "https://evil.example"])
            #expect(foreign.http.status == 403)
            #expect(foreign.http.headers["Access-Control-Allow-Origin"] == nil)
        }
    }

    @Test("GET and POST without a token get one challenge, whatever the method (E-140, A-19)")
    func sameChallenge() async throws {
        try await withDeployment { deployment in
            let client = deployment.client(token: nil)
            let get = try await client.get("/mcp")
            #expect(get.http.status == 401)
            for method in ["initialize", "server/discover", "tools/list", "no/such"] {
                let post = try await client.legacy(method)
                #expect(post.http.status == 401)
                #expect(post.http.headers["WWW-Authenticate"] == get.http.headers["WWW-Authenticate"])
            }
        }
    }

    @Test("No authorization server metadata by default (A-04)")
    func noServerMetadata() async throws {
        try await withDeployment { deployment in
            let client = deployment.client(token: nil)
            for path in [Self.server, "/.well-known/openid-configuration", "/authorize", "/token", "/register"] {
                let answer = try await client.get(path)
                #expect(answer.http.status == 404, "\(path)")
            }
        }
    }

    @Test("With the metadata proxy, clients are sent to us first and to Entra ID for the sign-in (E-137)")
    func serverMetadata() async throws {
        try await withDeployment(["MCP_AS_METADATA_PROXY": "true"]) { deployment in
            let client = deployment.client(token: nil)
            let base = deployment.server.baseURL
            let resource = try await client.get("\(Self.resource)/mcp")
            #expect(resource.json?["authorization_servers"] == [.string(base)])

            _ = try await deployment.server.log.record(message: "the settings fit Entra ID's metadata")
            let oauth = try await client.get(Self.server)
            let openID = try await client.get("/.well-known/openid-configuration")
            #expect(oauth.http.status == 200)
            #expect(oauth.http.body == openID.http.body)
            #expect(oauth.http.headers["Cache-Control"] == "public, max-age=300")
            #expect(oauth.json?["issuer"] == .string(base))
            #expect(oauth.json?["code_challenge_methods_supported"] == ["S256"])
            #expect(oauth.json?["token_endpoint"]?.text?.hasPrefix(deployment.sandbox.baseURL) == true)
        }
    }

    @Test("Settings that contradict Entra ID keep the server from being ready, and the log says which (E-30)")
    func contradiction() async throws {
        try await withDeployment { deployment in
            let environment = Deployment.environment(for: deployment.sandbox)
                .merging(["AZURE_TENANT_ID": "11111111-2222-3333-4444-555555555555"]) { $1 }
            try await ServerProcess.withServer(environment) { server in
                let record = try await server.log.record(message: "the settings contradict Entra ID's metadata")
                #expect(record["entra_contradictions"]?.text?.contains("does not know the tenant") == true)
                let client = MCPTestClient(baseURL: server.baseURL, token: nil, transport: deployment.transport)
                let (ready, healthy) = (try await client.get("/readyz"), try await client.get("/healthz"))
                #expect(ready.http.status == 503)
                #expect(healthy.http.status == 200)
            }
        }
    }
}
