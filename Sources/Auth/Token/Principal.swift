package import Observability
package import OpenSSL

/// A signed-in user on whose behalf this server acts: what a validated token proved, and the token itself (E-23).
///
/// Made by ``BearerAuthenticator`` only. An application that calls for itself is an ``ApplicationPrincipal``, another
/// type, so that its token can never be exchanged On-Behalf-Of (E-52, E-88).
package struct Principal: Sendable {
    private let identity: VerifiedIdentity
    /// Short names of the delegated scopes.
    package let scopes: [String]
    /// SHA-256 of the token: names it in caches and, by its first digits, in the log (E-60, E-152).
    package let tokenDigest: SHA256Digest
    /// The token as it was sent: the assertion of the On-Behalf-Of exchange, sent to the authority only (E-51).
    package let assertion: Secret

    init(_ identity: VerifiedIdentity, scopes: [String], tokenDigest: SHA256Digest, assertion: Secret) {
        self.identity = identity
        self.scopes = scopes
        self.tokenDigest = tokenDigest
        self.assertion = assertion
    }

    /// Our tenant.
    package var tenantID: GUID { identity.tenantID }
    /// The user's object in the directory; with the tenant the only key to a user (E-15).
    package var objectID: GUID { identity.objectID }
    /// The application that the user signed in to.
    package var clientID: String? { identity.clientID }
    /// The token's own id (`uti`), as the sign-in log shows it.
    package var tokenID: String? { identity.tokenID }
    /// When the token expires, in seconds since 1970.
    package var expiresAt: Int64 { identity.expiresAt }
    /// Whether the client declared that it handles claims challenges (E-101).
    package var handlesClaimsChallenges: Bool { identity.handlesClaimsChallenges }
}
