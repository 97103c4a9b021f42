internal import Auth
internal import Glibc
internal import HTTPTransport
internal import JSON
internal import Logging
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.quietLog, .patient) struct ManagedIdentityCredentialTests {
    static let imds = ManagedIdentityEndpoint.imds(host: "http://169.254.169.254")
    static let appService = ManagedIdentityEndpoint.appService(
        url: "http://localhost:42356/msi/token", header: Secret("header-of-the-platform"))
    static let identity = "1c000000-0000-4000-8000-000000000006"

    // MARK: - Requests

    @Test("Asks the metadata service directly, with its header and our correlation id (E-105, E-111, E-115)")
    func imdsRequest() async throws {
        let rig = try PlatformRig()
        let context = RequestContext(correlationID: CorrelationID())
        _ = try await withRequestContext(context) { try await rig.proof() }
        let request = try #require(rig.platform.requests.first)
        #expect(
            request.url == "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01"
                + "&resource=api%3A%2F%2FAzureADTokenExchange&client_id=\(Self.identity)")
        #expect(
            request.headers.fields.map { "\($0.name): \($0.value)" } == [
                "Accept: application/json", "Metadata: true", "x-ms-client-request-id: \(context.correlationID)",
            ])
        #expect(request.method == .get && !request.usesProxy)
        #expect(request.connectTimeout == .seconds(2) && request.timeout == .seconds(10))
    }

    @Test("Asks App Service's endpoint with the secret header; without an identity the platform chooses (E-111, E-115)")
    func appServiceRequest() async throws {
        let rig = try PlatformRig(endpoint: Self.appService, identity: nil)
        _ = try await rig.proof()
        let request = try #require(rig.platform.requests.first)
        #expect(
            request.url == "http://localhost:42356/msi/token?api-version=2019-08-01"
                + "&resource=api%3A%2F%2FAzureADTokenExchange")
        #expect(request.headers["X-IDENTITY-HEADER"] == "header-of-the-platform")
        #expect(request.method == .get && !request.usesProxy)
    }

    @Test(
        "Asks for the audience of the cloud (E-41)",
        arguments: [
            ("login.microsoftonline.us", "api://AzureADTokenExchangeUSGov"),
            ("login.partner.microsoftonline.cn", "api://AzureADTokenExchangeChina"),
            ("http://127.0.0.1:9100", "api://AzureADTokenExchange"),
        ])
    func audience(authority: String, resource: String) async throws {
        let rig = try PlatformRig(authority: authority)
        _ = try await rig.proof()
        let encoded = resource.replacing(":", with: "%3A").replacing("/", with: "%2F")
        #expect(rig.platform.requests.first?.url.contains("resource=\(encoded)&") == true)
    }

    @Test("Follows no redirect and uses no proxy on a real socket (E-115)")
    func redirect() async throws {
        try await withTransport { transport in
            try await withScriptedServer { connection in
                while try await connection.readRequest() != nil {
                    try await connection.answer(
                        "", status: "302 Found", fields: "Location: http://169.254.169.254/elsewhere\r\n")
                }
            } _: { server in
                let credential = ManagedIdentityCredential(
                    endpoint: .imds(host: server.url), identity: nil, endpoints: try Fixed.endpoints(),
                    transport: transport)
                let error = await #expect(throws: CredentialError.self) {
                    _ = try await credential.proof(deadline: .now + .seconds(60))
                }
                #expect(error?.problem == .unusableAnswer)
                #expect(server.requests.count == 1)
                #expect(server.requests.first?.values("metadata") == ["true"])
                #expect(server.requests.first?.values("x-forwarded-for") == [])
            }
        }
    }

    @Test("What the environment says later changes nothing until a restart (E-114)")
    func environmentReadOnce() async {
        await #expect(processExitsWith: .success) {
            let rig = try PlatformRig()
            for name in ["IDENTITY_ENDPOINT", "IDENTITY_HEADER", "AZURE_POD_IDENTITY_AUTHORITY_HOST"] {
                unsafe setenv(name, "http://127.0.0.1:1", 1)
            }
            _ = try await rig.proof()
            let url = try #require(rig.platform.requests.first?.url)
            #expect(url.hasPrefix("http://169.254.169.254/"))
            #expect(rig.platform.requests.first?.headers["X-IDENTITY-HEADER"] == nil)
        }
    }

    // MARK: - Cache

    @Test(
        "Uses a token until 5 minutes before its end, given in either way (E-116)",
        arguments: [
            ["expires_on": "1790003600"], ["expires_on": 1_790_003_600], ["expires_in": "3600"], ["expires_in": 3_600],
            ["expires_on": "1790003600", "expires_in": "99999"],
        ] as [JSONObject])
    func expiry(members: JSONObject) async throws {
        #expect(Fixed.now == 1_790_000_000)
        let rig = try PlatformRig(answering: [.success(Self.answer(members: members))])
        _ = try await rig.proof()
        rig.clock.advance(by: .seconds(3_299))
        _ = try await rig.proof()
        #expect(rig.platform.requests.count == 1)
        rig.clock.advance(by: .seconds(1))
        _ = try await rig.proof()
        #expect(rig.platform.requests.count == 2)
    }

    @Test(
        "Takes no answer for a token that is none (E-116)",
        arguments: [
            answer(members: [:]), answer("not.a token.x", members: ["expires_in": "3600"]),
            answer("", members: ["expires_in": "3600"]), HTTPResponse(status: 200, body: Array("<html>".utf8)),
            HTTPResponse(
                status: 200,
                body: Array(#"{"access_token":"a.b.c","expires_in":"3600","access_token":"d.e.f"}"#.utf8)),
        ])
    func unusable(answer: HTTPResponse) async throws {
        let rig = try PlatformRig(answering: [.success(answer)])
        #expect(try await rig.error().problem == .unusableAnswer)
    }

    @Test("Asks once for many callers at a time, and a cancelled one disturbs nobody (E-116)")
    func singleFlight() async throws {
        let gate = Gate()
        let platform = StubTransport { _ in
            await gate.pass()
            return Self.answer()
        }
        let rig = try PlatformRig(platform: platform)
        // Unstructured, because cancelling one and not the others is what is tested.
        let impatient = Task { try await rig.proof() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await rig.proof() } }
            await rig.clock.untilSleeping(21)
            impatient.cancel()
            await #expect(throws: CredentialError.self) { _ = try await impatient.value }
            gate.open()
            try await group.waitForAll()
        }
        #expect(platform.requests.count == 1)
    }

    @Test("Renews a token of 2 hours or more from half of its life, while the old one serves (E-116)")
    func renewal() async throws {
        let gate = Gate()
        let rig = try PlatformRig(answering: [.success(Self.answer("old", members: ["expires_in": "86400"]))])
        let old = try await rig.assertion()
        rig.platform.answer { _ in
            await gate.pass()
            return Self.answer("new", members: ["expires_in": "86400"])
        }
        rig.clock.advance(by: .seconds(43_199))
        #expect(try await rig.assertion() == old)
        #expect(rig.platform.requests.count == 1)
        rig.clock.advance(by: .seconds(1))
        for _ in 0..<5 { #expect(try await rig.assertion() == old) }
        await gate.untilArrived(1)
        gate.open()
        try await rig.until { try await rig.assertion() != old }
        #expect(rig.platform.requests.count == 2)
    }

    @Test("A shorter token is not renewed ahead of need (E-116)")
    func shortLife() async throws {
        let rig = try PlatformRig(answering: [.success(Self.answer(members: ["expires_in": "7199"]))])
        _ = try await rig.proof()
        rig.clock.advance(by: .seconds(6_898))
        _ = try await rig.proof()
        #expect(rig.platform.requests.count == 1)
    }

    @Test("Keeps the token fresh in the background, through faults (E-116, E-117)")
    func maintenance() async throws {
        let rig = try PlatformRig(answering: [
            .success(Self.answer("old", members: ["expires_in": "86400"])), .success(HTTPResponse(status: 401)),
            .success(Self.answer("new", members: ["expires_in": "86400"])),
        ])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await rig.credential.maintain() }
            await rig.clock.untilSleeping()
            #expect(rig.platform.requests.count == 1)
            rig.clock.advance(by: .seconds(43_200))
            try await rig.until { rig.platform.requests.count == 2 }
            await rig.clock.untilSleeping()
            rig.clock.advance(by: .seconds(5))
            try await rig.until { rig.platform.requests.count == 3 }
            #expect(try await rig.assertion() == PlatformToken.make("new"))
            group.cancelAll()
        }
    }

    // MARK: - Refused assertions

    @Test(
        "Asks the platform once for another token when Entra ID refuses the one at hand (E-120)",
        arguments: [700024, 700027, 70021, 700211, 700212, 700213, 7_002_137, 7_002_138])
    func refusedAssertion(code: Int) async throws {
        let platform = StubTransport(answering: [.success(Self.answer("stale")), .success(Self.answer("fresh"))])
        let refusal = OBORig.refused(code, error: "invalid_client", status: 401)
        let bench = try await Self.bench(platform, .success(refusal), .success(OBORig.granted()))
        _ = try await bench.token()
        #expect(bench.sent("client_assertion", at: 0) == PlatformToken.make("stale"))
        #expect(bench.sent("client_assertion", at: 1) == PlatformToken.make("fresh"))
        #expect(platform.requests.count == 2)
    }

    @Test("Stops when the platform repeats the refused token, and leaves it alone for a minute (E-120)")
    func sameToken() async throws {
        let platform = StubTransport(answering: [.success(Self.answer("only"))])
        let refusal = OBORig.refused(700213, error: "invalid_client", status: 401)
        let bench = try await Self.bench(platform, .success(refusal))
        for number in 0..<5 { #expect(try await bench.error(number).code == 700213) }
        #expect(bench.entra.requests.count == 5)
        #expect(platform.requests.count == 2)
        bench.clock.advance(by: .seconds(60))
        _ = try await bench.error(9)
        #expect(platform.requests.count == 3)
    }

    @Test(
        "Says what the federated credential must hold, as the portal shows it, and that changes take time (E-72, E-121)"
    )
    func diagnostics() async throws {
        try await withObservation { log, _ in
            let platform = StubTransport(answering: [.success(Self.answer("only"))])
            let refusal = OBORig.refused(700213, error: "invalid_client", status: 401)
            let bench = try await Self.bench(platform, .success(refusal))
            let error = try await bench.error()
            #expect(error.operatorMessage.contains("not yet propagated"))
            #expect(error.operatorMessage.contains("changes take minutes to apply"))
            let record = try #require(log.records("On-Behalf-Of exchange failed").first)
            #expect(record.level == .error)
            #expect(record.metadata["expected.issuer"] == "https://login.microsoftonline.com/\(Fixed.tenant)/v2.0")
            #expect(record.metadata["expected.subject"] == "1d000000-0000-4000-8000-000000000005")
            #expect(record.metadata["expected.audience"] == "api://AzureADTokenExchange")
            #expect(record.metadata["assertion.tenant"] == Fixed.tenant)
            for record in log.records {
                #expect(!record.text.contains(PlatformToken.make("only").suffix(20)), "E-119")
            }
        }
    }

    @Test("Without a token no exchange is tried, and the user reads a plain sentence (E-98, E-118)")
    func noProof() async throws {
        try await withObservation { _, registry in
            let platform = StubTransport(answering: [.success(HTTPResponse(status: 400))])
            let bench = try await Self.bench(platform)
            let error = try await bench.error()
            #expect(error.failureClass == .configuration)
            #expect(error.callerMessage.hasPrefix(CodeCase.generic))
            #expect(error.operatorMessage.contains("AZURE_MANAGED_IDENTITY_CLIENT_ID"))
            #expect(bench.entra.requests.isEmpty)
            #expect(
                registry.value(#"managed_identity_requests_total{outcome="identity_not_assigned"}"#) == "1")
            #expect(registry.value(#"obo_exchanges_total{outcome="configuration"}"#) == "1")
        }
    }

    @Test("The token goes to the authority and nowhere else (E-119)")
    func destination() async throws {
        let platform = StubTransport(answering: [.success(Self.answer("only"))])
        let bench = try await Self.bench(platform)
        _ = try await bench.token()
        let authority = "https://login.microsoftonline.com/\(Fixed.tenant)/oauth2/v2.0/token"
        #expect(bench.entra.requests.map(\.url) == [authority])
        #expect(bench.sent("client_assertion") == PlatformToken.make("only"))
        #expect(platform.requests.allSatisfy { $0.body == nil })
    }

    // MARK: - Helpers

    static func answer(_ name: String = "token", members: JSONObject = ["expires_in": "86400"]) -> HTTPResponse {
        var body: JSONObject = ["token_type": "Bearer", "resource": "api://AzureADTokenExchange"]
        body["access_token"] = .string(name.contains(" ") || name.isEmpty ? name : PlatformToken.make(name))
        for (name, value) in members.members { body[name] = value }
        return .json(200, body)
    }

    static func bench(
        _ platform: StubTransport, _ answers: Result<HTTPResponse, TransportError>...
    ) async throws -> CredentialBench {
        let endpoints = try Fixed.endpoints()
        return try await CredentialBench(
            {
                ManagedIdentityCredential(
                    endpoint: imds, identity: GUID(identity), endpoints: endpoints, transport: platform, time: $0)
            }, StubTransport(answering: answers.isEmpty ? [.success(OBORig.granted())] : answers))
    }
}
