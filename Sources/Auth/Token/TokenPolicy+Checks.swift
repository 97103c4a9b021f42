/// What a check of the claims may look at besides the claims.
struct TokenCheckContext {
    /// The key that the header names, if the tenant publishes it.
    let key: PublishedKey?
    /// Seconds since 1970.
    let now: Int64
}

/// One check of the claims.
private typealias ClaimsCheck = @Sendable (TokenPolicy) -> (TokenClaims, TokenCheckContext) -> TokenCheckResult

extension TokenPolicy {
    /// The checks after the signature, in the order of ``TokenCheck``.
    private static let claimsChecks: [ClaimsCheck] = [
        checkVersion, checkIssuer, checkTenant, checkAudience, checkExpiry, checkNotBefore, checkKind, checkObject,
        checkClient, checkGuest, checkPermission,
    ]

    /// Runs every check on the claims; none stops the others.
    func check(_ claims: TokenClaims?, in context: TokenCheckContext) -> [TokenCheckResult] {
        guard let claims else {
            return TokenCheck.allCases.drop { $0 != .version }.map(TokenCheckResult.notReached)
        }
        return Self.claimsChecks.map { $0(self)(claims, context) }
    }

    /// E-16, E-17: the version must be one we accept, and the one that goes with the issuer.
    private func checkVersion(_ claims: TokenClaims, _ context: TokenCheckContext) -> TokenCheckResult {
        let seen = "\(claims.version ?? "absent") from \(claims.issuer ?? "nobody")"
        if claims.version == "1.0" || claims.issuer == ownV1Issuer {
            guard v1Issuer != nil else {
                // Each resource chooses its own version: with a token for another one, that is what is wrong.
                return isForUs(claims)
                    ? .failed(.version, .v1Token, seen: seen, expected: "2.0 from \(issuer)") : .notReached(.version)
            }
            return claims.version == "1.0" && claims.issuer == v1Issuer
                ? .passed(.version, seen: "1.0") : .failed(.version, .issuer, seen: seen, expected: v1Issuer)
        }
        return claims.version == "2.0"
            ? .passed(.version, seen: "2.0")
            : .failed(.version, .issuer, seen: claims.version ?? "absent", expected: "2.0")
    }

    /// E-08, E-31: the issuer is ours to the letter, and the key is one of that issuer's.
    ///
    /// Our tenant's v1.0 issuer is no mistake in a v1.0 token that ``checkVersion`` or ``checkAudience`` refuses.
    private func checkIssuer(_ claims: TokenClaims, _ context: TokenCheckContext) -> TokenCheckResult {
        if v1Issuer == nil, claims.version == "1.0", claims.issuer == ownV1Issuer {
            return .passed(.issuer, seen: claims.issuer)
        }
        let accepted = [issuer] + [v1Issuer].compactMap { $0 }
        guard let seen = claims.issuer, accepted.contains(seen) else {
            return .failed(
                .issuer, .issuer, seen: claims.issuer ?? "absent", expected: accepted.joined(separator: ", "))
        }
        guard let key = context.key else { return .passed(.issuer, seen: seen) }
        guard key.maySign(for: seen, tenantID: claims.tenantID, cloud: cloudInstanceName) else {
            return .failed(.issuer, .issuer, seen: "a key of \(key.issuer ?? "another cloud")", expected: seen)
        }
        return .passed(.issuer, seen: seen)
    }

    /// E-09.
    private func checkTenant(_ claims: TokenClaims, _ context: TokenCheckContext) -> TokenCheckResult {
        claims.tenantID.flatMap(GUID.init) == tenantID
            ? .passed(.tenant, seen: claims.tenantID)
            : .failed(.tenant, .tenant, seen: claims.tenantID ?? "absent", expected: tenantID.description)
    }

    /// E-11: one audience, and that is us.
    private func checkAudience(_ claims: TokenClaims, _ context: TokenCheckContext) -> TokenCheckResult {
        isForUs(claims)
            ? .passed(.audience, seen: claims.audience.text)
            : .failed(
                .audience, .audience, seen: claims.audience.text ?? "absent",
                expected: audiences.joined(separator: ", "))
    }

    /// Whether the audience is the client id, or in a v1.0 token an App ID URI with at most one slash too many (E-11).
    private func isForUs(_ claims: TokenClaims) -> Bool {
        guard case .one(let audience) = claims.audience else { return false }
        if GUID(audience) == clientID { return true }
        let uri = audience.hasSuffix("/") ? String(audience.dropLast()) : audience
        return claims.version == "1.0" && (v1Audiences.contains(uri) || v1Audiences.contains(audience))
    }

    /// E-12.
    private func checkExpiry(_ claims: TokenClaims, _ context: TokenCheckContext) -> TokenCheckResult {
        guard let expiry = claims.expiry else { return .notReached(.expiry) }
        return expiry > context.now - clockSkew
            ? .passed(.expiry, seen: "\(expiry)")
            : .failed(.expiry, .expired, seen: "\(expiry)", expected: "after \(context.now - clockSkew)")
    }

    /// E-12.
    private func checkNotBefore(_ claims: TokenClaims, _ context: TokenCheckContext) -> TokenCheckResult {
        guard let notBefore = claims.notBefore else { return .notReached(.notBefore) }
        return notBefore <= context.now + clockSkew
            ? .passed(.notBefore, seen: "\(notBefore)")
            : .failed(.notBefore, .notYetValid, seen: "\(notBefore)", expected: "until \(context.now + clockSkew)")
    }

    /// E-13, E-84.
    private func checkKind(_ claims: TokenClaims, _ context: TokenCheckContext) -> TokenCheckResult {
        switch CallerKind(claims) {
        case .user: .passed(.kind, seen: "user")
        case .application: .passed(.kind, seen: "application")
        case .idToken: .failed(.kind, .idToken, seen: "no scp, ID token", expected: "an access token")
        case .contradictory: .failed(.kind, .malformed, seen: "idtyp app with scp", expected: "one of the two")
        }
    }

    /// E-15.
    private func checkObject(_ claims: TokenClaims, _ context: TokenCheckContext) -> TokenCheckResult {
        claims.objectID.flatMap(GUID.init) != nil
            ? .passed(.object, seen: claims.objectID)
            : .failed(
                .object, .malformed, seen: claims.objectID == nil ? "oid absent" : "oid no GUID", expected: "a GUID")
    }

    /// E-18.
    private func checkClient(_ claims: TokenClaims, _ context: TokenCheckContext) -> TokenCheckResult {
        guard !allowedClientIDs.isEmpty else { return .passed(.client, seen: claims.clientID) }
        guard let client = claims.clientID.flatMap(GUID.init), allowedClientIDs.contains(client) else {
            return .failed(
                .client, .clientNotAllowed, seen: claims.clientID ?? "absent", expected: "one of MCP_ALLOWED_CLIENT_IDS"
            )
        }
        return .passed(.client, seen: claims.clientID)
    }

    /// E-19: `acct` says it plainly; without it, a foreign identity provider does.
    private func checkGuest(_ claims: TokenClaims, _ context: TokenCheckContext) -> TokenCheckResult {
        let isForeign = claims.identityProvider.map { ![issuer, ownV1Issuer].contains($0) } ?? false
        let isGuest = claims.account.map { $0 == 1 } ?? isForeign
        guard isGuest else { return .passed(.guest, seen: "member") }
        return allowsGuests
            ? .passed(.guest, seen: "guest") : .failed(.guest, .guest, seen: "guest", expected: "a member")
    }

    /// E-14 for users, E-81 for applications.
    private func checkPermission(_ claims: TokenClaims, _ context: TokenCheckContext) -> TokenCheckResult {
        switch CallerKind(claims) {
        case .idToken, .contradictory: .notReached(.permission)
        case .application: checkRoles(claims)
        case .user: checkScopes(claims)
        }
    }

    /// Entra ID issues a token to any application of the tenant that asks for one: only a role lets it in (E-92).
    private func checkRoles(_ claims: TokenClaims) -> TokenCheckResult {
        let seen = claims.roles.isEmpty ? "no role" : claims.roles.joined(separator: " ")
        guard let machineRoles else {
            return .failed(.permission, .roleMissing, seen: seen, expected: "a user, as MCP_MACHINE_ACCESS is false")
        }
        return machineRoles.granted(by: claims.roles).isEmpty
            ? .failed(
                .permission, .roleMissing, seen: seen, expected: "\(machineRoles.read) or \(machineRoles.run)")
            : .passed(.permission, seen: seen)
    }

    private func checkScopes(_ claims: TokenClaims) -> TokenCheckResult {
        let granted = claims.scopes ?? []
        let isSufficient = !granted.isEmpty && requiredScopes.allSatisfy(granted.contains)
        return isSufficient
            ? .passed(.permission, seen: granted.joined(separator: " "))
            : .failed(
                .permission, .scopeMissing, seen: granted.joined(separator: " "),
                expected: requiredScopes.joined(separator: " "))
    }
}
