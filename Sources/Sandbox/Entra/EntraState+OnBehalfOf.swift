internal import JSON
internal import OpenSSL

extension EntraState {
    /// Exchanges a person's token for this application into one for Databricks (2.1, 7.5).
    mutating func onBehalfOf(
        _ form: TokenForm, _ client: AuthenticatedClient, _ exchange: EntraExchange
    ) throws(EntraError) -> SandboxReply {
        try client.requireCredential()
        let scope = try databricksScope(form)
        guard try form.required("requested_token_use") == "on_behalf_of" else {
            throw EntraError(9_002_313, "The value of 'requested_token_use' is not supported.")
        }
        let assertion = try checkedAssertion(try form.required("assertion"), client.application, now: exchange.now)
        guard let oid = assertion.claims["oid"]?.string, let index = users.firstIndex(where: { $0.objectID == oid })
        else { throw EntraError(50034) }
        guard client.application.hasDatabricksConsent else { throw EntraError(65001) }
        let step = users[index].script.next()
        switch step {
        case .code(let code): throw EntraError(code)
        case .claims(let claims): throw EntraError(50076, claims: claims)
        case .stepUp(let claims) where assertion.claims[TokenTemplates.stepUpMarker]?.bool != true:
            throw EntraError(50076, claims: claims)
        case .status(let status, let retryAfter): return .bare(status, retryAfter: retryAfter)
        case .drop: return .silence
        case .garbage: return .text(200, "garbage", type: "application/json")
        case .ok, .stepUp, .slow, .variant: break
        }
        let answer = try databricksAnswer(for: users[index], client, assertion, scope: scope, now: exchange.now)
        switch step {
        case .variant(let variant): return answer.reply(variant: variant)
        case .slow(let milliseconds):
            var reply = answer.reply()
            reply.delayMilliseconds = milliseconds
            return reply
        default: return answer.reply()
        }
    }

    private mutating func databricksAnswer(
        for user: DirectoryUser, _ client: AuthenticatedClient, _ assertion: CompactToken, scope: String, now: Int64
    ) throws(EntraError) -> TokenAnswer {
        let templates = templates(now: now)
        let claims = templates.databricks(
            user, clientID: client.application.clientID, credentialClass: client.credentialClass,
            assertionID: assertion.claims["uti"]?.string ?? "")
        let token = try minting { state throws(CryptoError) in try state.issueDatabricksToken(claims, now: now) }
        return TokenAnswer(accessToken: token, lifetime: templates.lifetime, scope: scope)
    }

    /// The `scope` of the answer; only Databricks can be asked for, as a whole or by its one permission.
    private func databricksScope(_ form: TokenForm) throws(EntraError) -> String {
        let asked = try form.required("scope").split(separator: " ").map(String.init)
        let resource = SandboxIdentity.databricksResourceID
        for scope in asked where !ScopeRequest.openIDScopes.contains(scope) {
            guard scope.hasPrefix("\(resource)/") else {
                throw .unknownResource(String(scope[..<(scope.lastIndex(of: "/") ?? scope.endIndex)]))
            }
            guard ["\(resource)/.default", "\(resource)/user_impersonation"].contains(scope) else {
                throw EntraError(650053, "The application asked for the scope '\(scope)', which does not exist.")
            }
        }
        guard asked.contains(where: { $0.hasPrefix(resource) }) else { throw EntraError(70011) }
        return "\(resource)/user_impersonation \(resource)/.default"
    }

    /// Checks the assertion in the order: form, signature, issuer and tenant, time, audience, kind.
    private func checkedAssertion(
        _ text: String, _ client: Application, now: Int64
    ) throws(EntraError) -> CompactToken {
        guard let token = CompactToken(text) else { throw EntraError(50027) }
        let claims = token.claims
        guard token.header["alg"]?.isString("RS256") == true, let kid = token.header["kid"]?.string,
            let entry = keys.entry(kid), entry.signed(token)
        else { throw EntraError(50013) }
        let issuers = [address.issuer(version: 1), address.issuer(version: 2)]
        guard let issuer = claims["iss"]?.string, issuers.contains(issuer),
            claims["tid"]?.isString(SandboxIdentity.tenantID) == true
        else { throw EntraError(50013, "The assertion was not issued by this tenant.") }
        guard let expiry = claims["exp"]?.integer, expiry > now, let start = claims["nbf"]?.integer, start <= now + 300
        else { throw EntraError(500133) }
        guard let audience = claims["aud"]?.string, client.isNamed(by: audience) else { throw EntraError(500131) }
        if claims["scp"] == nil || claims["idtyp"]?.isString("app") == true {
            let isApplication =
                claims["idtyp"]?.isString("app") == true || claims["oid"]?.string == claims["sub"]?.string
            throw isApplication ? EntraError(7_000_114) : EntraError(50013, "The assertion is not an access token.")
        }
        return token
    }
}

extension SandboxReply {
    /// A failure without Entra's error body: throttling as plain text, a fault as HTML (7.5).
    static func bare(_ status: Int, retryAfter: String?) -> SandboxReply {
        let reply: SandboxReply =
            status == 429
            ? .text(429, "Too many requests")
            : .text(status, "<html><body><h1>Service unavailable</h1></body></html>", type: "text/html")
        guard let retryAfter else { return reply }
        return reply.adding("Retry-After", retryAfter)
    }
}
