internal import Logging
internal import NIOConcurrencyHelpers
internal import Observability
internal import OpenSSL

/// A certificate whose key signs assertions; a replaced file is loaded without a restart.
package actor CertificateCredential: ClientCredential {
    /// In its last days a certificate is worth a warning.
    package static let warningDays: Int64 = 30

    /// ``CredentialMode/certificate``.
    package nonisolated let mode = CredentialMode.certificate
    /// Rises when the file holds another certificate.
    package nonisolated var generation: Int { replacements.current }
    /// The end of the validity of the certificate in use.
    package nonisolated var expiry: Int64? { validUntil.withLockedValue { $0 } }

    private nonisolated let replacements = CredentialGeneration()
    /// Beside ``file``, for those who cannot wait for the actor.
    private nonisolated let validUntil: NIOLockedValueBox<Int64>
    private let assertion: ClientAssertion
    private let time: TimeSource
    private var file: CertificateFile
    private var refusedStamp: CredentialFile.Stamp??
    private var held: (proof: ClientProof, until: ContinuousClock.Instant)?
    private var lastID: UInt64 = 0

    /// - Parameters:
    ///   - file: What was read at the start; looked at before every request.
    ///   - clientID: The application.
    ///   - endpoints: The tenant.
    ///   - time: The clocks.
    package init(file: CertificateFile, clientID: GUID, endpoints: EntraEndpoints, time: TimeSource = .system) {
        self.file = file
        self.time = time
        validUntil = NIOLockedValueBox(file.certificate.validUntil)
        assertion = ClientAssertion(clientID: clientID, audience: endpoints.tokenEndpoint)
    }

    /// The assertion at hand, or a new one some minutes before that expires.
    package func proof(deadline: ContinuousClock.Instant) throws(CredentialError) -> ClientProof {
        reloadIfChanged()
        if let held, time.now() < held.until { return held.proof }
        return try sign()
    }

    /// A newly signed assertion, unless somebody else has signed one since (E-71).
    package func proof(insteadOf rejected: ClientProof, code: Int, deadline: ContinuousClock.Instant) -> ClientProof? {
        guard mode.mayReplaceProof(after: code) else { return nil }
        reloadIfChanged()
        if let held, held.proof.id != rejected.id { return held.proof }
        return try? sign()
    }

    /// Takes over the certificate that the file holds.
    package func reload() async -> CredentialReload {
        let before = generation
        reloadIfChanged()
        if generation != before { return .replaced }
        return file.hasChanged ? .unusable : .unchanged
    }

    private func sign() throws(CredentialError) -> ClientProof {
        let secret: Secret
        do throws(CryptoError) {
            secret = try assertion.signed(by: file.certificate, at: time.wallSeconds())
        } catch {
            throw CredentialError(.signingFailed, detail: "\(error)")
        }
        lastID += 1
        let proof = ClientProof(assertion: secret, id: lastID)
        held = (proof, time.now() + ClientAssertion.reuse)
        return proof
    }

    /// Takes over what the file holds by now; a file that holds nothing usable leaves the present certificate.
    private func reloadIfChanged() {
        guard file.hasChanged else { return }
        do throws(CertificateFile.Problem) {
            let new = try CertificateFile(path: file.path, now: time.wallSeconds())
            let isOther = new.certificate.thumbprint != file.certificate.thumbprint
            (file, refusedStamp) = (new, nil)
            if isOther { announceReplacement() }
        } catch {
            refuse(error)
        }
    }

    private func announceReplacement() {
        held = nil
        let end = file.certificate.validUntil
        validUntil.withLockedValue { $0 = end }
        replacements.advance()
        Logger.current.notice(
            "client certificate replaced",
            metadata: [
                "certificate.sha256": "\(file.certificate.thumbprint.hexPrefix(12))",
                "certificate.days": "\(file.daysLeft(at: time.wallSeconds()))",
            ])
    }

    /// Once per state of the file.
    private func refuse(_ problem: CertificateFile.Problem) {
        let stamp = CredentialFile(path: file.path, maximumBytes: CertificateFile.maximumBytes).stamp
        guard refusedStamp != .some(stamp) else { return }
        refusedStamp = stamp
        Logger.current.error(
            "client certificate not replaced; the former one stays in use",
            metadata: ["problem": "the file \(problem.description)"])
    }
}
