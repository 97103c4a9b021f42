internal import Auth
internal import HTTPTransport
internal import Observability
internal import TestSupport
internal import Testing

/// A managed identity whose platform the test answers for.
struct PlatformRig {
    let clock = ManualClock(wallSeconds: Fixed.now)
    let platform: StubTransport
    let credential: ManagedIdentityCredential

    init(
        endpoint: ManagedIdentityEndpoint = ManagedIdentityCredentialTests.imds,
        identity: String? = ManagedIdentityCredentialTests.identity,
        authority: String = "login.microsoftonline.com",
        answering answers: [Result<HTTPResponse, TransportError>] = [
            .success(ManagedIdentityCredentialTests.answer())
        ]
    ) throws {
        try self.init(
            endpoint: endpoint, identity: identity, authority: authority,
            platform: StubTransport(answering: answers))
    }

    init(
        endpoint: ManagedIdentityEndpoint = ManagedIdentityCredentialTests.imds,
        identity: String? = ManagedIdentityCredentialTests.identity,
        authority: String = "login.microsoftonline.com", platform: StubTransport
    ) throws {
        self.platform = platform
        credential = ManagedIdentityCredential(
            endpoint: endpoint, identity: identity.flatMap { GUID($0) },
            endpoints: try EntraEndpoints(authorityHost: authority, tenantID: Fixed.tenant), transport: platform,
            time: TimeSource(clock))
    }

    func proof(within limit: Duration = .seconds(60)) async throws -> ClientProof {
        try await credential.proof(deadline: clock.now + limit)
    }

    /// The token itself, as it would be sent.
    func assertion() async throws -> String { try await proof().value.revealed }

    func error(within limit: Duration = .seconds(60)) async throws -> CredentialError {
        try #require(await #expect(throws: CredentialError.self) { _ = try await proof(within: limit) })
    }

    func until(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<100_000 {
            if try await condition() { return }
            await Task.yield()
        }
        Issue.record("the condition never held")
    }
}
