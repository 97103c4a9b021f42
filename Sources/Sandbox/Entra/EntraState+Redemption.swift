internal import HTTPSyntax
internal import JSON
internal import OpenSSL

// Codes and refresh tokens at the token endpoint (E-174).

extension EntraState {
    /// Redeems an authorization code: once, within ten minutes, by the client and for the redirect it was made for.
    mutating func redeemCode(
        _ form: TokenForm, _ client: AuthenticatedClient, _ exchange: EntraExchange
    ) throws(EntraError) -> SandboxReply {
        guard let code = grants.codes.removeValue(forKey: try form.required("code")),
            code.clientID == client.application.clientID
        else { throw EntraError(54005) }
        guard code.expiresAt > exchange.now else { throw EntraError(70008, "The authorization code has expired.") }
        guard form["redirect_uri"] == code.redirectURI else {
            throw EntraError(50011, "The redirect URI differs from that of the authorization request.")
        }
        try checkPlatform(code.redirect.platform, client, exchange.request)
        if let challenge = code.challenge {
            try check(form["code_verifier"], against: challenge)
        } else if form["code_verifier"] != nil {
            throw EntraError(501481)
        }
        var scope = code.scope
        if form["scope"] != nil || form["resource"] != nil {
            scope = try scopeRequest(form["scope"] ?? code.scope.text, resource: form["resource"])
        }
        let grant = GrantStore.Refresh(
            clientID: code.clientID, platform: code.redirect.platform, signedInAt: exchange.now,
            issuedAt: exchange.now, user: code.user, scope: scope, claims: code.claims)
        return try issue(grant, nonce: code.nonce, replacing: nil, exchange)
    }

    /// Redeems a refresh token and replaces it by a new one.
    mutating func refresh(
        _ form: TokenForm, _ client: AuthenticatedClient, _ exchange: EntraExchange
    ) throws(EntraError) -> SandboxReply {
        let text = try form.required("refresh_token")
        guard let grant = grants.refreshTokens[text], grant.clientID == client.application.clientID else {
            throw EntraError(700082)
        }
        guard !grant.isRevoked else { throw EntraError(50173) }
        if let error = grant.age(at: exchange.now) { throw error }
        try checkPlatform(grant.platform, client, exchange.request)
        let isForItself = grant.scope.resource?.clientID == client.application.clientID
        if form["scope"] == nil, isForItself, !grant.scope.namesClientID {
            throw EntraError(90009, "The application asks a token for itself: name it by its GUID (5.1 c).")
        }
        let scope = try scopeRequest(form["scope"] ?? grant.scope.text, resource: form["resource"])
        let next = GrantStore.Refresh(
            clientID: grant.clientID, platform: grant.platform, signedInAt: grant.signedInAt, issuedAt: exchange.now,
            user: grant.user, scope: scope, claims: grant.claims)
        return try issue(next, nonce: nil, replacing: text, exchange)
    }

    private mutating func issue(
        _ grant: GrantStore.Refresh, nonce: String?, replacing spent: String?, _ exchange: EntraExchange
    ) throws(EntraError) -> SandboxReply {
        guard let index = users.firstIndex(where: { $0.name == grant.user }) else { throw EntraError(50034) }
        let step = users[index].signInScript.next()
        let user = users[index]
        return try answer(step) { state throws(EntraError) in
            if let spent { state.grants.refreshTokens[spent] = nil }
            return try state.answer(for: user, grant, nonce: nonce, now: exchange.now)
        }
    }

    private mutating func answer(
        for user: DirectoryUser, _ grant: GrantStore.Refresh, nonce: String?, now: Int64
    ) throws(EntraError) -> TokenAnswer {
        let templates = templates(now: now)
        let token = try accessToken(for: user, grant, templates)
        var answer = TokenAnswer(accessToken: token, lifetime: templates.lifetime, scope: grant.scope.text)
        if grant.scope.wantsRefreshToken {
            let text = "1.\(random.uniqueTokenID())\(random.uniqueTokenID())"
            grants.refreshTokens[text] = grant
            answer.refreshToken = text
        }
        if grant.scope.openID.contains("openid") {
            let claims = templates.identity(user, audience: grant.clientID, nonce: nonce)
            answer.identityToken = try minting { state throws(CryptoError) in try state.signed(claims, version: 2) }
        }
        return answer
    }

    private mutating func accessToken(
        for user: DirectoryUser, _ grant: GrantStore.Refresh, _ templates: TokenTemplates
    ) throws(EntraError) -> String {
        guard grant.scope.resource?.clientID == SandboxIdentity.apiClientID else {
            // Without a scope of the API the token is for Microsoft Graph, which nobody here can validate.
            return "graph.\(random.uniqueTokenID())"
        }
        let version = accessTokenVersion
        var claims = templates.user(
            user, clientID: grant.clientID, scopes: grant.scope.claim, version: version,
            handlesClaimsChallenges: grant.claims.declaresCapability)
        if grant.claims.isPresent { claims.add(TokenTemplates.stepUpMarker, true) }
        return try minting { state throws(CryptoError) in try state.signed(claims, version: version) }
    }

    /// The redirect's platform decides how its codes may be redeemed.
    private func checkPlatform(
        _ platform: Application.Platform, _ client: AuthenticatedClient, _ request: SandboxRequest
    ) throws(EntraError) {
        let isCrossOrigin = request.header("Origin") != nil
        switch platform {
        case .web: try client.requireCredential()
        case .spa where !isCrossOrigin:
            throw EntraError(9_002_327)
        case .publicClient where client.hasProvenIdentity: throw EntraError(700025)
        case .publicClient where isCrossOrigin:
            throw EntraError(9_002_326)
        case .spa, .publicClient: break
        }
    }

    private func check(_ verifier: String?, against challenge: CodeChallenge) throws(EntraError) {
        guard let verifier, (43...128).contains(verifier.utf8.count) else { throw EntraError(501481) }
        let computed =
            switch challenge.method {
            case .plain: verifier
            case .sha256: Base64URL.encode(SHA256.digest(verifier).bytes)
            }
        guard computed == challenge.value else { throw EntraError(501481) }
    }
}
