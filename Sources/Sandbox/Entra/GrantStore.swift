/// Codes and refresh tokens that can still be redeemed, and how the next sign-in goes.
struct GrantStore: Sendable {
    /// What a code stands for until it is redeemed.
    struct Code: Sendable {
        let clientID: String
        let redirect: Application.Redirect
        let redirectURI: String
        let user: String
        let scope: ScopeRequest
        let challenge: CodeChallenge?
        let nonce: String?
        /// What the request carried as its `claims` parameter.
        let claims: ClaimsParameter
        /// Seconds since 1970.
        let expiresAt: Int64
    }

    struct Refresh: Sendable {
        let clientID: String
        /// The platform of the redirect that the sign-in went through.
        let platform: Application.Platform
        /// When the person signed in, in seconds since 1970.
        let signedInAt: Int64
        /// When this token was issued, in seconds since 1970.
        var issuedAt: Int64
        let user: String
        let scope: ScopeRequest
        let claims: ClaimsParameter
        var isRevoked = false

        /// Why the token is too old: after 90 days without use, for a page after 24 hours in any case.
        func age(at now: Int64) -> EntraError? {
            if platform == .spa, now - signedInAt >= 86_400 { return EntraError(700084) }
            return now - issuedAt >= 90 * 86_400 ? EntraError(700082) : nil
        }
    }

    /// How the next visits to the authorize endpoint end.
    enum SignIn: String, Sendable, CaseIterable {
        case approve, deny
        case needsConsent = "needs-consent"
    }

    var codes: [String: Code] = [:]
    var refreshTokens: [String: Refresh] = [:]
    /// Who signs in when the request has no `login_hint`.
    var signInUser = "alice"
    var signIn = SignIn.approve
    /// Whether a page asks who signs in, instead of approving at once.
    var showsLoginPage = false
}

/// The `claims` parameter of an authorization request, as far as it changes the tokens.
struct ClaimsParameter: Sendable {
    /// Whether there was one: what a step-up asks for.
    let isPresent: Bool
    /// Whether it asked for `xms_cc`, by which a client declares that it handles claims challenges (E-101).
    let declaresCapability: Bool

    init(_ text: String?) {
        isPresent = text != nil
        declaresCapability = text?.contains("\"xms_cc\"") == true
    }
}

/// The PKCE challenge of an authorization request, RFC 7636.
struct CodeChallenge: Sendable {
    enum Method: String, Sendable {
        case sha256 = "S256"
        case plain
    }

    let value: String
    let method: Method
}
