internal import HTTPSyntax
internal import NIOConcurrencyHelpers
internal import OpenSSL

// Application registrations and their credentials, for tests in the same process.

extension Sandbox {
    /// Registers certificates for client assertions, in place of those that were registered.
    ///
    /// - Parameters:
    ///   - certificates: PEM text; a private key beside a certificate is skipped.
    ///   - app: The client id; the server's application by default.
    /// - Throws: ``SandboxError`` when a certificate cannot be read or there is no such application.
    package func setCertificates(_ certificates: [String], app: String = SandboxIdentity.apiClientID) throws {
        let parsed = try certificates.map(Self.certificate)
        try changeApplication(app) { $0.certificates = parsed }
    }

    /// Sets the federated credentials of an application, in place of those that it had.
    ///
    /// - Throws: ``SandboxError`` when there is no such application.
    package func setFederatedCredentials(
        _ credentials: [FederatedCredential], app: String = SandboxIdentity.apiClientID
    ) throws {
        try changeApplication(app) { $0.federatedCredentials = credentials }
    }

    /// Sets the only secret of an application; `nil` leaves it without.
    ///
    /// - Parameters:
    ///   - secret: The value.
    ///   - expiresAt: Seconds since 1970; `nil` never expires.
    ///   - app: The client id; the server's application by default.
    /// - Throws: ``SandboxError`` when there is no such application.
    package func setSecret(
        _ secret: String?, expiresAt: Int64? = nil, app: String = SandboxIdentity.apiClientID
    ) throws {
        try changeApplication(app) { application in
            application.secrets = secret.map { [Application.ClientSecret(value: $0, expiresAt: expiresAt)] } ?? []
        }
    }

    /// Sets the identifier URIs of an application, in place of those that it had (E-131).
    ///
    /// - Throws: ``SandboxError`` when Entra ID would not take one, or there is no such application.
    package func setIdentifierURIs(_ uris: [String], app: String = SandboxIdentity.apiClientID) throws {
        if let problem = uris.lazy.compactMap(IdentifierURI.problem).first { throw SandboxError(description: problem) }
        try changeApplication(app) { $0.identifierURIs = uris }
    }

    func changeApplication(_ clientID: String, _ change: (inout Application) -> Void) throws {
        let isKnown = entra.state.withLockedValue { state in
            guard let index = state.applications.firstIndex(where: { $0.clientID == clientID }) else { return false }
            change(&state.applications[index])
            return true
        }
        guard isKnown else { throw SandboxError(description: "There is no application '\(clientID)'.") }
    }

    /// Reads a certificate from PEM, or from the Base64 of its DER form.
    static func certificate(_ text: String) throws -> X509Certificate {
        do throws(CryptoError) {
            if let der = Base64.decode(strictly: text), !der.isEmpty { return try X509Certificate(der: der) }
            return try X509Certificate(pem: text)
        } catch {
            throw SandboxError(description: "A certificate cannot be read (PEM, or Base64 of DER): \(error).")
        }
    }
}
