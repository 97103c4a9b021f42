internal import JSON

/// The URLs and issuers of the tenant, all below the sandbox's own address.
struct EntraAddress: Sendable {
    /// `http://127.0.0.1:9100`, without a slash at the end.
    let baseURL: String

    static let cloudInstanceName = "microsoftonline.test"
    private static let tenantID = SandboxIdentity.tenantID

    func issuer(version: Int) -> String {
        version == 2 ? "\(baseURL)/\(Self.tenantID)/v2.0" : "\(baseURL)/\(Self.tenantID)/"
    }

    /// Where the stand-in cluster's issuer lies.
    static let clusterPath = "/aks/"

    /// The issuer of the stand-in cluster's service-account tokens.
    var clusterIssuer: String { resolved(Self.clusterPath) }

    /// The token endpoint: the audience of client assertions.
    var tokenEndpoint: String { "\(baseURL)/\(Self.tenantID)/oauth2/v2.0/token" }

    /// `text` itself, or the URL of a path below the sandbox's address.
    func resolved(_ text: String) -> String { text.hasPrefix("/") ? baseURL + text : text }

    /// The issuer as some keys name it (E-31).
    var issuerTemplate: String { "\(baseURL)/{tenantid}/v2.0" }

    /// The discovery document (E-170), deliberately without PKCE methods, registration endpoint and `iss` parameter.
    func discovery(version: Int) -> JSONValue {
        let tenant = "\(baseURL)/\(Self.tenantID)"
        let keys = version == 2 ? "\(tenant)/discovery/v2.0/keys" : "\(tenant)/discovery/keys"
        return Members([
            "token_endpoint": .string(tokenEndpoint),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": .string(keys),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": .string(issuer(version: version)),
            "request_uri_parameter_supported": false,
            "userinfo_endpoint": .string("\(baseURL)/oidc/userinfo"),
            "authorization_endpoint": .string("\(tenant)/oauth2/v2.0/authorize"),
            "device_authorization_endpoint": .string("\(tenant)/oauth2/v2.0/devicecode"),
            "http_logout_supported": true,
            "frontchannel_logout_supported": true,
            "end_session_endpoint": .string("\(tenant)/oauth2/v2.0/logout"),
            "claims_supported": [
                "sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "nonce", "name", "tid", "ver", "at_hash",
                "c_hash", "email",
            ],
            "cloud_instance_name": .string(Self.cloudInstanceName),
        ]).value
    }
}
