/// The outcome of validating one token: every check with what it saw and expected, not only the first failure.
package struct TokenVerdict: Sendable {
    /// One result per ``TokenCheck``, in its order.
    package let results: [TokenCheckResult]
    /// When keys are unavailable: seconds until the next attempt to fetch them.
    package let retryAfterSeconds: Int?

    private let header: TokenHeader?
    private let claims: TokenClaims?
    private let key: PublishedKey?
    private let machineRoles: MachineRoles?

    init(
        _ token: ParsedToken, results: [TokenCheckResult], machineRoles: MachineRoles?, lookup: KeyLookup? = nil
    ) {
        self.results = results
        self.machineRoles = machineRoles
        header = token.header
        claims = token.claims
        key = lookup?.key
        if case .unavailable(let seconds, _)? = lookup { retryAfterSeconds = seconds } else { retryAfterSeconds = nil }
    }

    /// What the token says of itself, for the log; made when asked for, because an accepted token needs none.
    package var evidence: TokenEvidence {
        let isVerified = results.contains { $0.check == .signature && $0.outcome == .passed }
        return TokenEvidence(header, claims, isVerified: isVerified)
    }

    /// Why the token is refused, or `nil` when every check passed.
    package var rejection: TokenRejection? {
        for result in results {
            guard let reason = result.reason else { continue }
            return TokenRejection(
                reason: reason, check: result.check, evidence: evidence, seen: result.seen, expected: result.expected)
        }
        return nil
    }

    /// What an accepted token proves.
    var identity: VerifiedIdentity? {
        guard let claims, let key, results.allSatisfy({ $0.outcome == .passed }) else { return nil }
        return VerifiedIdentity(claims, roles: machineRoles, key: key)
    }
}

extension KeyLookup {
    /// The key, if there is one.
    var key: PublishedKey? {
        if case .found(let key) = self { key } else { nil }
    }
}
