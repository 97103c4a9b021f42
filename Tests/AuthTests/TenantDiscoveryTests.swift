internal import Auth
internal import HTTPTransport
internal import JSON
internal import Logging
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.quietLog, .patient) struct TenantDiscoveryTests {
    private struct Rig {
        let clock = ManualClock(wallSeconds: Fixed.now)
        let transport: StubTransport
        let discovery: TenantDiscovery

        init(_ answers: [Result<HTTPResponse, TransportError>], publishedIssuer: String? = nil) throws {
            transport = StubTransport(answering: answers)
            discovery = TenantDiscovery(
                check: DiscoveryCheck(endpoints: try Fixed.endpoints(), transport: transport),
                endpoints: try Fixed.endpoints(), publishedIssuer: publishedIssuer.flatMap(PublicURL.init),
                time: TimeSource(clock))
        }

        /// Runs until it sleeps after each of so many looks.
        func look(times: Int = 1, waiting: Duration = .seconds(3_700), _ body: () -> Void = {}) async {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await discovery.run() }
                for look in 1...times {
                    await clock.untilSleeping()
                    if look < times { clock.advance(by: waiting) }
                }
                body()
                group.cancelAll()
            }
        }
    }

    private static func document(_ changes: JSONObject = [:]) throws -> HTTPResponse {
        let base = "https://login.microsoftonline.com/\(Fixed.tenant)"
        var members: JSONObject = [
            "issuer": .string(Fixed.issuer), "jwks_uri": .string(try Fixed.endpoints().jwksURL),
            "authorization_endpoint": .string("\(base)/oauth2/v2.0/authorize"),
            "token_endpoint": .string("\(base)/oauth2/v2.0/token"),
            "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
            "registration_endpoint": .string("\(base)/register"), "response_types_supported": ["code"],
        ]
        for (name, value) in changes.members { members[name] = value }
        return .json(200, members)
    }

    @Test("A contradiction keeps the server from being ready and is logged once; agreement ends that (E-30)")
    func contradiction() async throws {
        try await withObservation { log, _ in
            let wrong = try Self.document(["issuer": "https://login.microsoftonline.com/other/v2.0"])
            let rig = try Rig([.success(wrong), .success(wrong), .success(try Self.document())])
            await rig.look(times: 2, waiting: .seconds(2)) {
                #expect(rig.discovery.obstacle == "the settings contradict Entra ID, see the log")
            }
            let records = log.records("the settings contradict Entra ID's metadata")
            #expect(records.map(\.level) == [.error])
            #expect(records.first?.metadata["entra.contradictions"]?.contains("expected \(Fixed.issuer)") == true)
            await rig.look()
            #expect(rig.discovery.obstacle == nil)
        }
    }

    @Test("An unreachable document is a warning, asked for again sooner than a good one (E-30)")
    func unreachable() async throws {
        try await withObservation { log, _ in
            let rig = try Rig([.success(HTTPResponse(status: 503)), .success(try Self.document())])
            await rig.look(times: 2, waiting: .seconds(2))
            #expect(rig.discovery.obstacle == nil)
            #expect(log.records("Entra ID's metadata could not be read").map(\.level) == [.warning])
            #expect(rig.transport.requests.count == 2)
        }
    }

    @Test(
        "Publishes Entra ID's document as its own, with PKCE, without registration and foreign endpoints (E-137, E-138)"
    )
    func published() async throws {
        let rig = try Rig([.success(try Self.document())], publishedIssuer: "https://jobs-mcp.example.com")
        #expect(rig.discovery.published == nil)
        await rig.look()

        let document = try JSONValue.parse(try #require(rig.discovery.published).document)
        #expect(document["issuer"] == "https://jobs-mcp.example.com")
        #expect(document["code_challenge_methods_supported"] == ["S256"])
        #expect(document["token_endpoint"] == .string(try Fixed.endpoints().tokenEndpoint))
        #expect(document["response_types_supported"] == ["code"])
        #expect(document["registration_endpoint"] == nil)
        #expect(document["userinfo_endpoint"] == nil)
    }

    @Test(
        "Publishes nothing when an endpoint that a sign-in needs is elsewhere or missing (E-159)",
        arguments: ["authorization_endpoint", "token_endpoint"])
    func endpointElsewhere(name: String) async throws {
        for value: JSONValue in ["https://evil.example/token", "https://login.microsoftonline.com.evil.example/t"] {
            let rig = try Rig(
                [.success(try Self.document([name: value]))], publishedIssuer: "https://jobs-mcp.example.com")
            await rig.look()
            #expect(rig.discovery.published == nil)
        }
    }

    @Test("Keeps what it published while Entra ID is away (E-137)")
    func keepsPublished() async throws {
        let rig = try Rig(
            [.success(try Self.document()), .failure(TransportError(.connect, requestWasSent: false))],
            publishedIssuer: "https://jobs-mcp.example.com")
        await rig.look(times: 2)
        #expect(rig.transport.requests.count == 2)
        #expect(rig.discovery.published != nil)
    }

    @Test("Publishes nothing by default (A-04)")
    func offByDefault() async throws {
        let rig = try Rig([.success(try Self.document())])
        await rig.look()
        #expect(rig.discovery.published == nil)
    }

    @Test("Serves the document where clients look for it (E-137, RFC 8414 section 3)")
    func paths() throws {
        let plain = try #require(PublicURL("https://jobs-mcp.example.com"))
        let below = try #require(PublicURL("https://example.com/tools"))
        #expect(
            AuthorizationServerMetadata.paths(for: plain) == [
                "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
            ])
        #expect(
            AuthorizationServerMetadata.paths(for: below) == [
                "/.well-known/oauth-authorization-server/tools", "/.well-known/openid-configuration/tools",
                "/tools/.well-known/openid-configuration",
            ])
    }
}
