internal import JSON
internal import NIOConcurrencyHelpers

// Application registrations over HTTP.

extension Sandbox {
    func changeApplication(_ clientID: String, _ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(
            request,
            allowed: [
                "identifier_uris", "scopes", "secrets", "certificates", "federated_credentials", "redirects", "roles",
                "consent", "version", "preauthorized", "script",
            ])
        let version = try body.integer("version")
        guard version == nil || (version == 1 || version == 2) && clientID == SandboxIdentity.apiClientID else {
            throw SandboxError(description: "'version' is 1 or 2, and belongs to the API's application only.")
        }
        let redirects = try body.objects("redirects")?.map(Self.redirect)
        let secrets = try body.objects("secrets")?.map(Self.secret)
        let certificates = try body.strings("certificates")?.map(Self.certificate)
        let credentials = try body.objects("federated_credentials")?.map(Self.federatedCredential)
        let preauthorized = try body.strings("preauthorized")
        let scopes = try body.strings("scopes")
        let roles = try body.strings("roles")
        let consent = try body.boolean("consent")
        try changeApplication(clientID) { application in
            if let redirects { application.redirects = redirects }
            if let secrets { application.secrets = secrets }
            if let certificates { application.certificates = certificates }
            if let credentials { application.federatedCredentials = credentials }
            if let preauthorized { application.preauthorizedClients = preauthorized }
            if let scopes { application.scopes = scopes }
            if let roles { application.roles = roles }
            if let consent { application.hasDatabricksConsent = consent }
        }
        if let uris = try body.strings("identifier_uris") { try setIdentifierURIs(uris, app: clientID) }
        if let steps = try body.strings("script") { try script(app: clientID, steps) }
        if let version { entra.state.withLockedValue { $0.accessTokenVersion = Int(version) } }
        return .ok
    }

    private static func redirect(_ element: JSONElement) throws -> Application.Redirect {
        guard let uri = element["uri"]?.string,
            let platform = (element["platform"]?.string).flatMap(Application.Platform.init(rawValue:))
        else { throw SandboxError(description: "A redirect has 'uri' and 'platform': web, spa or public.") }
        return Application.Redirect(platform: platform, uri: uri)
    }

    private static func secret(_ element: JSONElement) throws -> Application.ClientSecret {
        guard let value = element["value"]?.string else {
            throw SandboxError(description: "A secret has 'value', and may have 'expires_at' in seconds since 1970.")
        }
        return Application.ClientSecret(value: value, expiresAt: element["expires_at"]?.integer)
    }

    private static func federatedCredential(_ element: JSONElement) throws -> FederatedCredential {
        guard let issuer = element["issuer"]?.string, let subject = element["subject"]?.string else {
            throw SandboxError(
                description: "A federated credential has 'issuer' and 'subject', and may have 'audience', "
                    + "'pending_requests' and 'active_from' in seconds since 1970.")
        }
        return FederatedCredential(
            issuer: issuer, subject: subject,
            audience: element["audience"]?.string ?? SandboxIdentity.tokenExchangeAudience,
            pendingRequests: Int(element["pending_requests"]?.integer ?? 0),
            activeFrom: element["active_from"]?.integer ?? 0)
    }
}
