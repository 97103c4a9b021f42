internal import Observability

/// What a validated token proved, without the token: this is what the verdict cache keeps (E-23).
///
/// One object per token, shared by all requests that carry it, so that a cache hit copies a reference and no strings.
final class VerifiedIdentity: Sendable {
    /// What the token permits, which differs by who speaks through it.
    enum Access: Sendable {
        /// A person, by delegated scopes; roles of a person count for nothing (E-86).
        case user(scopes: [String])
        /// An application, by app roles (E-81).
        case application(GrantedRoles)
    }

    let access: Access
    let tenantID: GUID
    let objectID: GUID
    let clientID: String?
    let tokenID: String?
    let expiresAt: Int64
    let handlesClaimsChallenges: Bool
    let hasProofOfPossession: Bool
    /// The key that signed it: the identity is worth nothing once the key is withdrawn (E-24).
    let key: PublishedKey
    /// What the access line says, as an audit wants it: Databricks sees one service principal for all applications
    /// (E-89).
    let facts: CallerFacts

    /// - Returns: `nil` when a claim is missing that every accepted token has.
    init?(_ claims: TokenClaims, roles: MachineRoles?, key: PublishedKey) {
        guard let tenantID = claims.tenantID.flatMap(GUID.init), let objectID = claims.objectID.flatMap(GUID.init),
            let expiresAt = claims.expiry, let access = Access(claims, roles: roles)
        else { return nil }
        self.access = access
        self.tenantID = tenantID
        self.objectID = objectID
        clientID = claims.clientID.map { LogSafeText.clean($0, limit: 64) }
        tokenID = claims.tokenID.map { LogSafeText.clean($0, limit: 64) }
        self.expiresAt = expiresAt
        handlesClaimsChallenges = claims.handlesClaimsChallenges
        hasProofOfPossession = claims.hasProofOfPossession
        self.key = key
        facts = CallerFacts(
            kind: access.kind, tenantID: "\(tenantID)", objectID: "\(objectID)", clientID: clientID, tokenID: tokenID,
            roles: access.roles)
    }
}

extension VerifiedIdentity.Access {
    fileprivate var kind: String {
        switch self {
        case .user: "user"
        case .application: "application"
        }
    }

    fileprivate var roles: String? {
        if case .application(let roles) = self { roles.text } else { nil }
    }

    fileprivate init?(_ claims: TokenClaims, roles: MachineRoles?) {
        switch CallerKind(claims) {
        case .user:
            guard let scopes = claims.scopes else { return nil }
            self = .user(scopes: scopes)
        case .application:
            guard let granted = roles?.granted(by: claims.roles), !granted.isEmpty else { return nil }
            self = .application(granted)
        case .idToken, .contradictory: return nil
        }
    }
}
