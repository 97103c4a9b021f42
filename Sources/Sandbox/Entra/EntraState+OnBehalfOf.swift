internal import JSON
internal import OpenSSL

extension EntraState {
    /// Exchanges a person's token for this application into one for Databricks (E-174).
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
        let user = users[index]
        let hasSteppedUp = assertion.claims[TokenTemplates.stepUpMarker]?.bool == true
        return try answer(step, hasSteppedUp: hasSteppedUp) { state throws(EntraError) in
            try state.databricksAnswer(for: user, client, assertion, scope: scope, now: exchange.now)
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
