package import Observability
package import OpenSSL

/// A signed-in user on whose behalf this server acts: what a validated token proved, and the token itself (E-23).
///
/// Made by ``BearerAuthenticator`` only. An application calling for itself will be another type, so that its token can
/// never be exchanged On-Behalf-Of (E-52, E-88).
package struct Principal: Sendable {
    private let identity: VerifiedIdentity
    /// SHA-256 of the token: names it in caches and, by its first digits, in the log (E-60, E-152).
    package let tokenDigest: SHA256Digest
    /// The token as it was sent: the assertion of the On-Behalf-Of exchange, sent to the authority only (E-51).
    package let assertion: Secret

    init(_ identity: VerifiedIdentity, tokenDigest: SHA256Digest, assertion: Secret) {
        self.identity = identity
        self.tokenDigest = tokenDigest
        self.assertion = assertion
    }

    /// Our tenant.
    package var tenantID: GUID { identity.tenantID }
    /// The user's object in the directory; with the tenant the only key to a user (E-15).
    package var objectID: GUID { identity.objectID }
    /// The application that the user signed in to.
    package var clientID: String? { identity.clientID }
    /// Short names of the delegated scopes.
    package var scopes: [String] { identity.scopes }
    /// The token's own id (`uti`), as the sign-in log shows it.
    package var tokenID: String? { identity.tokenID }
    /// When the token expires, in seconds since 1970.
    package var expiresAt: Int64 { identity.expiresAt }
    /// Whether the client declared that it handles claims challenges (E-101).
    package var handlesClaimsChallenges: Bool { identity.handlesClaimsChallenges }
}

/// What a validated token proved, without the token: this is what the verdict cache keeps.
///
/// One object per token, shared by all requests that carry it, so that a cache hit copies a reference and no strings.
final class VerifiedIdentity: Sendable {
    let tenantID: GUID
    let objectID: GUID
    let clientID: String?
    let scopes: [String]
    let tokenID: String?
    let expiresAt: Int64
    let handlesClaimsChallenges: Bool
    let hasProofOfPossession: Bool
    /// The key that signed it: the identity is worth nothing once the key is withdrawn (E-24).
    let key: PublishedKey

    /// - Returns: `nil` when a claim is missing that every accepted token has.
    init?(_ claims: TokenClaims, key: PublishedKey) {
        guard let tenantID = claims.tenantID.flatMap(GUID.init), let objectID = claims.objectID.flatMap(GUID.init),
            let expiresAt = claims.expiry, CallerKind(claims) == .user, let scopes = claims.scopes
        else { return nil }
        self.tenantID = tenantID
        self.objectID = objectID
        clientID = claims.clientID.map { LogSafeText.clean($0, limit: 64) }
        self.scopes = scopes
        tokenID = claims.tokenID.map { LogSafeText.clean($0, limit: 64) }
        self.expiresAt = expiresAt
        handlesClaimsChallenges = claims.handlesClaimsChallenges
        hasProofOfPossession = claims.hasProofOfPossession
        self.key = key
    }
}
