internal import Auth
internal import HTTPSyntax
internal import JSON
internal import OpenSSL
internal import Testing

/// The tenant, applications and people of these tests.
enum Fixed {
    static let tenant = "7b1c2d3e-0000-4000-8000-0000000000aa"
    static let api = "a1000000-0000-4000-8000-000000000001"
    static let client = "c1000000-0000-4000-8000-000000000002"
    static let person = "0d000000-0000-4000-8000-000000000003"
    static let machine = "c5000000-0000-4000-8000-000000000007"
    static let machinePrincipal = "5e000000-0000-4000-8000-000000000004"
    static let issuer = "https://login.microsoftonline.com/\(tenant)/v2.0"
    static let v1Issuer = "https://sts.windows.net/\(tenant)/"
    /// The wall time at which ``ManualClock`` starts.
    static let now: Int64 = 1_790_000_000

    static func endpoints() throws -> EntraEndpoints { try EntraEndpoints(tenantID: tenant) }

    static func policy(
        requiredScopes: [String] = ["jobs"], acceptsV1Tokens: Bool = false, allowedClientIDs: Set<GUID> = [],
        allowsGuests: Bool = true, machineRoles: MachineRoles? = MachineRoles(), appIDURI: String? = nil
    ) throws -> TokenPolicy {
        TokenPolicy(
            endpoints: try endpoints(), clientID: try #require(GUID(api)), appIDURI: appIDURI,
            requiredScopes: requiredScopes, acceptsV1Tokens: acceptsV1Tokens, allowedClientIDs: allowedClientIDs,
            allowsGuests: allowsGuests, machineRoles: machineRoles)
    }

    static func metadata() throws -> ProtectedResourceMetadata {
        ProtectedResourceMetadata(
            baseURL: try #require(PublicURL("https://jobs-mcp.example.com")), authorizationServer: issuer,
            appIDURI: "api://\(api)",
            requiredScopes: ["jobs"])
    }
}

/// A key pair of the tenant, and the tokens it signs.
struct TokenMint {
    /// Making a key takes 100 ms, so all tests share these.
    static let first = TokenMint(id: "k-2026-a", key: Result { try SigningKey(generatingBits: 2048) })
    static let second = TokenMint(id: "k-2026-b", key: Result { try SigningKey(generatingBits: 2048) })

    let id: String
    let key: Result<SigningKey, any Error>

    /// The entry of the key document.
    func jwk(id: String? = nil, issuer: String? = nil, changing change: (inout JSONObject) -> Void = { _ in }) throws
        -> JSONValue
    {
        let key = try key.get()
        var members: JSONObject = [
            "kty": "RSA", "use": "sig", "kid": .string(id ?? self.id), "x5t": .string(id ?? self.id),
            "n": .string(Base64URL.encode(key.modulus)), "e": .string(Base64URL.encode(key.exponent)),
            "x5c": ["MIIB"],
        ]
        if let issuer { members["issuer"] = .string(issuer) }
        change(&members)
        return .object(members)
    }

    /// A token with the claims and header of a user's v2.0 token, as changed.
    func token(
        changing change: (inout JSONObject) -> Void = { _ in },
        header changeHeader: (inout JSONObject) -> Void = { _ in }
    ) throws -> String {
        var header: JSONObject = ["typ": "JWT", "alg": "RS256", "kid": .string(id)]
        changeHeader(&header)
        var claims = Self.userClaims
        change(&claims)
        return try token(header: Self.bytes(header), payload: Self.bytes(claims))
    }

    /// Signs any bytes as header and payload.
    func token(header: [UInt8], payload: [UInt8]) throws -> String {
        let signed = "\(Base64URL.encode(header)).\(Base64URL.encode(payload))"
        return "\(signed).\(Base64URL.encode(try key.get().signature(of: Array(signed.utf8))))"
    }

    static func bytes(_ object: JSONObject) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(.object(object))
        return writer.bytes
    }

    /// A user's v2.0 token, as Entra ID issues it.
    static var userClaims: JSONObject {
        [
            "aud": .string(Fixed.api), "iss": .string(Fixed.issuer), "iat": .integer(Fixed.now),
            "nbf": .integer(Fixed.now), "exp": .integer(Fixed.now + 4_512), "aio": "AAQA-standin",
            "azp": .string(Fixed.client), "azpacr": "0", "name": "Test Person", "oid": .string(Fixed.person),
            "preferred_username": "person@example.test", "rh": "1.AAAA-standin", "scp": "jobs",
            "sub": "pairwise-standin-0001", "tid": .string(Fixed.tenant), "uti": "standinUti0001", "ver": "2.0",
        ]
    }

    /// Turns a user's claims into those of an application.
    static func makeApplication(_ claims: inout JSONObject, roles: [String] = []) {
        for name in ["scp", "name", "preferred_username"] { claims[name] = nil }
        claims["azp"] = .string(Fixed.machine)
        claims["azpacr"] = "2"
        claims["idtyp"] = "app"
        claims["oid"] = .string(Fixed.machinePrincipal)
        claims["sub"] = .string(Fixed.machinePrincipal)
        if !roles.isEmpty { claims["roles"] = .array(roles.map(JSONValue.string)) }
    }

    /// A key document with the given entries.
    static func document(_ entries: [JSONValue]) -> [UInt8] { bytes(["keys": .array(entries)]) }
}
