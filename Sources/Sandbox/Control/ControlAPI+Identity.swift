internal import JSON

// Managed identity and workload identity over HTTP.

extension Sandbox {
    func setManagedIdentity(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(
            request,
            allowed: [
                "script", "lifetime_seconds", "expires", "reuse_tokens", "header", "claims", "arc_key_file",
            ])
        let lifetime = try body.integer("lifetime_seconds")
        let expiry = try body.choice("expires", ManagedIdentityOptions.Expiry.self)
        let reuses = try body.boolean("reuse_tokens")
        let header = try body.string("header")
        let claims = body.has("claims") ? try body.dictionary("claims") : nil
        let arcKeyFile = try body.string("arc_key_file")
        if let steps = try body.strings("script") { try scriptManagedIdentity(steps) }
        changeManagedIdentity { options in
            if let lifetime { options.lifetime = lifetime }
            if let expiry { options.expiry = expiry }
            if let reuses { options.reusesTokens = reuses }
            if let header { options.header = header }
            if let claims { options.claims = claims }
            if let arcKeyFile { options.arcKeyFile = arcKeyFile }
        }
        return managedIdentityReport
    }

    var managedIdentityReport: JSONValue {
        let options = managedIdentityOptions
        return Members([
            "client_id": .string(SandboxIdentity.identityClientID),
            "principal_id": .string(SandboxIdentity.identityPrincipalID),
            "lifetime_seconds": .integer(options.lifetime), "expires": .string(options.expiry.rawValue),
            "reuse_tokens": .bool(options.reusesTokens), "header": .string(options.header),
            "claims": Members(sortedByName: options.claims).value, "arc_key_file": .string(options.arcKeyFile),
        ]).value
    }

    func writeServiceAccountToken(_ request: SandboxRequest) throws -> JSONValue {
        let body = try ControlBody(request, allowed: ["path", "state", "claims"])
        try writeServiceAccountToken(
            to: try body.required("path"), try body.choice("state", ServiceAccountTokenState.self) ?? .valid,
            claims: try body.dictionary("claims"))
        return .ok
    }
}
