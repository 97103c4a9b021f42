internal import HTTPSyntax
internal import JSON
internal import Logging
internal import Observability

/// Turns a refusal of the On-Behalf-Of exchange into a sign-in challenge, where the client can act on one (E-101).
///
/// Clients that cannot would take the 401 for a broken sign-in and start over, again and again; so a claims challenge
/// goes only to those that declared that they handle it, and no user is challenged twice within a minute. The second
/// time, and all others, read the reason as a tool error. What is remembered is the user at a client and not the token
/// (E-103): clients answer a 401 with a new sign-in, which brings a new token with the same shortcoming.
package struct SignInRelay: Sendable {
    /// `MCP_CLAIMS_RELAY`: who gets claims challenges.
    package enum Mode: String, Sendable, CaseIterable {
        /// Clients whose token says that they handle them (`xms_cc` holds `cp1`).
        case auto
        /// All clients.
        case always
        /// No client.
        case never
    }

    /// Whom a challenge reached.
    private struct Addressee: Hashable {
        let user: GUID
        let client: String?
    }

    /// For so long nobody is challenged again (E-103).
    static let pause: Duration = .seconds(60)
    /// The longest `claims` value that clients and proxies can be expected to take, in bytes (E-101).
    static let maximumClaimsBytes = 4 << 10

    private let mode: Mode
    private let challenge: BearerChallenge
    private let authorizationURI: String
    private let challenged: ShardedCache<Addressee, MonotonicTime>
    private let time: TimeSource

    /// - Parameters:
    ///   - mode: Who gets claims challenges.
    ///   - endpoints: The tenant, which the challenge sends the user to.
    ///   - metadata: What the challenge points to.
    ///   - policy: For the scopes that a new token must have.
    ///   - time: The clocks.
    package init(
        mode: Mode, endpoints: EntraEndpoints, metadata: ProtectedResourceMetadata, policy: TokenPolicy,
        time: TimeSource = .system
    ) {
        self.mode = mode
        challenge = BearerChallenge(metadata: metadata, policy: policy)
        authorizationURI = endpoints.authorizationEndpoint
        challenged = ShardedCache(capacity: 10_000)
        self.time = time
    }

    /// What to answer instead of the tool error that `failure` would be.
    ///
    /// - Parameters:
    ///   - failure: Why a call failed.
    ///   - caller: Whose call it was.
    /// - Returns: A 401 with a challenge, or `nil` where the tool error is the better answer.
    package func refusal(for failure: any Error, of caller: AuthenticatedCaller) -> AuthenticationRefusal? {
        guard let failure = failure as? OBOError, case .user(let user) = caller,
            let refusal = refusal(for: failure, handlesClaims: user.handlesClaimsChallenges),
            isFirst(Addressee(user: user.objectID, client: user.clientID))
        else { return nil }
        Logger.current.info(
            "the client is asked to sign in again",
            metadata: [
                "entra.class": "\(failure.failureClass.rawValue)",
                "entra.code": "\(failure.code.map { "AADSTS\($0)" } ?? "none")", "challenge": "\(refusal.reason)",
            ])
        return refusal
    }

    private func refusal(for failure: OBOError, handlesClaims: Bool) -> AuthenticationRefusal? {
        switch failure.failureClass {
        case .reauthenticate: return challenge.signInExpired()
        case .interact, .consent, .denied:
            guard mode == .always || (mode == .auto && handlesClaims) else { return nil }
            return failure.claims.flatMap(Self.encoded).map {
                challenge.insufficientClaims($0, authorizationURI: authorizationURI)
            }
        case .configuration, .transient, .throttled, .protocolError: return nil
        }
    }

    /// The claims as the challenge carries them: base64 of the minified JSON.
    private static func encoded(_ claims: String) -> String? {
        guard let value = try? JSONValue.parse(claims, limits: .token) else { return nil }
        let text = Base64.encode(value.serialized)
        return text.utf8.count <= maximumClaimsBytes ? text : nil
    }

    private func isFirst(_ addressee: Addressee) -> Bool {
        let now = time.now()
        // Two calls at the same moment may both be challenged; the loop that this breaks is one call after another.
        guard challenged.value(for: addressee, where: { MonotonicTime(now) < $0 }) == nil else { return false }
        challenged.insert(MonotonicTime(now + Self.pause), for: addressee)
        return true
    }
}
