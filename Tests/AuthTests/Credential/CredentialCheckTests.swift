internal import Auth
internal import HTTPTransport
internal import JSON
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.quietLog, .patient) struct CredentialCheckTests {
    @Test("The server is not ready until the platform gave a token, and the reason is fit for an answer (E-73)")
    func managedIdentity() async throws {
        let platform = StubTransport(answering: [
            .success(HTTPResponse(status: 400)), .success(HTTPResponse(status: 403)),
            .success(ManagedIdentityCredentialTests.answer()),
        ])
        let (check, clock) = try Self.check(platform)
        #expect(!check.isReady)
        #expect(check.obstacle == "the server's own credential was not checked yet")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await check.run() }
            try await Self.until {
                check.obstacle
                    == "the server's own credential: the managed identity is not assigned to this host. Assign the "
                    + "user-assigned identity to this host and set AZURE_MANAGED_IDENTITY_CLIENT_ID to its client id."
            }
            await clock.untilSleeping()
            clock.advance(by: .seconds(5))
            try await Self.until {
                check.obstacle?.hasPrefix(
                    "the server's own credential: there is no managed identity endpoint here. Managed identity") == true
            }
            await clock.untilSleeping()
            clock.advance(by: .seconds(10))
            try await Self.until { check.isReady }
            #expect(platform.requests.count == 3)
            group.cancelAll()
        }
    }

    @Test("Once ready, a fault of the platform takes no server out of service (E-73)")
    func staysReady() async throws {
        let platform = StubTransport(answering: [
            .success(ManagedIdentityCredentialTests.answer()), .success(HTTPResponse(status: 400)),
        ])
        let (check, clock) = try Self.check(platform)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await check.run() }
            try await Self.until { check.isReady }
            await clock.untilSleeping()
            clock.advance(by: .seconds(86_400))
            try await Self.until { platform.requests.count >= 2 }
            #expect(check.isReady)
            group.cancelAll()
        }
    }

    @Test("ENTRA_SELF_CHECK=false asks nobody and holds nothing up (E-73)")
    func disabled() async throws {
        let platform = StubTransport(answering: [.success(HTTPResponse(status: 400))])
        let (check, clock) = try Self.check(platform, isEnabled: false)
        #expect(check.isReady)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await check.run() }
            await clock.untilSleeping()
            group.cancelAll()
        }
        #expect(platform.requests.isEmpty)
    }

    @Test("No application token is asked for unless machine callers are served (E-73)")
    func noApplicationToken() async throws {
        let bench = try await CredentialBench.make { _ in .secret(Secret("secret")) }
        let check = try Self.check(of: bench, isMachineAccess: false)
        try await Self.run(check, bench.clock) { try await Self.until { check.isReady } }
        #expect(bench.entra.requests.isEmpty)
    }

    @Test("With machine callers, a federated credential that has not propagated is waited for (E-72, E-73)")
    func propagation() async throws {
        let refusal = OBORig.refused(70021, error: "invalid_client", status: 401)
        let bench = try await CredentialBench.make(
            { _ in .secret(Secret("secret")) }, .success(refusal), .success(OBORig.granted()))
        let check = try Self.check(of: bench)
        try await Self.run(check, bench.clock) {
            try await Self.until {
                check.obstacle?.hasPrefix("the server's own credential: Entra ID refuses it (AADSTS70021). ") == true
            }
            await bench.clock.untilSleeping()
            #expect(!check.isReady && bench.entra.requests.count == 1)
            bench.clock.advance(by: .seconds(15))
            await bench.clock.untilSleeping()
            try await Self.until { check.isReady }
        }
        #expect(bench.entra.requests.count == 2)
        #expect(bench.sent("grant_type") == "client_credentials")
    }

    /// One answer to the application's own request, and what it means for the server.
    struct Answer: CustomTestStringConvertible, Sendable {
        let code: Int
        let error: String
        /// Part of what the status, the log and `check` tell the operator to do; `nil` where users are not concerned.
        let remedy: String?

        var testDescription: String { "AADSTS\(code)" }

        static let all: [Answer] = [
            Answer(code: 700016, error: "unauthorized_client", remedy: "AZURE_MANAGED_IDENTITY_CLIENT_ID"),
            Answer(code: 70001, error: "unauthorized_client", remedy: "Enable the enterprise application"),
            Answer(code: 7_000_112, error: "unauthorized_client", remedy: "Enable the enterprise application"),
            Answer(code: 90002, error: "invalid_request", remedy: "Compare AZURE_TENANT_ID"),
            Answer(code: 900382, error: "invalid_client", remedy: "AZURE_AUTHORITY_HOST"),
            Answer(code: 500011, error: "invalid_resource", remedy: "Use Azure Databricks once"),
            Answer(code: 500014, error: "invalid_resource", remedy: "AzureDatabricks"),
            Answer(code: 650052, error: "invalid_client", remedy: "admin consent"),
            Answer(code: 7_000_229, error: "invalid_client", remedy: "az ad sp create"),
            Answer(code: 7_000_215, error: "invalid_client", remedy: "not its id"),
            Answer(code: 99_999_999, error: "invalid_client", remedy: "login.microsoftonline.com/error"),
            Answer(code: 53003, error: "interaction_required", remedy: nil),
            Answer(code: 501051, error: "invalid_client", remedy: nil),
        ]
    }

    @Test("A refusal that every user would meet keeps the server out, with the remedy (E-73)", arguments: Answer.all)
    func refusals(_ row: Answer) async throws {
        try await withObservation { log, _ in
            let bench = try await CredentialBench.make(
                { _ in .secret(Secret("secret")) }, .success(OBORig.refused(row.code, error: row.error)),
                .success(OBORig.granted()))
            let check = try Self.check(of: bench)
            try await Self.run(check, bench.clock) {
                try await Self.until { check.obstacle != "the server's own credential was not checked yet" }
                guard let remedy = row.remedy else {
                    #expect(check.isReady)
                    #expect(log.records("server credential is not confirmed").count == 1)
                    return
                }
                #expect(check.obstacle?.contains("(AADSTS\(row.code)). ") == true)
                #expect(check.obstacle?.contains(remedy) == true)
                let record = try #require(log.records("server credential is not ready").first)
                #expect(record.metadata["remedy"]?.contains(remedy) == true)
                #expect(log.records("server credential is ready").isEmpty)
                await bench.clock.untilSleeping()
                bench.clock.advance(by: .seconds(15))
                try await Self.until { check.isReady }
            }
        }
    }

    @Test(
        "A fault that passes says nothing about the application: users are served, and it is asked again (E-73)",
        arguments: [
            .success(HTTPResponse(status: 429, headers: ["Retry-After": "30"])),
            .success(OBORig.refused(90055, error: "temporarily_unavailable", status: 429)),
            .success(HTTPResponse(status: 200, body: Array("<html>".utf8))),
            .failure(TransportError(.tls, requestWasSent: false)),
        ] as [Result<HTTPResponse, TransportError>])
    func passingFault(answer: Result<HTTPResponse, TransportError>) async throws {
        try await withObservation { log, _ in
            let bench = try await CredentialBench.make(
                { _ in .secret(Secret("secret")) }, answer,
                .success(OBORig.refused(700016, error: "unauthorized_client")), .success(OBORig.granted()))
            let check = try Self.check(of: bench)
            try await Self.run(check, bench.clock) {
                try await Self.until { check.isReady }
                #expect(log.records("server credential is ready").isEmpty)
                await bench.clock.untilSleeping()
                bench.clock.advance(by: .seconds(30))
                try await Self.until { check.obstacle?.contains("AADSTS700016") == true }
                await bench.clock.untilSleeping()
                bench.clock.advance(by: .seconds(30))
                try await Self.until { check.isReady }
                try await Self.until { log.records("server credential is ready").count == 1 }
            }
        }
    }

    @Test("AZURE_CLIENT_ID that names the managed identity is said before Entra ID is asked (E-111)")
    func identityInsteadOfApplication() async throws {
        let claims: [JSONObject] = ["appid", "azp"].map { name in
            var claims = PlatformToken.claims
            claims[name] = .string(Fixed.api.uppercased())
            return claims
        }
        for claims in claims {
            let token = PlatformToken.make("token", claims: claims)
            let platform = StubTransport(answering: [
                .success(.json(200, ["access_token": .string(token), "expires_in": "86400"]))
            ])
            let (check, clock) = try Self.check(platform)
            try await Self.run(check, clock) {
                try await Self.until {
                    check.obstacle?.hasPrefix(
                        "the server's own credential: AZURE_CLIENT_ID is the client id of the managed identity. ")
                        == true
                }
            }
        }
    }

    private static func check(of bench: CredentialBench, isMachineAccess: Bool = true) throws -> CredentialCheck {
        CredentialCheck(
            credential: .secret(Secret("secret")), clientID: try #require(GUID(Fixed.api)),
            applicationTokens: isMachineAccess ? bench.applicationTokens : nil, time: TimeSource(bench.clock))
    }

    private static func check(_ platform: StubTransport, isEnabled: Bool = true) throws -> (
        CredentialCheck, ManualClock
    ) {
        let clock = ManualClock(wallSeconds: Fixed.now)
        let credential = ManagedIdentityCredential(
            endpoint: ManagedIdentityCredentialTests.imds, identity: nil, endpoints: try Fixed.endpoints(),
            transport: platform, time: TimeSource(clock))
        let check = CredentialCheck(
            credential: credential, clientID: try #require(GUID(Fixed.api)), isEnabled: isEnabled,
            time: TimeSource(clock))
        return (check, clock)
    }

    private static func run(_ check: CredentialCheck, _ clock: ManualClock, _ body: () async throws -> Void)
        async throws
    {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await check.run() }
            try await body()
            group.cancelAll()
        }
    }

    private static func until(_ condition: () -> Bool) async throws {
        for _ in 0..<100_000 {
            if condition() { return }
            await Task.yield()
        }
        Issue.record("the condition never held")
    }
}
