internal import Auth

extension Settings {
    /// Who may call, and where clients sign in: everything that decides about an inbound token.
    ///
    /// | Variable | Default | Meaning |
    /// | --- | --- | --- |
    /// | `AZURE_TENANT_ID` | required | GUID of the Entra ID tenant (E-10) |
    /// | `AZURE_CLIENT_ID` | required | GUID of this server's app registration |
    /// | `MCP_CLIENT_ID` | `AZURE_CLIENT_ID` | the same, where a platform sets the other variable (E-113) |
    /// | `AZURE_AUTHORITY_HOST` | `login.microsoftonline.com` | the cloud's sign-in host (E-40, K-30) |
    /// | `AZURE_DISABLE_INSTANCE_DISCOVERY` | `false` | allow a sign-in host that is not Microsoft's (E-40) |
    /// | `AZURE_APP_ID_URI` | `api://{AZURE_CLIENT_ID}` | prefix of the advertised scopes (E-131) |
    /// | `MCP_REQUIRED_SCOPES` | `jobs` | short scope names every user token must carry (E-14) |
    /// | `MCP_ALLOWED_CLIENT_IDS` | empty, any client | the client applications that may call (E-18) |
    /// | `MCP_ALLOW_GUESTS` | `true` | whether guest accounts may call (E-19) |
    /// | `MCP_ACCEPT_V1_TOKENS` | `false` | whether v1.0 tokens of our own tenant and application pass (K-15) |
    /// | `MCP_CLOCK_SKEW_SECONDS` | 300 | how far clocks may be apart, 0 to 300 (E-12) |
    /// | `MCP_MACHINE_ACCESS` | `true` | whether applications may call for themselves (E-90) |
    /// | `MCP_MACHINE_READ_ROLE`, `MCP_MACHINE_RUN_ROLE` | `Jobs.Read`, `Jobs.Run` | the app roles that let them in (E-80) |
    /// | `MCP_CLAIMS_RELAY` | `auto` | who gets claims challenges: `auto`, `always` or `never` (E-101) |
    /// | `MCP_AS_METADATA_PROXY` | `false` | publish Entra ID's metadata as our own (E-137) |
    /// | `MCP_DOCUMENTATION_URL` | unset | page for people, in the metadata and on the connect page |
    /// | `JWKS_MAX_STALE` | `24h` | how long signing keys serve while Entra ID is away, 1h to 7d (E-36) |
    struct SignIn: Sendable {
        let endpoints: EntraEndpoints
        let clientID: GUID
        let appIDURI: String
        /// What a token must have to be let in.
        let policy: TokenPolicy
        /// When signing keys are fetched and how long they serve.
        let keyRefresh: KeyRefreshPolicy
        /// Which clients are told what else Entra ID demands of a sign-in.
        let claimsRelay: SignInRelay.Mode
        /// Whether this server publishes Entra ID's metadata as its own.
        let publishesServerMetadata: Bool
        /// The organisation's page about this server.
        let documentationURL: String?
        /// The document that tells clients how to sign in.
        func metadata(for baseURL: PublicURL) -> ProtectedResourceMetadata {
            ProtectedResourceMetadata(
                baseURL: baseURL, authorizationServer: publishesServerMetadata ? "\(baseURL)" : endpoints.issuer,
                appIDURI: appIDURI, requiredScopes: policy.requiredScopes, documentationURL: documentationURL)
        }
    }
}

extension Settings.SignIn {
    /// - Returns: `nil` when a problem was reported.
    init?(reading reader: inout SettingsReader) {
        let endpoints = Self.endpoints(reading: &reader)
        let client = Self.clientID(reading: &reader)
        let appIDURI = reader.value(
            "AZURE_APP_ID_URI", from: reader.text("AZURE_APP_ID_URI"), parse: SettingRules.identifierURI)
        let scopes = Self.requiredScopes(reading: &reader)
        let allowedClients = Self.allowedClients(reading: &reader)
        let acceptsV1Tokens = reader.boolean("MCP_ACCEPT_V1_TOKENS", default: false)
        let skew = reader.integer("MCP_CLOCK_SKEW_SECONDS", in: 0...300, default: 300)
        let allowsGuests = reader.boolean("MCP_ALLOW_GUESTS", default: true)
        let machineRoles = Self.machineRoles(reading: &reader)
        let staleness = reader.duration("JWKS_MAX_STALE", in: .hours(1) ... .hours(7 * 24), default: .hours(24))
        claimsRelay = reader.choice("MCP_CLAIMS_RELAY", default: .auto)
        publishesServerMetadata = reader.boolean("MCP_AS_METADATA_PROXY", default: false)
        documentationURL = reader.value(
            "MCP_DOCUMENTATION_URL", from: reader.text("MCP_DOCUMENTATION_URL"), parse: SettingRules.webPage)
        guard let endpoints, let client else { return nil }
        self.endpoints = endpoints
        clientID = client
        self.appIDURI = appIDURI ?? "api://\(client)"
        keyRefresh = KeyRefreshPolicy(maximumStaleness: staleness)
        policy = TokenPolicy(
            endpoints: endpoints, clientID: client, appIDURI: self.appIDURI, requiredScopes: scopes,
            clockSkew: Int64(skew), acceptsV1Tokens: acceptsV1Tokens, allowedClientIDs: allowedClients,
            allowsGuests: allowsGuests, machineRoles: machineRoles)
    }

    private static func endpoints(reading reader: inout SettingsReader) -> EntraEndpoints? {
        let isFree = reader.boolean("AZURE_DISABLE_INSTANCE_DISCOVERY", default: false)
        let tenant = reader.required("AZURE_TENANT_ID", "set it to the GUID of your Entra ID tenant")
        guard let tenant else { return nil }
        do throws(EntraSettingError) {
            return try EntraEndpoints(
                authorityHost: reader.text("AZURE_AUTHORITY_HOST") ?? "login.microsoftonline.com", tenantID: tenant,
                allowsUnknownAuthority: isFree)
        } catch {
            reader.report(error.variable, error.description)
            return nil
        }
    }

    /// On AKS the platform's own variable may name the managed identity instead of the registration (E-113).
    private static func clientID(reading reader: inout SettingsReader) -> GUID? {
        if let text = reader.text("MCP_CLIENT_ID") {
            return reader.value("MCP_CLIENT_ID", from: text, parse: SettingRules.guid)
        }
        let text = reader.required("AZURE_CLIENT_ID", "set it to the GUID of this server's app registration")
        return reader.value("AZURE_CLIENT_ID", from: text, parse: SettingRules.guid)
    }

    private static func requiredScopes(reading reader: inout SettingsReader) -> [String] {
        let scopes = reader.list("MCP_REQUIRED_SCOPES") ?? ["jobs"]
        do throws(SettingAdvice) { return try SettingRules.requiredScopes(scopes) } catch {
            reader.report("MCP_REQUIRED_SCOPES", error.text)
            return scopes
        }
    }

    private static func allowedClients(reading reader: inout SettingsReader) -> Set<GUID> {
        let clients = (reader.list("MCP_ALLOWED_CLIENT_IDS") ?? []).compactMap {
            reader.value("MCP_ALLOWED_CLIENT_IDS", from: $0, parse: SettingRules.guid)
        }
        return Set(clients)
    }

    private static func machineRoles(reading reader: inout SettingsReader) -> MachineRoles? {
        let isOn = reader.boolean("MCP_MACHINE_ACCESS", default: true)
        let names = MachineRoles()
        let roles = MachineRoles(
            read: role("MCP_MACHINE_READ_ROLE", default: names.read, reading: &reader),
            run: role("MCP_MACHINE_RUN_ROLE", default: names.run, reading: &reader))
        if roles.read == roles.run {
            reader.report(
                "MCP_MACHINE_RUN_ROLE", "must differ from MCP_MACHINE_READ_ROLE: reading is not starting (E-85)")
        }
        return isOn ? roles : nil
    }

    private static func role(
        _ name: String, default fallback: String, reading reader: inout SettingsReader
    ) -> String {
        let text = reader.text(name) ?? fallback
        if !ProtectedResourceMetadata.isScopeText(text) {
            reader.report(name, "must be the value of an app role such as \(fallback), without blanks and quotes")
        }
        return text
    }
}

extension Duration {
    /// Whole hours.
    static func hours(_ count: Int) -> Duration { .seconds(count * 3_600) }
}
