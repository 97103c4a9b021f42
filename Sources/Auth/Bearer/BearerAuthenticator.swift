internal import Logging
internal import Observability
internal import OpenSSL

/// Lets requests in by their bearer token, and words the answer to those it does not.
///
/// A token that was seen before costs its hash and one look-up; nothing on that path waits.
package struct BearerAuthenticator: Sendable {
    private let policy: TokenPolicy
    private let validator: TokenValidator
    private let verdicts: VerdictCache
    private let refusals: RefusalTable
    private let log: RefusalLog
    private let metrics = BearerMetrics()
    private let proofOfPossession = OncePerName(limit: 100)
    private let time: TimeSource

    /// - Parameters:
    ///   - policy: What a token must have.
    ///   - keys: The keys of v2.0 tokens.
    ///   - v1Keys: The keys of v1.0 tokens, where those are accepted (E-16).
    ///   - metadata: What the challenges point to.
    ///   - verdictCapacity: How many accepted tokens are remembered (E-24).
    ///   - time: The clocks.
    package init(
        policy: TokenPolicy, keys: JWKSCache, v1Keys: JWKSCache? = nil, metadata: ProtectedResourceMetadata,
        verdictCapacity: Int = 10_000, time: TimeSource = .system
    ) {
        self.policy = policy
        validator = TokenValidator(policy: policy, keys: keys, v1Keys: v1Keys, time: time)
        verdicts = VerdictCache(capacity: verdictCapacity, time: time)
        refusals = RefusalTable(BearerChallenge(metadata: metadata, policy: policy))
        log = RefusalLog(time: time)
        self.time = time
    }

    /// Decides on a request by the values of all its `Authorization` fields.
    ///
    /// Never throws: there is always an answer.
    package func authenticate(authorization values: [String]) async -> AuthenticationOutcome {
        switch AuthorizationHeader(values) {
        case .absent:
            return .refused(refusals.noCredentials)
        case .malformed(let problem):
            return refuse(malformedHeader: problem)
        case .bearer(let token):
            // Before hashing, so that an oversized token costs less than a valid one.
            guard token.utf8.count <= policy.maximumTokenBytes else {
                if let copy = AuthorizationHeader.copy(in: values) { return await authenticate(authorization: [copy]) }
                return refuse(await validator.verdict(on: token))
            }
            let digest = SHA256.digest(token.utf8.span)
            guard let identity = verdicts.identity(for: digest) else {
                return await validate(token, digest, in: values)
            }
            metrics.accepted(fromCache: true)
            return .accepted(caller(identity, token, digest))
        }
    }

    /// Keeps house until the task is cancelled: forgets expired verdicts, and reports bursts of refusals that ended.
    package func run() async {
        while !Task.isCancelled {
            // Throws when cancelled, which ends the loop.
            try? await time.sleep(.seconds(60))
            verdicts.sweep()
            log.reportFinishedBursts()
        }
    }

    private func validate(
        _ token: Substring, _ digest: SHA256Digest, in values: [String]
    ) async -> AuthenticationOutcome {
        if AuthorizationHeader.holdsSeveralTokens(token) {
            // What is left of copies has no comma any more.
            if let copy = AuthorizationHeader.copy(in: values) { return await authenticate(authorization: [copy]) }
            return refuse(malformedHeader: "Bearer with several tokens")
        }
        let verdict = await withWorkSpan("bearer token check") { span in
            let verdict = await validator.verdict(on: token)
            if span.isRecording, let reason = verdict.rejection?.reason.rawValue {
                span.annotate(["token.reject.reason": .text(reason)])
                span.fail(reason)
            }
            return verdict
        }
        guard let identity = verdict.identity else { return refuse(verdict) }
        verdicts.insert(identity, for: digest)
        metrics.accepted(fromCache: false)
        if identity.hasProofOfPossession { noteProofOfPossession(of: identity) }
        return .accepted(caller(identity, token, digest))
    }

    /// Only a user's token is kept: it is the assertion of the exchange (E-52).
    private func caller(_ identity: VerifiedIdentity, _ token: Substring, _ digest: SHA256Digest) -> AuthenticatedCaller
    {
        switch identity.access {
        case .user(let scopes):
            .user(Principal(identity, scopes: scopes, tokenDigest: digest, token: InboundToken(token)))
        case .application(let roles): .application(ApplicationPrincipal(identity, roles: roles))
        }
    }

    private func refuse(malformedHeader problem: String) -> AuthenticationOutcome {
        metrics.refused(refusals.invalidRequest.reason)
        log.record(malformedHeader: problem)
        return .refused(refusals.invalidRequest)
    }

    private func refuse(_ verdict: TokenVerdict) -> AuthenticationOutcome {
        let rejection = verdict.rejection
        // A verdict without identity and without rejection cannot be; if it were, nobody must get in by it.
        let reason = rejection?.reason ?? .malformed
        metrics.refused(reason.rawValue)
        if let rejection { log.record(rejection) }
        var refusal = refusals.refusal(for: reason)
        if reason == .keysUnavailable { refusal.retryAfterSeconds = verdict.retryAfterSeconds ?? 1 }
        return .refused(refusal)
    }

    /// E-20: such a token is accepted like any other, and counted; the log says once per client who sends them.
    private func noteProofOfPossession(of identity: VerifiedIdentity) {
        metrics.sawProofOfPossession()
        let client = identity.clientID ?? "unknown"
        guard proofOfPossession.isFirst(client) else { return }
        Logger.current.info(
            "proof-of-possession token accepted as a bearer token", metadata: ["token.azp": "\(client)"])
    }
}

/// Who is calling, or what to answer instead.
package enum AuthenticationOutcome: Sendable {
    /// A user or an application whose token passed every check.
    case accepted(AuthenticatedCaller)
    /// Nobody we serve.
    case refused(AuthenticationRefusal)
}

/// Every refusal this server can give, worded once.
struct RefusalTable: Sendable {
    let noCredentials: AuthenticationRefusal
    let invalidRequest: AuthenticationRefusal
    private let byReason: [TokenRejection.Reason: AuthenticationRefusal]
    private let challenge: BearerChallenge

    init(_ challenge: BearerChallenge) {
        self.challenge = challenge
        noCredentials = challenge.noCredentials()
        invalidRequest = challenge.invalidRequest()
        byReason = Dictionary(
            uniqueKeysWithValues: TokenRejection.Reason.allCases.map { ($0, challenge.refusal(for: $0)) })
    }

    func refusal(for reason: TokenRejection.Reason) -> AuthenticationRefusal {
        byReason[reason] ?? challenge.refusal(for: reason)
    }
}
