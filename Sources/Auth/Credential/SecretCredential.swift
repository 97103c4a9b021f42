internal import Logging
package import Observability

/// The registration's client secret, which a file may replace while the server runs (E-156).
package actor SecretCredential: ClientCredential {
    /// ``CredentialMode/secret``.
    package nonisolated let mode = CredentialMode.secret
    /// Rises when the file holds another secret.
    package nonisolated var generation: Int { replacements.current }

    private nonisolated let replacements = CredentialGeneration()
    private let file: CredentialFile?
    private var proof: ClientProof

    /// - Parameters:
    ///   - secret: The secret's value.
    ///   - file: Where it was read from, to be read again when Entra ID refuses it.
    package init(_ secret: Secret, file: CredentialFile? = nil) {
        self.file = file
        proof = ClientProof(secret: secret, id: 0)
    }

    /// The secret.
    package func proof(deadline: ContinuousClock.Instant) -> ClientProof { proof }

    /// The secret that the file holds by now, if it is another one: after 7000215 and 7000222 only.
    package func proof(insteadOf rejected: ClientProof, code: Int, deadline: ContinuousClock.Instant) -> ClientProof? {
        guard mode.mayReplaceProof(after: code) else { return nil }
        guard proof.id == rejected.id else { return proof }
        guard let secret = file?.secret(), secret != proof.value else { return nil }
        replace(by: secret)
        Logger.current.notice("client secret replaced by the file's", metadata: ["entra.code": "AADSTS\(code)"])
        return proof
    }

    /// Takes over the secret that the file holds.
    package func reload() async -> CredentialReload {
        guard let file else { return .nothingToRead }
        guard let secret = file.secret() else { return .unusable }
        guard secret != proof.value else { return .unchanged }
        replace(by: secret)
        return .replaced
    }

    private func replace(by secret: Secret) {
        proof = ClientProof(secret: secret, id: proof.id + 1)
        replacements.advance()
    }
}

extension ClientCredential where Self == SecretCredential {
    /// A secret that stays the same.
    package static func secret(_ secret: Secret) -> SecretCredential { SecretCredential(secret) }
}
