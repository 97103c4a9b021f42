package import JSON

/// What a token made on request shall look like: of any kind, sound or broken in one way.
package struct TokenOrder: Sendable {
    /// The sorts of token that clients send.
    package enum Kind: String, Sendable, CaseIterable {
        /// A person's access token for the server's application.
        case user
        /// An application's own access token for the server's application.
        case app
        /// An application token with the facets of an agent identity.
        case agent
        /// An ID token for the server's application.
        case id
        /// An access token for Microsoft Graph, whose visible bytes do not match its signature (E-05).
        case graph
        /// A Databricks token, as if the token endpoint had issued it: the workspace accepts it.
        case databricks
    }

    /// One thing that is wrong with a token.
    package enum Flaw: String, Sendable, CaseIterable {
        /// `exp` was an hour ago.
        case expired
        /// `nbf` is in an hour.
        case notYetValid = "not-yet-valid"
        /// `aud` is another application.
        case wrongAudience = "wrong-audience"
        /// `aud` holds several values.
        case severalAudiences = "several-audiences"
        /// `iss` is another authority.
        case wrongIssuer = "wrong-issuer"
        /// `tid` is another tenant.
        case wrongTenant = "wrong-tenant"
        /// There is no `scp`.
        case noScope = "no-scope"
        /// `scp` names other scopes.
        case otherScope = "other-scope"
        /// There is no `oid`.
        case noObjectID = "no-object-id"
        /// There is no `exp`.
        case noExpiry = "no-expiry"
        /// The header has a `nonce`, and the signature is over another header.
        case nonceHeader = "nonce-header"
        /// `kid` names no key.
        case unknownKey = "unknown-key"
        /// There is no `kid`.
        case noKey = "no-key"
        /// The signature is somebody else's.
        case badSignature = "bad-signature"
        /// `alg` is `none`, and the signature is empty.
        case algorithmNone = "alg-none"
        /// `alg` is `HS256`.
        case algorithmHS256 = "alg-hs256"
        /// The header has `crit`.
        case criticalHeader = "critical-header"
        /// The payload names a member twice.
        case duplicateClaim = "duplicate-claim"
        /// The payload is no JSON.
        case brokenPayload = "broken-payload"
        /// Five segments, like an encrypted token.
        case fiveSegments = "five-segments"
        /// Two segments.
        case twoSegments = "two-segments"
        /// The segments are padded with `=`.
        case padded
        /// More than 32 KiB.
        case tooLarge = "too-large"
    }

    /// What sort of token.
    package var kind: Kind
    /// The short name or object id of the person, for all kinds but applications.
    package var user: String
    /// The client id of the application that signed the person in, or that the token is for.
    package var clientID: String
    /// The `scp` claim.
    package var scopes: String
    /// 1 or 2; the API's setting when `nil`.
    package var version: Int?
    /// Seconds until it expires; drawn when `nil`.
    package var lifetime: Int64?
    /// Claims that replace those of the template; `null` removes one.
    package var claims: [String: JSONValue]
    /// Header members that replace those of the template; `null` removes one.
    package var header: [String: JSONValue]
    /// What is wrong with it.
    package var flaw: Flaw?

    /// Describes a token; see the properties.
    package init(
        kind: Kind = .user, user: String = "alice", clientID: String? = nil, scopes: String = "jobs",
        version: Int? = nil, lifetime: Int64? = nil, claims: [String: JSONValue] = [:],
        header: [String: JSONValue] = [:], flaw: Flaw? = nil
    ) {
        self.kind = kind
        self.user = user
        let isApplication = kind == .app || kind == .agent
        self.clientID = clientID ?? (isApplication ? SandboxIdentity.machineAppID : SandboxIdentity.clientAppID)
        self.scopes = scopes
        self.version = version
        self.lifetime = lifetime
        self.claims = claims
        self.header = header
        self.flaw = flaw
    }
}
