internal import HTTPSyntax
internal import JSON
internal import OpenSSL

extension EntraState {
    /// Makes a token to order, sound or broken.
    ///
    /// - Throws: ``SandboxError`` for an unknown user or application.
    mutating func forge(_ order: TokenOrder, now: Int64) throws -> String {
        let version = order.kind == .id ? 2 : order.kind == .databricks ? 1 : order.version ?? accessTokenVersion
        var claims = try claims(of: order, version: version, now: now)
        claims = claims.overridden(by: Members(sortedByName: order.claims))
        if order.kind == .databricks { return try issueDatabricksToken(claims, now: now) }
        let flaw = order.kind == .graph ? .nonceHeader : order.flaw
        if let flaw { flaw.spoil(&claims, now: now) }
        var header = Members()
        if let flaw { header.append(flaw.header(random.uuid())) }
        let token = try signed(
            claims, version: version, header: header.overridden(by: Members(sortedByName: order.header)))
        return try flaw.map { try $0.spoil(token, claims: claims, keys: keys) } ?? token
    }

    private mutating func claims(of order: TokenOrder, version: Int, now: Int64) throws -> Members {
        let templates = templates(now: now, lifetime: order.lifetime)
        guard let application = application(order.clientID) else {
            throw SandboxError(description: "There is no application '\(order.clientID)'.")
        }
        if order.kind == .app || order.kind == .agent {
            var claims = templates.application(application, version: version)
            if order.kind == .agent {
                claims.append(
                    Members([
                        "xms_act_fct": "3 9 11", "xms_sub_fct": "9 3 11",
                        "xms_par_app_azp": .string(SandboxIdentity.machineAppID),
                    ]))
            }
            return claims
        }
        guard let user = user(order.user) else {
            throw SandboxError(
                description: "There is no user '\(order.user)'. Users: \(users.map(\.name).joined(separator: ", ")).")
        }
        switch order.kind {
        case .id: return templates.identity(user, audience: SandboxIdentity.apiClientID, nonce: random.uuid())
        case .databricks:
            return templates.databricks(user, clientID: SandboxIdentity.apiClientID, assertionID: "control-api")
        case .graph:
            let claims = templates.user(user, clientID: order.clientID, scopes: "User.Read", version: 1)
            return claims.overridden(by: Members(["aud": "00000003-0000-0000-c000-000000000000"]))
        case .user, .app, .agent:
            return templates.user(user, clientID: order.clientID, scopes: order.scopes, version: version)
        }
    }
}

extension Members {
    init(sortedByName dictionary: [String: JSONValue]) {
        self.init()
        for (name, value) in dictionary.sorted(by: { $0.key < $1.key }) { add(name, value) }
    }
}

extension TokenOrder.Flaw {
    /// Changes the claims before they are signed.
    fileprivate func spoil(_ claims: inout Members, now: Int64) {
        switch self {
        case .expired: claims["exp"] = .integer(now - 3600)
        case .notYetValid: claims["nbf"] = .integer(now + 3600)
        case .wrongAudience: claims["aud"] = "b2000000-0000-4000-8000-00000000000b"
        case .severalAudiences:
            claims["aud"] = .array([claims["aud"] ?? .null, "b2000000-0000-4000-8000-00000000000b"])
        case .wrongIssuer: claims["iss"] = "https://login.attacker.example/v2.0"
        case .wrongTenant: claims["tid"] = "99999999-0000-4000-8000-000000000099"
        case .noScope: claims["scp"] = nil
        case .otherScope: claims["scp"] = "profile.read"
        case .noObjectID: claims["oid"] = nil
        case .noExpiry: claims["exp"] = nil
        case .tooLarge:
            claims["groups"] = .array((0..<900).map { .string("group-\($0)-of-a-person-in-very-many-groups") })
        default: break
        }
    }

    /// Header members that differ from the template's.
    fileprivate func header(_ random: String) -> Members {
        switch self {
        case .nonceHeader: Members(["nonce": .string(random)])
        case .unknownKey: Members(["kid": .string("unknown-\(random)")])
        case .noKey: Members(["kid": .null])
        case .algorithmNone: Members(["alg": "none"])
        case .algorithmHS256: Members(["alg": "HS256"])
        case .criticalHeader: Members(["crit": ["exp"]])
        default: Members()
        }
    }

    /// Changes the finished token.
    fileprivate func spoil(_ token: String, claims: Members, keys: KeyRing) throws -> String {
        let parts = token.split(separator: ".").map(String.init)
        switch self {
        case .algorithmNone: return "\(parts[0]).\(parts[1])."
        case .badSignature, .nonceHeader:
            return "\(parts[0]).\(parts[1]).\(try signature(of: "not this token", keys))"
        case .duplicateClaim:
            let payload =
                claims.value.serialized.dropLast() + Array(#","oid":"0d000000-0000-4000-8000-000000000003"}"#.utf8)
            let signed = "\(parts[0]).\(Base64URL.encode(Array(payload)))"
            return "\(signed).\(try signature(of: signed, keys))"
        case .brokenPayload:
            let signed = "\(parts[0]).\(Base64URL.encode(Array("{\"aud\":".utf8)))"
            return "\(signed).\(try signature(of: signed, keys))"
        case .fiveSegments: return "\(token).\(parts[0]).\(parts[1])"
        case .twoSegments: return "\(parts[0]).\(parts[1])"
        case .padded:
            let signed = "\(parts[0])=.\(parts[1])="
            return "\(signed).\(try signature(of: signed, keys))"
        default: return token
        }
    }

    private func signature(of text: String, _ keys: KeyRing) throws -> String {
        Base64URL.encode(try keys.active.key.signature(of: Array(text.utf8)))
    }
}
