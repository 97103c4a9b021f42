internal import Auth
internal import JSON
internal import Observability

/// What holds for every answer of the token endpoint: a token that can stand in a header, or a failure whose words are
/// ours, with a wait that is one (E-75, E-96).
enum EntraAnswerProperties {
    /// Nobody waits, so that repetitions come at once.
    private static let time: TimeSource = {
        let instant = ContinuousClock.now
        return TimeSource(
            wallSeconds: { FuzzTenant.now }, now: { instant }, sleep: { _ in }, random: { 0.5 })
    }()

    static func check(_ input: [UInt8]) async throws(Violation) {
        let service = FuzzService(input)
        let endpoint = TokenEndpoint(
            endpoints: try succeed("the tenant's endpoints") { try EntraEndpoints(tenantID: FuzzTenant.tenantID) },
            clientID: try require(GUID(FuzzTenant.clientID), "the client id is a GUID"),
            credential: .secret(Secret("fuzz")), transport: service, time: time)
        let cache = OBOTokenCache(endpoint: endpoint, capacity: 4, time: time)
        do {
            let token = try await cache.token(for: try await principal(), deadline: time.now() + .seconds(60))
            try check(token)
        } catch let violation as Violation {
            throw violation
        } catch let error as OBOError {
            try check(error, service.body)
        } catch {
            throw Violation("an exchange ends with a token or an OBOError, not with \(error)")
        }
    }

    /// The tenant's user, signed in.
    private static func principal() async throws(Violation) -> Principal {
        let keys = await FuzzTenant.keys(FuzzTenant.document)
        let authenticator = try FuzzTenant.authenticator(keys)
        let outcome = await authenticator.authenticate(authorization: ["Bearer \(FuzzTenant.validTokens[1])"])
        guard case .accepted(.user(let principal)) = outcome else { throw Violation("the tenant's user is let in") }
        return principal
    }

    private static func check(_ token: AccessToken) throws(Violation) {
        let text = token.secret.revealed
        try require(!text.isEmpty, "a token is not empty")
        try require(text.utf8.allSatisfy { 0x21...0x7E ~= $0 }, "a token can stand in a header: \(text)")
    }

    private static func check(_ error: OBOError, _ body: [UInt8]) throws(Violation) {
        try LogSafety.require(error.callerMessage, limit: 600, "what the caller reads")
        try LogSafety.require(error.operatorMessage, limit: 1_800, "what the operator reads")
        if let seconds = error.details.retryAfterSeconds {
            try require(1...3_600 ~= seconds, "E-96: a wait is 1 to 3600 s, not \(seconds)")
        }
        guard let root = try? JSONDocument(parsing: body, limits: .upstream).root, root.isObject else { return }
        // Short ones may be words of our own.
        for name in ["error_description", "error_uri", "access_token"] {
            guard let text = root[name]?.string, text.count >= 16 else { continue }
            try require(!error.callerMessage.contains(text), "E-75: Entra ID's words are not for the caller: \(text)")
        }
    }
}
