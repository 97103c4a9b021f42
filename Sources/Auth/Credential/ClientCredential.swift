package import Observability

/// How this server proves to Entra ID that it is its app registration: one mode per process (E-70).
package protocol ClientCredential: Sendable {
    /// Which of the modes this is.
    var mode: CredentialMode { get }

    /// Rises when the operator replaces what is behind the proof, so that tokens obtained with the older one are not
    /// reused (E-60).
    var generation: Int { get }

    /// When what is behind the proof expires, in seconds since 1970; `nil` where that is not known. Does not wait.
    var expiry: Int64? { get }

    /// The proof for the next request.
    ///
    /// - Parameter deadline: How long the caller can wait for it (E-98).
    /// - Returns: A proof that is good for this request.
    /// - Throws: ``CredentialError`` when there is none.
    func proof(deadline: ContinuousClock.Instant) async throws(CredentialError) -> ClientProof

    /// Another proof than one that Entra ID has refused with `code` (E-71, E-120, E-156).
    ///
    /// - Parameters:
    ///   - rejected: What was refused.
    ///   - code: The number after `AADSTS`.
    ///   - deadline: How long the caller can wait.
    /// - Returns: `nil` when there is no other one, or when another one would be refused just the same.
    func proof(
        insteadOf rejected: ClientProof, code: Int, deadline: ContinuousClock.Instant
    ) async -> ClientProof?

    /// Renews the proof ahead of need until the task is cancelled; returns at once where there is nothing to renew.
    func maintain() async

    /// Reads again what is in a file, because the operator says that it has changed.
    ///
    /// - Returns: What came of it; a file that cannot be used leaves the proof as it was.
    func reload() async -> CredentialReload
}

/// What came of reading a credential's file again.
package enum CredentialReload: String, Sendable {
    /// The file holds what is in use.
    case unchanged
    /// The file holds something else, which is used from now on.
    case replaced
    /// The file holds nothing that can be used; the former credential stays.
    case unusable
    /// There is no file, or it is read for every request anyway.
    case nothingToRead = "nothing_to_read"
}

extension ClientCredential {
    /// Not known: only a certificate says it.
    package var expiry: Int64? { nil }

    /// Nothing in a file.
    package func reload() async -> CredentialReload { .nothingToRead }

    /// Nothing to renew.
    package func maintain() async {}
}

/// The four ways to prove who this server is (E-70).
package enum CredentialMode: String, Sendable, CaseIterable {
    /// A shared secret.
    case secret
    /// A certificate whose key signs an assertion.
    case certificate
    /// A token file that the platform renews: workload identity on AKS.
    case workloadIdentity = "workload_identity"
    /// A token of the machine's managed identity.
    case managedIdentity = "managed_identity"

    /// Whether a refusal with this code can be cured by another proof of the kind (E-71, E-120, E-156).
    package func mayReplaceProof(after code: Int) -> Bool {
        switch self {
        case .secret: EntraErrorTable.secretCodes.contains(code)
        case .certificate, .workloadIdentity: EntraErrorTable.freshAssertionCodes.contains(code)
        case .managedIdentity:
            EntraErrorTable.freshAssertionCodes.contains(code) || EntraErrorTable.federationCodes.contains(code)
        }
    }
}

/// What proves the server's identity in one request to the token endpoint.
package struct ClientProof: Sendable {
    /// The secret or the assertion.
    package let value: Secret
    /// Whether ``value`` is an assertion and not the secret itself.
    let isAssertion: Bool
    /// Names the proof within its credential: to replace this one and no newer.
    let id: UInt64

    init(secret: Secret, id: UInt64) { self.init(value: secret, isAssertion: false, id: id) }

    init(assertion: Secret, id: UInt64) { self.init(value: assertion, isAssertion: true, id: id) }

    private init(value: Secret, isAssertion: Bool, id: UInt64) {
        self.value = value
        self.isAssertion = isAssertion
        self.id = id
    }

    /// The form fields of the request; their values are secrets (E-119).
    var formFields: [(name: String, value: String)] {
        guard isAssertion else { return [("client_secret", value.revealed)] }
        return [
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", value.revealed),
        ]
    }
}
