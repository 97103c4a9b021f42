internal import JSON
internal import OpenSSL

// The token endpoint (E-174).

extension EntraState {
    /// Answers `POST /{tenant}/oauth2/v2.0/token`.
    mutating func token(tenant: String, _ exchange: EntraExchange) -> SandboxReply {
        do throws(EntraError) {
            return try grant(tenant: tenant, exchange)
        } catch {
            return exchange.refusal(error, address)
        }
    }

    private mutating func grant(tenant: String, _ exchange: EntraExchange) throws(EntraError) -> SandboxReply {
        guard exchange.request.method == "POST" else { throw EntraError(900561) }
        guard tenant == SandboxIdentity.tenantID else { throw .unknownTenant(tenant) }
        guard let fields = exchange.request.form, !fields.isEmpty else {
            throw EntraError(9_002_313, "The body is not an application/x-www-form-urlencoded form.")
        }
        if let name = fields.repeatedName {
            throw EntraError(9_002_313, "The parameter '\(name.prefix(64))' occurs more than once.")
        }
        let form = TokenForm(fields: fields)
        let grantType = try form.required("grant_type")
        guard let grant = GrantType(rawValue: grantType) else { throw EntraError(70003) }
        let client = try authenticate(form, exchange)
        switch grant {
        case .onBehalfOf: return try onBehalfOf(form, client, exchange)
        case .clientCredentials: return try clientCredentials(form, client, exchange)
        case .authorizationCode: return try redeemCode(form, client, exchange)
        case .refreshToken: return try refresh(form, client, exchange)
        }
    }

    private enum GrantType: String {
        case onBehalfOf = "urn:ietf:params:oauth:grant-type:jwt-bearer"
        case clientCredentials = "client_credentials"
        case authorizationCode = "authorization_code"
        case refreshToken = "refresh_token"
    }

    /// An application's token for one resource, in its own name.
    private mutating func clientCredentials(
        _ form: TokenForm, _ client: AuthenticatedClient, _ exchange: EntraExchange
    ) throws(EntraError) -> SandboxReply {
        try client.requireCredential()
        let scope = try form.required("scope")
        guard scope.hasSuffix("/.default"), !scope.contains(" ") else { throw EntraError(1_002_012) }
        let resource = String(scope.dropLast("/.default".count))
        guard let target = applications.first(where: { $0.isNamed(by: resource) }) else {
            throw .unknownResource(resource)
        }
        guard let index = applications.firstIndex(where: { $0.clientID == client.application.clientID }) else {
            throw EntraError(700016)
        }
        let step = applications[index].script.next()
        return try answer(step) { state throws(EntraError) in
            try state.applicationAnswer(client, for: target, resource: resource, now: exchange.now)
        }
    }

    private mutating func applicationAnswer(
        _ client: AuthenticatedClient, for target: Application, resource: String, now: Int64
    ) throws(EntraError) -> TokenAnswer {
        let templates = templates(now: now)
        let (application, credentialClass) = (client.application, client.credentialClass)
        let token: String
        switch target.clientID {
        case SandboxIdentity.databricksResourceID:
            let claims = templates.databricks(application, credentialClass: credentialClass)
            token = try minting { state throws(CryptoError) in try state.issueDatabricksToken(claims, now: now) }
        case SandboxIdentity.apiClientID:
            let version = accessTokenVersion
            let claims = templates.application(application, credentialClass: credentialClass, version: version)
            token = try minting { state throws(CryptoError) in try state.signed(claims, version: version) }
        default: throw .unknownResource(resource)
        }
        return TokenAnswer(accessToken: token, lifetime: templates.lifetime)
    }

    /// Runs an operation that signs; a failure of the cryptographic library is a fault of this service.
    mutating func minting(
        _ sign: (inout EntraState) throws(CryptoError) -> String
    ) throws(EntraError) -> String {
        do throws(CryptoError) { return try sign(&self) } catch { throw EntraError(90033, "Signing failed: \(error)") }
    }
}

/// The fields of a token request.
struct TokenForm: Sendable {
    let fields: [FormField]

    subscript(name: String) -> String? { fields[name] }

    /// The value of a field without which the request makes no sense (900144).
    func required(_ name: String) throws(EntraError) -> String {
        guard let value = fields[name], !value.isEmpty else { throw .missingParameter(name) }
        return value
    }
}

/// A successful answer of the token endpoint.
struct TokenAnswer: Sendable {
    var accessToken: String
    var lifetime: Int64
    var scope: String?
    var refreshToken: String?
    var identityToken: String?

    func reply(variant: OutcomeScript.Variant? = nil) -> SandboxReply {
        var members = Members(["token_type": "Bearer"])
        members.add("scope", scope.map(JSONValue.string))
        switch variant {
        case .noExpiresIn: break
        case .expiresInString: members.add("expires_in", .string(String(lifetime)))
        case .refreshIn: members.append(Members(["expires_in": 86_399, "refresh_in": 43_199]))
        default: members.add("expires_in", .integer(lifetime))
        }
        members.add("ext_expires_in", .integer(variant == .extExpiresInZero ? 0 : lifetime))
        members.add("access_token", variant == .emptyToken ? "" : .string(accessToken))
        members.add("refresh_token", refreshToken.map(JSONValue.string))
        members.add("id_token", identityToken.map(JSONValue.string))
        var reply = SandboxReply.json(200, members.value)
        if variant == .truncated { reply.body.removeLast(reply.body.count / 2) }
        if variant == .html { reply = .text(200, "<html><body>Sign in</body></html>", type: "text/html") }
        return reply
    }
}

extension EntraError {
    static func missingParameter(_ name: String) -> EntraError {
        EntraError(900144, "The request body must contain the parameter '\(name)'.")
    }

    static func unknownResource(_ resource: String) -> EntraError {
        EntraError(500011, "The resource principal named '\(resource.prefix(128))' was not found in the tenant.")
    }
}
