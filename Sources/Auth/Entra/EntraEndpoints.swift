/// The addresses and names of one Entra ID tenant, all derived from two settings (E-30).
///
/// Nothing here comes from a document that somebody else wrote, so no answer can send a token elsewhere (E-159, E-161).
package struct EntraEndpoints: Sendable, Equatable {
    /// The cloud, or `nil` for an authority of another kind: a stand-in or an air-gapped cloud.
    package let cloud: EntraCloud?
    /// Scheme, host and, for a stand-in, port: `https://login.microsoftonline.com`.
    package let authority: String
    /// The tenant's GUID in lower case.
    package let tenantID: GUID

    /// The `iss` of v2.0 access tokens, and the authorization server that clients are sent to (E-08, E-134).
    package let issuer: String
    /// The `iss` of v1.0 access tokens (E-16).
    package let v1Issuer: String
    /// Where users sign in.
    package let authorizationEndpoint: String
    /// Where tokens are exchanged.
    package let tokenEndpoint: String
    /// The key document of v2.0 tokens.
    package let jwksURL: String
    /// The key document of v1.0 tokens.
    package let v1JWKSURL: String
    /// The tenant's OpenID Connect metadata.
    package let discoveryURL: String

    /// Derives everything from the settings `AZURE_AUTHORITY_HOST` and `AZURE_TENANT_ID`.
    ///
    /// - Parameters:
    ///   - authorityHost: A host name of ``EntraCloud``, with or without `https://`; or a loopback address with
    ///     `http://`, which is how the sandbox attaches (K-30).
    ///   - tenantID: A GUID. A domain name would work for the addresses but can never match `iss` (E-10).
    ///   - allowsUnknownAuthority: `AZURE_DISABLE_INSTANCE_DISCOVERY`: accept any other `https` host (E-40).
    /// - Throws: ``EntraSettingError``, which names the variable and the fix.
    package init(
        authorityHost: String = "login.microsoftonline.com", tenantID: String, allowsUnknownAuthority: Bool = false
    ) throws(EntraSettingError) {
        let tenant = try Self.tenant(tenantID)
        let authority = try AuthorityURL(authorityHost)
        cloud = EntraCloud(authorityHost: authority.host)
        guard cloud != nil || authority.isLoopback || allowsUnknownAuthority else {
            throw EntraSettingError(.unknownAuthority, variable: "AZURE_AUTHORITY_HOST")
        }
        self.tenantID = tenant
        self.authority = cloud.map { "https://\($0.authorityHost)" } ?? authority.origin
        let base = "\(self.authority)/\(tenant)"
        issuer = "\(base)/v2.0"
        v1Issuer = cloud.map { "https://\($0.v1IssuerHost)/\(tenant)/" } ?? "\(base)/"
        authorizationEndpoint = "\(base)/oauth2/v2.0/authorize"
        tokenEndpoint = "\(base)/oauth2/v2.0/token"
        jwksURL = "\(base)/discovery/v2.0/keys"
        v1JWKSURL = "\(base)/discovery/keys"
        discoveryURL = "\(base)/v2.0/.well-known/openid-configuration"
    }

    /// The scope of every Databricks token: all permissions that were consented to (E-50).
    package var databricksScope: String { "\(EntraCloud.databricksResourceID)/.default" }

    /// Whether the authority is none of Microsoft's, which deserves a warning at every start (E-40).
    package var isStandIn: Bool { cloud == nil }

    private static func tenant(_ text: String) throws(EntraSettingError) -> GUID {
        guard let tenant = GUID(text) else {
            let isShared = ["common", "organizations", "consumers"].contains(text.lowercased())
            throw EntraSettingError(isShared ? .sharedTenant : .tenantNotGUID, variable: "AZURE_TENANT_ID")
        }
        return tenant
    }
}

/// Why a setting cannot name an Entra ID tenant; `description` says what to write instead.
package struct EntraSettingError: Error, Equatable, CustomStringConvertible {
    /// What is wrong with the value.
    package enum Problem: Sendable, CaseIterable {
        /// Not a GUID, for example a domain name (E-10).
        case tenantNotGUID
        /// One of the aliases that stand for all tenants (E-10).
        case sharedTenant
        /// Neither a host name nor an origin.
        case malformedAuthority
        /// Plain HTTP to another machine (K-30, E-157).
        case plainHTTP
        /// Not a host of a Microsoft cloud (E-40).
        case unknownAuthority
    }

    /// What is wrong.
    package let problem: Problem
    /// The environment variable that holds the value.
    package let variable: String

    init(_ problem: Problem, variable: String) {
        self.problem = problem
        self.variable = variable
    }

    /// The problem and the fix in one line, without the value.
    package var description: String {
        switch problem {
        case .tenantNotGUID:
            "must be the tenant's GUID: tokens name the tenant by GUID only, so a domain name can never match"
        case .sharedTenant:
            "must be the GUID of one tenant; common, organizations and consumers are not supported"
        case .malformedAuthority:
            "must be a host name such as login.microsoftonline.com, or https:// and a host name"
        case .plainHTTP:
            "must use https; plain http is accepted for a loopback address only"
        case .unknownAuthority:
            "is not a known Entra ID host; set AZURE_DISABLE_INSTANCE_DISCOVERY=true if it is yours"
        }
    }
}
