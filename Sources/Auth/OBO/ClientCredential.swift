package import Observability

/// How this server proves to Entra ID that it is its app registration: one mode per process (E-70).
package enum ClientCredential: Sendable {
    /// A shared secret, `AZURE_CLIENT_SECRET`.
    case secret(Secret)

    /// The form fields that carry the proof.
    ///
    /// Their values are secrets.
    func formFields() -> [(name: String, value: String)] {
        switch self {
        case .secret(let secret): [("client_secret", secret.revealed)]
        }
    }

    /// Rises when the proof changes, so that tokens obtained with an older one are not reused (E-60).
    var generation: Int {
        switch self {
        case .secret: 0
        }
    }

    /// Whether a new proof can be made when Entra ID refuses the present one (E-71).
    var canBeRenewed: Bool {
        switch self {
        case .secret: false
        }
    }
}
