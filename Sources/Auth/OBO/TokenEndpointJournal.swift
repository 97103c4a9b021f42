internal import HTTPSyntax
internal import Logging
internal import NIOConcurrencyHelpers
internal import Observability

/// Writes how requests for tokens went, with the identifiers of the sign-in log (E-106) and never a token.
final class TokenEndpointJournal: Sendable {
    private struct State {
        var failures = BurstLimit<String>()
        var unknownCodes: Set<Int> = []
        var clockWarnings = BurstLimit<Bool>(limit: 1, per: .seconds(3_600))
    }

    /// Clocks further apart than this make times in tokens doubtful (E-162).
    private static let tolerableSkew: Int64 = 60

    private let state = NIOLockedValueBox(State())
    private let time: TimeSource

    init(time: TimeSource) { self.time = time }

    func succeeded(_ kind: TokenGrant.Kind, requestID: String?) {
        Logger.current.debug(
            "token obtained",
            metadata: [
                "grant": "\(kind.rawValue)",
                "entra.request_id": "\(requestID.map { LogSafeText.clean($0, limit: 64) } ?? "absent")",
            ])
    }

    func willRetry(_ error: OBOError, after pause: Duration) {
        Logger.current.info(
            "\(error.grant.name) will be repeated",
            metadata: [
                "entra.class": "\(error.failureClass.rawValue)", "error.detail": "\(error.detail)",
                "retry.after": "\(pause.logSeconds)",
            ])
    }

    func willReplaceProof(_ error: OBOError, mode: CredentialMode) {
        Logger.current.notice(
            "\(error.grant.name) will be repeated with another proof of this server's identity",
            metadata: ["credential.mode": "\(mode.rawValue)", "entra.code": "AADSTS\(error.code ?? 0)"])
    }

    /// - Parameters:
    ///   - error: What is reported to the caller.
    ///   - failure: The last attempt, if one was made.
    ///   - proof: What the server proved its identity with.
    func failed(_ error: OBOError, _ failure: OBOAttemptFailure? = nil, proof: ClientProof? = nil) {
        noteUnknownCode(failure?.unknownCode)
        let kind = "\(error.grant.rawValue) \(error.failureClass.rawValue) \(error.code ?? 0)"
        guard case .log(let suppressed) = state.withLockedValue({ $0.failures.admit(kind, at: time.now()) }) else {
            return
        }
        var metadata: Logger.Metadata = [
            "entra.class": "\(error.failureClass.rawValue)", "entra.correlation_id": "\(error.reference.correlationID)",
            "error.detail": "\(error.detail)",
        ]
        let values = [
            ("entra.code", error.code.map { "AADSTS\($0)" }), ("entra.trace_id", error.reference.traceID),
            ("entra.request_id", failure?.requestID), ("entra.timestamp", error.reference.timestamp),
            ("http.status", error.httpStatus.map { "\($0)" }),
            ("entra.description", failure?.answer?.logDescription), ("remedy", error.remedy),
            ("log.suppressed", suppressed > 0 ? "\(suppressed)" : nil),
        ]
        for (name, value) in values where value != nil { metadata[name] = value.map { "\($0)" } }
        metadata.merge(diagnostics(of: proof, for: error)) { $1 }
        Logger.current.log(level: Self.level(error.failureClass), "\(error.grant.name) failed", metadata: metadata)
    }

    /// E-121: what the federated credential must hold, word for word as the portal shows it.
    private func diagnostics(of proof: ClientProof?, for error: OBOError) -> Logger.Metadata {
        guard let proof, proof.isAssertion, error.code.map(EntraErrorTable.federationCodes.contains) ?? false,
            let claims = AssertionClaims(proof.value.revealed)
        else { return [:] }
        return [
            "expected.issuer": "\(claims.issuer ?? "absent")", "expected.subject": "\(claims.subject ?? "absent")",
            "expected.audience": "\(claims.audience ?? "absent")", "assertion.tenant": "\(claims.tenant ?? "absent")",
        ]
    }

    /// E-74: once per code, so that the table can be completed; bounded, because the numbers are not ours.
    private func noteUnknownCode(_ code: Int?) {
        guard let code else { return }
        let isNew = state.withLockedValue { $0.unknownCodes.count < 100 && $0.unknownCodes.insert(code).inserted }
        guard isNew else { return }
        Logger.current.notice("error code of Entra ID is not in the table", metadata: ["entra.code": "AADSTS\(code)"])
    }

    /// E-162: our clock decides about expiry, so it should be Entra ID's.
    func compareClocks(_ date: String?) {
        let ours = time.wallSeconds()
        guard let theirs = date.flatMap({ HTTPDate.seconds($0, now: ours) }) else { return }
        let difference = ours - theirs
        guard abs(difference) > Self.tolerableSkew,
            case .log = state.withLockedValue({ $0.clockWarnings.admit(true, at: time.now()) })
        else { return }
        Logger.current.warning(
            "the clock of this machine differs from Entra ID's", metadata: ["clock.difference": "\(difference)"])
    }

    private static func level(_ failureClass: EntraFailureClass) -> Logger.Level {
        switch failureClass {
        case .configuration: .error
        case .transient, .throttled, .protocolError: .warning
        case .reauthenticate, .interact, .consent, .denied: .info
        }
    }
}
