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
                check.obstacle == "the server's own credential: the managed identity is not assigned to this host"
            }
            await clock.untilSleeping()
            clock.advance(by: .seconds(5))
            try await Self.until {
                check.obstacle == "the server's own credential: there is no managed identity endpoint here"
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
        let check = CredentialCheck(credential: .secret(Secret("secret")), time: TimeSource(bench.clock))
        try await Self.run(check, bench.clock) { try await Self.until { check.isReady } }
        #expect(bench.entra.requests.isEmpty)
    }

    @Test("With machine callers, a federated credential that has not propagated is waited for (E-72, E-73)")
    func propagation() async throws {
        let refusal = OBORig.refused(70021, error: "invalid_client", status: 401)
        let bench = try await CredentialBench.make(
            { _ in .secret(Secret("secret")) }, .success(refusal), .success(OBORig.granted()))
        let check = CredentialCheck(
            credential: .secret(Secret("secret")), applicationTokens: bench.applicationTokens,
            time: TimeSource(bench.clock))
        try await Self.run(check, bench.clock) {
            try await Self.until {
                check.obstacle == "the server's own credential: Entra ID refuses it (AADSTS70021)"
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

    @Test("A refusal that is not about the credential does not hold users up")
    func otherRefusal() async throws {
        let bench = try await CredentialBench.make(
            { _ in .secret(Secret("secret")) }, .success(OBORig.refused(500011, error: "invalid_resource")))
        let check = CredentialCheck(
            credential: .secret(Secret("secret")), applicationTokens: bench.applicationTokens,
            time: TimeSource(bench.clock))
        try await Self.run(check, bench.clock) { try await Self.until { check.isReady } }
    }

    private static func check(_ platform: StubTransport, isEnabled: Bool = true) throws -> (
        CredentialCheck, ManualClock
    ) {
        let clock = ManualClock(wallSeconds: Fixed.now)
        let credential = ManagedIdentityCredential(
            endpoint: ManagedIdentityCredentialTests.imds, identity: nil, endpoints: try Fixed.endpoints(),
            transport: platform, time: TimeSource(clock))
        return (CredentialCheck(credential: credential, isEnabled: isEnabled, time: TimeSource(clock)), clock)
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
