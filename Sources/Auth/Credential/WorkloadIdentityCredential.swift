internal import Observability

/// The token of a Kubernetes service account, which is the assertion itself: workload identity on AKS (E-112).
package actor WorkloadIdentityCredential: ClientCredential {
    /// The longest token file that is read.
    package static let maximumBytes = 16_384

    /// ``CredentialMode/workloadIdentity``.
    package nonisolated let mode = CredentialMode.workloadIdentity
    /// Always 0: the platform renews the token, the operator replaces nothing.
    package nonisolated let generation = 0

    private let file: CredentialFile
    private var held: ClientProof?

    /// - Parameter path: `AZURE_FEDERATED_TOKEN_FILE`, read again for every request.
    package init(path: String) { file = CredentialFile(path: path, maximumBytes: Self.maximumBytes) }

    /// What the file holds now.
    package func proof(deadline: ContinuousClock.Instant) throws(CredentialError) -> ClientProof {
        guard let token = file.contents() else {
            throw CredentialError(.unusableFile, detail: "missing, empty or longer than \(Self.maximumBytes) bytes")
        }
        guard AssertionClaims.isCompactToken(token.revealed) else {
            throw CredentialError(.unusableFile, detail: "not a token")
        }
        if let held, held.value == token { return held }
        let proof = ClientProof(assertion: token, id: (held?.id ?? 0) + 1)
        held = proof
        return proof
    }

    /// What the file holds by now, if that is another token (E-71).
    package func proof(
        insteadOf rejected: ClientProof, code: Int, deadline: ContinuousClock.Instant
    ) -> ClientProof? {
        guard mode.mayReplaceProof(after: code), let proof = try? proof(deadline: deadline) else { return nil }
        return proof.id == rejected.id ? nil : proof
    }
}
