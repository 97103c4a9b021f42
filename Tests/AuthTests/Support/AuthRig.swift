internal import Auth
internal import HTTPTransport
internal import JSON
internal import NIOConcurrencyHelpers
internal import TestSupport
internal import Testing

/// A key cache over a document that the test can change, and what uses it.
struct AuthRig {
    let clock: ManualClock
    let documents: Documents
    let keys: JWKSCache
    let policy: TokenPolicy
    let validator: TokenValidator
    let authenticator: BearerAuthenticator

    /// With the key of ``TokenMint/first`` published and loaded.
    static func loaded(policy: TokenPolicy? = nil, verdictCapacity: Int = 10_000) async throws -> AuthRig {
        let rig = try AuthRig(policy: policy, verdictCapacity: verdictCapacity)
        try rig.documents.publish(TokenMint.first)
        try #require(await rig.keys.load())
        return rig
    }

    /// With nothing published, so that every fetch fails.
    init(policy: TokenPolicy? = nil, verdictCapacity: Int = 10_000) throws {
        let policy = try policy ?? Fixed.policy()
        let clock = ManualClock(wallSeconds: Fixed.now)
        let documents = Documents()
        let keys = JWKSCache(time: TimeSource(clock)) { () throws(JWKSError) in try await documents.fetch() }
        self.clock = clock
        self.documents = documents
        self.keys = keys
        self.policy = policy
        let v1Keys = policy.v1Issuer == nil ? nil : keys
        validator = TokenValidator(policy: policy, keys: keys, v1Keys: v1Keys, time: TimeSource(clock))
        authenticator = BearerAuthenticator(
            policy: policy, keys: keys, v1Keys: v1Keys, metadata: try Fixed.metadata(),
            verdictCapacity: verdictCapacity, time: TimeSource(clock))
    }

    func verdict(on token: String) async -> TokenVerdict { await validator.verdict(on: token[...]) }

    func authenticate(_ token: String) async -> AuthenticationOutcome {
        await authenticator.authenticate(authorization: ["Bearer \(token)"])
    }

    /// The principal of a token that must be accepted.
    func principal(
        _ mint: TokenMint = .first, changing change: (inout JSONObject) -> Void = { _ in }
    ) async throws -> Principal {
        try #require(await authenticate(try mint.token(changing: change)).principal)
    }
}

extension AuthenticationOutcome {
    var caller: AuthenticatedCaller? {
        if case .accepted(let caller) = self { caller } else { nil }
    }

    var principal: Principal? {
        if case .user(let principal)? = caller { principal } else { nil }
    }

    var application: ApplicationPrincipal? {
        if case .application(let application)? = caller { application } else { nil }
    }

    var refusal: AuthenticationRefusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }
}

/// What the key endpoint answers, and how often it was asked.
final class Documents: Sendable {
    private struct State {
        var answer: Result<[UInt8], JWKSError> = .failure(.unreachable("refused"))
        var gate: Gate?
        var fetches = 0
    }

    private let state = NIOLockedValueBox(State())

    var fetches: Int { state.withLockedValue { $0.fetches } }

    func publish(_ mints: TokenMint...) throws { publish(TokenMint.document(try mints.map { try $0.jwk() })) }

    func publish(_ document: [UInt8]) { state.withLockedValue { $0.answer = .success(document) } }

    func fail(_ error: JWKSError = .unreachable("refused")) { state.withLockedValue { $0.answer = .failure(error) } }

    /// Makes every fetch wait at the gate.
    func hold(at gate: Gate?) { state.withLockedValue { $0.gate = gate } }

    func fetch() async throws(JWKSError) -> JWKSDocument {
        let (answer, gate) = state.withLockedValue { state in
            state.fetches += 1
            return (state.answer, state.gate)
        }
        await gate?.pass()
        return try JWKSDocument(parsing: try answer.get())
    }
}
