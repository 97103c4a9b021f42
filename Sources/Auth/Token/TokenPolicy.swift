/// What this server demands of an access token: settings, read once and handed down.
package struct TokenPolicy: Sendable {
    /// Our tenant.
    package let tenantID: GUID
    /// Our app registration: the audience of v2.0 tokens (E-11).
    package let clientID: GUID
    /// The `iss` of v2.0 tokens (E-08).
    package let issuer: String
    /// The `iss` of v1.0 tokens, or `nil` where they are refused (E-16).
    package let v1Issuer: String?
    /// The App ID URIs that v1.0 tokens may name as audience (E-11).
    package let v1Audiences: [String]
    /// Short names of the scopes that a user's token must all carry (E-14).
    package let requiredScopes: [String]
    /// How far clocks may be apart, in seconds, 0 to 300 (E-12).
    package let clockSkew: Int64
    /// The clients that may call; empty means any (E-18).
    package let allowedClientIDs: Set<GUID>
    /// Whether guest accounts may call (E-19).
    package let allowsGuests: Bool
    /// The app roles that let applications in; `nil` where applications may not call at all (E-90).
    package let machineRoles: MachineRoles?
    /// What keys must name as their cloud if they name one (E-31); `nil` accepts any.
    package let cloudInstanceName: String?
    /// Larger tokens are not looked into, in bytes (E-02).
    package let maximumTokenBytes: Int

    /// Derives the policy from settings.
    ///
    /// - Parameters:
    ///   - endpoints: The tenant and its issuers.
    ///   - clientID: `AZURE_CLIENT_ID`.
    ///   - appIDURI: `AZURE_APP_ID_URI`; `nil` stands for `api://` and the client id.
    ///   - requiredScopes: `MCP_REQUIRED_SCOPES`.
    ///   - clockSkew: In seconds; values outside 0 to 300 are brought inside.
    ///   - acceptsV1Tokens: `MCP_ACCEPT_V1_TOKENS` (K-15).
    ///   - allowedClientIDs: `MCP_ALLOWED_CLIENT_IDS`.
    ///   - allowsGuests: `MCP_ALLOW_GUESTS`.
    ///   - machineRoles: `MCP_MACHINE_READ_ROLE` and `MCP_MACHINE_RUN_ROLE`; `nil` for `MCP_MACHINE_ACCESS=false`.
    ///   - maximumTokenBytes: The size limit of E-02.
    package init(
        endpoints: EntraEndpoints, clientID: GUID, appIDURI: String? = nil, requiredScopes: [String] = ["jobs"],
        clockSkew: Int64 = 300, acceptsV1Tokens: Bool = false, allowedClientIDs: Set<GUID> = [],
        allowsGuests: Bool = true, machineRoles: MachineRoles? = MachineRoles(), maximumTokenBytes: Int = 32 << 10
    ) {
        tenantID = endpoints.tenantID
        self.clientID = clientID
        issuer = endpoints.issuer
        v1Issuer = acceptsV1Tokens ? endpoints.v1Issuer : nil
        let defaultURI = "api://\(clientID)"
        v1Audiences = [defaultURI] + [appIDURI].compactMap { $0 == defaultURI ? nil : $0 }
        self.requiredScopes = requiredScopes
        self.clockSkew = min(max(clockSkew, 0), 300)
        self.allowedClientIDs = allowedClientIDs
        self.allowsGuests = allowsGuests
        self.machineRoles = machineRoles
        cloudInstanceName = endpoints.cloud?.instanceName
        self.maximumTokenBytes = maximumTokenBytes
        ownV1Issuer = endpoints.v1Issuer
    }

    /// Our tenant's v1.0 issuer whether accepted or not, to recognise such tokens.
    let ownV1Issuer: String

    /// Every audience that is accepted, for the log line that shows it (K-22).
    package var audiences: [String] {
        [clientID.description] + (v1Issuer == nil ? [] : v1Audiences)
    }
}
