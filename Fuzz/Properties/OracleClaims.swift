internal import Auth
internal import Foundation

/// A token's header and payload as Foundation reads them, held once more against docs/requirements/sign-in.md.
enum OracleClaims {
    /// Requires that a token that was accepted meets every rule that an attacker would want to bend.
    static func requireAcceptable(
        header: [UInt8], payload: [UInt8], keyID: String, _ caller: AuthenticatedCaller
    ) throws(Violation) {
        try checkHeader(try object(header, "header"), keyID)
        let claims = try object(payload, "payload")
        try require(text(claims, "iss") == FuzzTenant.issuer, "E-08: the issuer is ours: \(claims)")
        try require(guid(claims, "tid") == FuzzTenant.tenantID, "E-09: the tenant is ours: \(claims)")
        let audience = (claims["aud"] as? [String])?.first ?? claims["aud"] as? String
        try require(audience?.lowercased() == FuzzTenant.clientID, "E-11: the audience is us: \(claims)")
        try require((claims["aud"] as? [Any])?.count ?? 1 == 1, "E-11: there is one audience: \(claims)")
        try require(text(claims, "ver") == "2.0", "E-16: the version is 2.0: \(claims)")
        let now = Double(FuzzTenant.now)
        let expiry = try require(number(claims, "exp"), "E-12: there is an expiry: \(claims)")
        let start = try require(number(claims, "nbf"), "E-12: there is a start: \(claims)")
        try require(expiry > now - 300 && start <= now + 300, "E-12: the token is valid now: \(claims)")

        try require(guid(claims, "oid") == caller.objectID.description, "E-15: the object is the token's: \(claims)")
        try require(caller.tenantID.description == FuzzTenant.tenantID, "E-15: the tenant is ours: \(claims)")
        for name in [caller.clientID, caller.tokenID].compactMap({ $0 }) {
            try LogSafety.require(name, limit: 65, "a caller's name")
        }
        switch caller {
        case .user(let user):
            try require(Double(user.expiresAt) == expiry, "the expiry is the token's: \(claims)")
            try checkUser(claims, user)
        case .application(let application): try checkApplication(claims, application)
        }
    }

    private static func checkUser(_ claims: [String: Any], _ user: Principal) throws(Violation) {
        let scopes = (text(claims, "scp") ?? "").split(separator: " ").map(String.init)
        try require(scopes.contains("jobs"), "E-14: the scope is granted: \(claims)")
        try require(text(claims, "idtyp") != "app", "E-84: a user's token is not an application's: \(claims)")
        try require(user.scopes == scopes, "the scopes are the token's: \(claims)")
    }

    private static func checkApplication(
        _ claims: [String: Any], _ application: ApplicationPrincipal
    ) throws(Violation) {
        let roles = claims["roles"] as? [String] ?? []
        try require(claims["scp"] == nil, "E-83: whoever has a scope is a user: \(claims)")
        try require(application.roles.mayRead == roles.contains("Jobs.Read"), "E-80: the read role: \(claims)")
        try require(application.roles.mayRun == roles.contains("Jobs.Run"), "E-80: the run role: \(claims)")
        try require(application.roles.mayRead || application.roles.mayRun, "E-81: there is a role: \(claims)")
        guard text(claims, "idtyp") != "app" else { return }
        try require(claims["idtyp"] == nil, "E-83: another idtyp is no application: \(claims)")
        let client = text(claims, "azpacr") ?? text(claims, "appidacr")
        try require(client == "1" || client == "2", "E-83: a public client is no application: \(claims)")
        let ofPersons = [
            "name", "preferred_username", "upn", "unique_name", "email", "nonce", "at_hash", "c_hash", "acct",
        ]
        try require(ofPersons.allSatisfy { claims[$0] == nil }, "E-83: a person's claims: \(claims)")
    }

    private static func checkHeader(_ header: [String: Any], _ keyID: String) throws(Violation) {
        try require(text(header, "alg") == "RS256", "E-03: the algorithm is RS256: \(header)")
        try require(text(header, "kid") == keyID, "E-06: the key is the tenant's: \(header)")
        try require(header["crit"] == nil, "E-04: nothing is critical: \(header)")
        try require(header["nonce"] == nil, "E-05: it is no token for Microsoft's own APIs: \(header)")
        let type = text(header, "typ")?.lowercased()
        try require(header["typ"] == nil || type == "jwt" || type == "at+jwt", "E-04: the type is JWT: \(header)")
    }

    private static func object(_ bytes: [UInt8], _ origin: String) throws(Violation) -> [String: Any] {
        try require(FoundationOracle.read(bytes) as? [String: Any], "an accepted token's \(origin) is a JSON object")
    }

    private static func text(_ object: [String: Any], _ name: String) -> String? { object[name] as? String }

    private static func guid(_ object: [String: Any], _ name: String) -> String? { text(object, name)?.lowercased() }

    private static func number(_ object: [String: Any], _ name: String) -> Double? {
        object[name] is String ? nil : (object[name] as? NSNumber)?.doubleValue
    }
}
