internal import JSON

/// The claims this server decides by, typed; all others are ignored (docs/requirements/sign-in.md).
///
/// A claim of the wrong type is `nil` here and named in ``unusable``, so that it can never pass as absent. Claims that
/// only inform, ``tokenID`` and ``handlesClaimsChallenges``, are ignored when they have another type: nothing is let in
/// by them, and nobody need be kept out.
struct TokenClaims: Sendable {
    /// Who the token is for: Entra ID writes one text, the JWT format allows several.
    enum Audience: Sendable, Equatable {
        case absent
        case one(String)
        case several([String])
    }

    let issuer: String?
    let audience: Audience
    let tenantID: String?
    let objectID: String?
    let version: String?
    let expiry: Int64?
    let notBefore: Int64?
    /// `azp` of v2.0 tokens, `appid` of v1.0 tokens.
    let clientID: String?
    /// `azpacr` or `appidacr`: how the client authenticated; "0" is a public client.
    let clientAuthentication: String?
    /// Short scope names, `nil` when there is no `scp` at all.
    let scopes: [String]?
    let roles: [String]
    let tokenID: String?
    /// `idtyp`: "app" or "user", an optional claim.
    let kind: String?
    /// `acct`: 0 for members, 1 for guests, an optional claim.
    let account: Int64?
    let identityProvider: String?
    /// Whether the client declared that it handles claims challenges (E-101).
    let handlesClaimsChallenges: Bool
    let hasProofOfPossession: Bool
    /// `nonce`, `at_hash` or `c_hash`: only ID tokens have them (E-13).
    let hasIDTokenMark: Bool
    /// A name or address of a person, which an application's token never has (E-83).
    let hasPersonalName: Bool
    /// Names of claims whose type is wrong.
    let unusable: [String]
}

extension TokenClaims {
    /// - Returns: `nil` unless `bytes` are one strict JSON object without duplicate names (E-09).
    init?(parsing bytes: [UInt8]) {
        guard let document = try? JSONDocument(parsing: bytes, limits: .token), document.root.isObject else {
            return nil
        }
        var reader = ClaimReader(root: document.root)
        issuer = reader.text("iss")
        audience = reader.audience("aud")
        tenantID = reader.text("tid")
        objectID = reader.text("oid")
        version = reader.text("ver")
        expiry = reader.integer("exp")
        notBefore = reader.integer("nbf")
        clientID = reader.text("azp") ?? reader.text("appid")
        clientAuthentication = reader.text("azpacr") ?? reader.text("appidacr")
        scopes = reader.text("scp").map { $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init) }
        roles = reader.texts("roles")
        tokenID = reader.root["uti"]?.string
        kind = reader.text("idtyp")
        account = reader.number("acct")
        identityProvider = reader.text("idp")
        handlesClaimsChallenges = reader.declares("cp1", in: "xms_cc")
        hasProofOfPossession = reader.has("cnf")
        hasIDTokenMark = reader.has("nonce") || reader.has("at_hash") || reader.has("c_hash")
        hasPersonalName = ["name", "preferred_username", "upn", "unique_name", "email"].contains { reader.has($0) }
        unusable = reader.unusable
    }
}

/// Reads claims by name and type, and remembers those that have another type.
private struct ClaimReader {
    let root: JSONElement
    private(set) var unusable: [String] = []

    init(root: JSONElement) { self.root = root }

    func has(_ name: String) -> Bool { root[name] != nil }

    mutating func text(_ name: String) -> String? {
        guard let element = root[name] else { return nil }
        if element.string == nil { unusable.append(name) }
        return element.string
    }

    /// A NumericDate: an integer, also when written with a zero fraction (E-12).
    mutating func integer(_ name: String) -> Int64? {
        guard let element = root[name] else { return nil }
        if element.integer == nil { unusable.append(name) }
        return element.integer
    }

    /// A small number, which some issuers write as text.
    mutating func number(_ name: String) -> Int64? {
        guard let element = root[name] else { return nil }
        if element.exactInteger == nil { unusable.append(name) }
        return element.exactInteger
    }

    /// Whether the list `name` holds `capability` in any case, as Microsoft's own libraries write it in either.
    func declares(_ capability: String, in name: String) -> Bool {
        root[name]?.elements.contains { $0.string?.lowercased() == capability } ?? false
    }

    mutating func texts(_ name: String) -> [String] {
        guard let element = root[name] else { return [] }
        let texts = element.elements.compactMap(\.string)
        guard element.isArray, texts.count == element.count else {
            unusable.append(name)
            return []
        }
        return texts
    }

    mutating func audience(_ name: String) -> TokenClaims.Audience {
        guard let element = root[name] else { return .absent }
        if let text = element.string { return .one(text) }
        let all = texts(name)
        if let only = all.first, all.count == 1 { return .one(only) }
        return all.isEmpty ? .absent : .several(all)
    }
}
