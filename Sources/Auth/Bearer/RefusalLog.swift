internal import Logging
internal import NIOConcurrencyHelpers
internal import Observability

/// Writes why tokens were refused: one record with the facts, and for debugging the lines that people grep for (K-22).
///
/// What a refused token says is its sender's text, so a burst of refusals must not fill the log: after 10 of one reason
/// in a minute only their number is logged (E-153).
final class RefusalLog: Sendable {
    private let limit = NIOLockedValueBox(BurstLimit<String>())
    private let time: TimeSource

    init(time: TimeSource) { self.time = time }

    func record(_ rejection: TokenRejection) {
        guard isAdmitted(rejection.reason.rawValue) else { return }
        let logger = Logger.current
        let diagnosis = Self.diagnosis(rejection)
        // Where the documented line is a warning, it is that record.
        switch diagnosis {
        case .warning(let text): logger.warning("\(text)", metadata: Self.metadata(rejection))
        case .debug: logger.info("bearer token refused", metadata: Self.metadata(rejection))
        }
        logger.debug("Rejected bearer token: \(rejection.evidence.summary)")
        if case .debug(let text) = diagnosis { logger.debug("\(text)") }
    }

    /// - Parameter problem: Our own words.
    func record(malformedHeader problem: String) {
        guard isAdmitted("invalid_request") else { return }
        Logger.current.info(
            "Authorization header refused",
            metadata: ["token.reject.reason": "invalid_request", "token.reject.problem": "\(problem)"])
    }

    /// Logs the numbers of the bursts that no later refusal has reported.
    func reportFinishedBursts() {
        let bursts = limit.withLockedValue { $0.closeWindows(at: time.now()) }
        for burst in bursts { report(burst.suppressed, of: burst.kind) }
    }

    private func isAdmitted(_ reason: String) -> Bool {
        switch limit.withLockedValue({ $0.admit(reason, at: time.now()) }) {
        case .suppress: return false
        case .log(let suppressed):
            if suppressed > 0 { report(suppressed, of: reason) }
            return true
        }
    }

    private func report(_ count: Int, of reason: String) {
        Logger.current.warning(
            "further refusals of the same kind were not logged",
            metadata: ["token.reject.reason": "\(reason)", "token.reject.count": "\(count)"])
    }

    // MARK: - Wording

    private enum Diagnosis {
        case warning(String)
        case debug(String)
    }

    /// The original's lines: mismatches with our settings are warnings, everything else is for debugging.
    private static func diagnosis(_ rejection: TokenRejection) -> Diagnosis {
        // The fields have them whole.
        let client = LogSafeText.embedded(rejection.evidence.clientID ?? "unknown")
        let got = rejection.seen.map { LogSafeText.embedded(LogSafeText.clean($0, limit: 512)) } ?? "nothing"
        let expected = rejection.expected.map { LogSafeText.clean($0, limit: 512) } ?? "something else"
        return switch rejection.reason {
        case .audience:
            .warning("Bearer token rejected for client \(client): audience mismatch (got \(got), expected \(expected))")
        case .issuer, .tenant, .v1Token:
            .warning("Bearer token rejected for client \(client): issuer mismatch (got \(got), expected \(expected))")
        case .scopeMissing:
            .warning("Bearer token rejected for client \(client): missing scope (got \(got), expected \(expected))")
        case .roleMissing:
            .warning("Bearer token rejected for client \(client): missing app role (got \(got), expected \(expected))")
        case .malformed, .tooLarge, .encrypted, .algorithm, .signature, .firstPartyToken:
            .debug("Token validation failed: JWT signature/format invalid (\(got))")
        case .unknownKey, .keysUnavailable:
            .debug("Token validation failed: no signing key \(got)")
        case .expired:
            .debug("Token validation failed: expired token for client \(client) (exp \(got), required \(expected))")
        case .notYetValid:
            .debug(
                "Token validation failed: token not yet valid for client \(client) (nbf \(got), required \(expected))")
        case .idToken, .clientNotAllowed, .guest:
            .debug("Token validation failed: \(rejection.reason.rawValue) for client \(client)")
        }
    }

    private static func metadata(_ rejection: TokenRejection) -> Logger.Metadata {
        let evidence = rejection.evidence
        var metadata: Logger.Metadata = [
            "token.reject.reason": "\(rejection.reason.rawValue)", "token.reject.check": "\(rejection.check.rawValue)",
            "token.evidence": "\(evidence.isVerified ? "verified" : "unverified")",
        ]
        let values = [
            ("token.azp", evidence.clientID), ("token.tid", evidence.tenantID), ("token.kid", evidence.keyID),
            ("token.uti", evidence.tokenID), ("token.seen", rejection.seen), ("token.expected", rejection.expected),
            ("token.hint", rejection.reason.hint), ("token.help", rejection.reason.helpPage),
        ]
        for (name, value) in values where value != nil { metadata[name] = value.map { "\($0)" } }
        return metadata
    }
}
