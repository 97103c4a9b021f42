internal import JSON
internal import OpenSSL

/// Everything that the stand-in for Entra ID remembers.
struct EntraState: Sendable {
    var address: EntraAddress
    var users = DirectoryUser.initial
    var applications: [Application]
    var keys: KeyRing
    var random: SeededGenerator
    /// The version of the tokens for the API: its registration's `requestedAccessTokenVersion`.
    var accessTokenVersion = 2
    /// Seconds for which issued tokens live; drawn for each when `nil`.
    var tokenLifetime: Int64?
    /// Whether a `resource` must equal the scope's prefix, rather than name the same application (E-173).
    var isResourceRuleStrict = false
    /// Databricks tokens that were issued, by `uti`: the workspace accepts no others.
    var databricksTokens: [String: DatabricksToken] = [:]
    var grants = GrantStore()

    init(address: EntraAddress, _ configuration: SandboxConfiguration) throws(CryptoError) {
        self.address = address
        applications = Application.initial(identifierURIs: configuration.identifierURIs)
        grants.showsLoginPage = configuration.showsLoginPage
        keys = try KeyRing()
        random = SeededGenerator(seed: configuration.seed)
    }

    func user(_ nameOrID: String) -> DirectoryUser? {
        let lowercase = nameOrID.lowercased()
        return users.first { user in
            user.name == nameOrID || user.objectID == lowercase || user.principalName.lowercased() == lowercase
        }
    }

    func application(_ clientID: String) -> Application? {
        applications.first { $0.clientID == clientID.lowercased() }
    }

    /// Templates for a token of a random lifetime of 60 to 90 minutes, as Entra draws it.
    mutating func templates(now: Int64, lifetime: Int64? = nil) -> TokenTemplates {
        let lifetime = lifetime ?? tokenLifetime ?? Int64.random(in: 3600...5400, using: &random)
        return TokenTemplates(address: address, now: now, lifetime: lifetime, uniqueID: random.uniqueTokenID())
    }

    /// Signs with the key in use.
    func signed(_ claims: Members, version: Int, header: Members = Members()) throws(CryptoError) -> String {
        let entry = keys.active
        var fields = Members(["typ": "JWT", "alg": "RS256", "kid": .string(entry.kid)])
        if version == 1 { fields.add("x5t", .string(entry.kid)) }
        return try CompactToken.encode(header: fields.overridden(by: header), claims: claims, key: entry.key)
    }

    /// Issues a Databricks token and remembers it, so that the workspace will accept it.
    mutating func issueDatabricksToken(_ claims: Members, now: Int64) throws(CryptoError) -> String {
        let token = try signed(claims, version: 1)
        guard case .string(let uniqueID) = claims["uti"], case .string(let oid) = claims["oid"],
            case .integer(let expiry) = claims["exp"]
        else { return token }
        if databricksTokens.count > 10_000 { databricksTokens = databricksTokens.filter { $0.value.expiresAt > now } }
        databricksTokens[uniqueID] = DatabricksToken(objectID: oid, expiresAt: expiry)
        return token
    }
}

/// A Databricks token that the token endpoint issued.
struct DatabricksToken: Sendable {
    let objectID: String
    /// Seconds since 1970.
    let expiresAt: Int64
    var isRevoked = false
}
