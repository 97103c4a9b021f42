/// Why a bearer token was refused, with the evidence for it.
///
/// Holds no part of the token beyond ``evidence``.
package struct TokenRejection: Error, Sendable {
    /// A closed list (E-21): each case is a metric label, an operator's search term and a row in a test.
    package enum Reason: String, Sendable, CaseIterable {
        /// Not a JWS, not strict JSON, or without a member that every access token has (E-01, E-04, E-09).
        case malformed
        /// Larger than the limit, and therefore not looked into (E-02).
        case tooLarge = "too_large"
        /// Encrypted: a JWE with five segments (E-01).
        case encrypted = "jwe"
        /// Signed with anything but RS256 (E-03).
        case algorithm = "alg"
        /// Signed with a key that the tenant does not publish (E-06).
        case unknownKey = "kid_unknown"
        /// The signature does not match.
        case signature
        /// Issued by someone else (E-08, E-17, E-31).
        case issuer
        /// Issued for another tenant (E-09).
        case tenant
        /// Issued for another application (E-11).
        case audience
        /// Past its validity (E-12).
        case expired
        /// Before its validity (E-12).
        case notYetValid = "not_yet_valid"
        /// A v1.0 token, which must be switched on (E-16).
        case v1Token = "v1_token"
        /// A token for an API of Microsoft, which only that API can check (E-05).
        case firstPartyToken = "first_party_token"
        /// An ID token (E-13).
        case idToken = "id_token"
        /// A user's token without the required scopes (E-14).
        case scopeMissing = "scope_missing"
        /// An application's token without a known role (E-81).
        case roleMissing = "role_missing"
        /// Issued to a client that is not on the list (E-18).
        case clientNotAllowed = "client_not_allowed"
        /// A guest, where guests are switched off (E-19).
        case guest
        /// No usable signing keys: the fault is ours, not the token's (E-22).
        case keysUnavailable = "keys_unavailable"
    }

    /// Which of the closed list.
    package let reason: Reason
    /// The check that failed.
    package let check: TokenCheck
    /// What the token says of itself.
    package let evidence: TokenEvidence
    /// What the failed check saw, cleaned for a log.
    package let seen: String?
    /// What the failed check expected.
    package let expected: String?
}

extension TokenRejection.Reason {
    /// What to do about it, one sentence for the operator.
    package var hint: String {
        switch self {
        case .v1Token:
            "Set api.requestedAccessTokenVersion to 2 in the app registration's manifest, or MCP_ACCEPT_V1_TOKENS=true."
        case .firstPartyToken:
            "The client asked for a token of a Microsoft API; it must ask for this server's scope instead."
        case .audience:
            "The client must request the scope that this server's metadata document advertises."
        case .issuer, .tenant:
            "Compare AZURE_TENANT_ID and AZURE_AUTHORITY_HOST with the token's iss and tid."
        case .idToken:
            "The client sent its ID token; it must send the access token."
        case .scopeMissing:
            "Grant the client the delegated permission named in MCP_REQUIRED_SCOPES."
        case .roleMissing:
            "Assign the application one of this server's app roles, and see that the client asks for its token anew."
        case .clientNotAllowed:
            "Add the client's application id to MCP_ALLOWED_CLIENT_IDS if it may call this server."
        case .guest:
            "MCP_ALLOW_GUESTS=true admits guest accounts."
        case .keysUnavailable:
            "The signing keys could not be fetched from Entra ID; see the log records of jwks.refresh."
        case .unknownKey:
            "The token's key is not published by this tenant: check AZURE_TENANT_ID and AZURE_AUTHORITY_HOST."
        case .encrypted:
            "Turn off token encryption in the app registration."
        case .malformed:
            "The client must send the access token exactly as Entra ID issued it: three parts, nothing added or cut."
        case .tooLarge:
            "Turn off the groups claim in the app registration: this server needs no groups."
        case .algorithm:
            "The token does not come from Entra ID, which signs with RS256; check the client's authorization server."
        case .signature:
            "The token was altered on the way or made by somebody else; sign in again, and look for who sends it."
        case .expired:
            "The client must renew its token; if it just did, compare the clocks of this machine and Entra ID."
        case .notYetValid:
            "Compare the clock of this machine with Entra ID's: it is behind by more than the allowed skew."
        }
    }

    /// Where the documentation explains the reason, for the operator.
    package var helpPage: String { "docs/troubleshooting.md#\(rawValue)" }
}
