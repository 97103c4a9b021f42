internal import JSON

/// The claims of each kind of token, before overrides.
struct TokenTemplates: Sendable {
    let address: EntraAddress
    /// Seconds since 1970.
    let now: Int64
    let lifetime: Int64
    /// The token's `uti`.
    let uniqueID: String

    private static let tenantID = SandboxIdentity.tenantID

    private func common(audience: String, version: Int) -> Members {
        Members([
            "aud": .string(audience), "iss": .string(address.issuer(version: version)), "iat": .integer(now),
            "nbf": .integer(now), "exp": .integer(now + lifetime), "aio": "AAQA-sandbox", "rh": "1.AAAA-sandbox",
            "tid": .string(Self.tenantID), "uti": .string(uniqueID), "ver": version == 2 ? "2.0" : "1.0",
        ])
    }

    /// A person's access token for the API; the API's registration decides the version, not the client.
    func user(
        _ user: DirectoryUser, clientID: String, scopes: String, version: Int, handlesClaimsChallenges: Bool = true
    ) -> Members {
        let api = SandboxIdentity.apiClientID
        var claims = common(audience: version == 2 ? api : "api://\(api)", version: version)
        claims.add(version == 2 ? "azp" : "appid", .string(clientID))
        claims.add(version == 2 ? "azpacr" : "appidacr", "0")
        claims.append(person(user, audience: api, version: version))
        claims.add("scp", .string(scopes))
        claims.addUnlessEmpty("roles", user.roles.map(JSONValue.string))
        if handlesClaimsChallenges { claims.add("xms_cc", ["cp1"]) }
        return claims
    }

    /// An application's own access token for the API.
    func application(_ application: Application, credentialClass: String = "1", version: Int) -> Members {
        let api = SandboxIdentity.apiClientID
        let principal = application.principalID ?? application.clientID
        var claims = common(audience: version == 2 ? api : "api://\(api)", version: version)
        claims.add(version == 2 ? "azp" : "appid", .string(application.clientID))
        claims.add(version == 2 ? "azpacr" : "appidacr", .string(credentialClass))
        claims.add("idtyp", "app")
        claims.add("oid", .string(principal))
        claims.addUnlessEmpty("roles", application.roles.map(JSONValue.string))
        claims.add("sub", .string(principal))
        return claims
    }

    /// An ID token: the audience is the application that signed the person in.
    func identity(_ user: DirectoryUser, audience: String, nonce: String?) -> Members {
        var claims = common(audience: audience, version: 2)
        claims.append(person(user, audience: audience, version: 2))
        claims.add("nonce", nonce.map(JSONValue.string))
        return claims
    }

    /// A token for Databricks on a person's behalf; it names the assertion that it was exchanged for (E-177).
    func databricks(
        _ user: DirectoryUser, clientID: String, credentialClass: String = "1", assertionID: String
    ) -> Members {
        let resource = SandboxIdentity.databricksResourceID
        var claims = common(audience: resource, version: 1)
        claims.append(Members(["acr": "1", "amr": ["pwd"], "appid": .string(clientID)]))
        claims.add("appidacr", .string(credentialClass))
        claims.append(person(user, audience: resource, version: 1))
        claims.add("scp", "user_impersonation")
        claims.add(Self.assertionMarker, .string(assertionID))
        claims.add("sandbox_user", .string(user.name))
        return claims
    }

    /// A token for Databricks that stands for an application.
    func databricks(_ application: Application, credentialClass: String) -> Members {
        let principal = JSONValue.string(application.principalID ?? application.clientID)
        var claims = common(audience: SandboxIdentity.databricksResourceID, version: 1)
        claims.append(Members(["appid": .string(application.clientID), "appidacr": .string(credentialClass)]))
        claims.add("idtyp", "app")
        claims.append(Members(["oid": principal, "sub": principal]))
        return claims
    }

    /// A managed identity's token for the exchange into a token of an application.
    func managedIdentity(clientID: String, principalID: String, audience: String) -> Members {
        var claims = common(audience: audience, version: 2)
        claims.append(Members(["azp": .string(clientID), "azpacr": "2", "idtyp": "app"]))
        claims.append(Members(["oid": .string(principalID), "sub": .string(principalID)]))
        return claims
    }

    /// The claim of a Databricks token that holds the `uti` of the assertion behind it.
    static let assertionMarker = "sandbox_assertion_uti"

    /// The claim of a token that was issued after the user passed a claims challenge.
    static let stepUpMarker = "sandbox_step_up"

    private func person(_ user: DirectoryUser, audience: String, version: Int) -> Members {
        var claims = Members(["name": .string(user.displayName), "oid": .string(user.objectID)])
        let name = JSONValue.string(user.principalName)
        if version == 2 {
            claims.add("preferred_username", name)
        } else {
            claims.append(Members(["unique_name": name, "upn": name]))
        }
        claims.add("sub", .string(user.subject(for: audience)))
        if user.isGuest {
            claims.append(Members(["acct": 1, "idp": .string("\(address.baseURL)/fabrikam/")]))
        }
        return claims
    }
}
