internal import HTTPSyntax
internal import JSON
internal import OpenSSL

/// The application that a token request comes from, and whether it proved that.
struct AuthenticatedClient: Sendable {
    /// How an application proves what it is.
    enum Credential: Sendable {
        case secret, certificate, federated
    }

    let application: Application
    /// `nil` when the request had none, as those of public clients.
    let credential: Credential?

    var hasProvenIdentity: Bool { credential != nil }

    /// The value of `azpacr` and `appidacr` in tokens: 0 for none, 1 for a secret, 2 for an assertion.
    var credentialClass: String {
        switch credential {
        case nil: "0"
        case .secret: "1"
        case .certificate, .federated: "2"
        }
    }

    /// Refuses an application that sent no credential.
    func requireCredential() throws(EntraError) {
        guard hasProvenIdentity else { throw EntraError(7_000_218) }
    }
}

extension EntraState {
    /// Checks who sends a token request: secret in the body or in HTTP Basic, or a client assertion.
    mutating func authenticate(_ form: TokenForm, _ exchange: EntraExchange) throws(EntraError) -> AuthenticatedClient {
        let basic = try basicCredentials(exchange.request)
        let clientID: String
        if let basic { clientID = basic.id } else { clientID = try form.required("client_id") }
        if let posted = form["client_id"], posted.lowercased() != clientID.lowercased() {
            throw EntraError(9_002_313, "The client is named twice, and differently.")
        }
        guard let application = application(clientID) else { throw EntraError(700016) }
        if let secret = basic?.secret ?? form["client_secret"] {
            try check(secret, of: application, now: exchange.now)
            return AuthenticatedClient(application: application, credential: .secret)
        }
        guard form["client_assertion"] != nil || form["client_assertion_type"] != nil else {
            return AuthenticatedClient(application: application, credential: nil)
        }
        let credential = try check(assertionOf: application, form, now: exchange.now)
        return AuthenticatedClient(application: application, credential: credential)
    }

    private func check(_ secret: String, of application: Application, now: Int64) throws(EntraError) {
        guard !application.isPublic else { throw .publicClient }
        let matching = application.secrets.filter { constantTimeEqual($0.value, secret) }
        guard !matching.isEmpty else { throw EntraError(7_000_215) }
        guard matching.contains(where: { ($0.expiresAt ?? .max) > now }) else { throw EntraError(7_000_222) }
    }

    private func basicCredentials(_ request: SandboxRequest) throws(EntraError) -> (id: String, secret: String)? {
        guard let header = request.header("Authorization") else { return nil }
        let malformed = EntraError(9_002_313, "The Authorization header is not usable here.")
        guard header.hasPrefix("Basic "), let bytes = Base64.decode(strictly: String(header.dropFirst(6))) else {
            throw malformed
        }
        // RFC 6749, section 2.3.1: both parts are form-encoded before they are joined.
        let parts = bytes.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let id = FormField.parse(parts[0])?.first?.name,
            let secret = FormField.parse(Array("s=".utf8) + parts[1])?.first?.value
        else { throw malformed }
        return (id, secret)
    }
}

extension EntraError {
    static let publicClient = EntraError(700025, "The client is public: it must not send a credential.")
}
