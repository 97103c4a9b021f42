internal import OpenSSL

/// An application registration.
struct Application: Sendable {
    /// The redirect platforms, which decide how a code may be redeemed (entra.md, 5.1 g).
    enum Platform: String, Sendable {
        case web, spa
        case publicClient = "public"
    }

    struct Redirect: Sendable {
        let platform: Platform
        let uri: String
    }

    struct ClientSecret: Sendable {
        let value: String
        /// Seconds since 1970; `nil` never expires.
        var expiresAt: Int64?
    }

    let clientID: String
    let name: String
    /// What a scope or a `resource` may name the application by, besides its id.
    var identifierURIs: [String] = []
    /// Scopes that the application defines.
    var scopes: [String] = []
    var redirects: [Redirect] = []
    var secrets: [ClientSecret] = []
    /// Certificates whose keys sign client assertions.
    var certificates: [X509Certificate] = []
    /// Issuers whose tokens are accepted as client assertions.
    var federatedCredentials: [FederatedCredential] = []
    /// Its service principal, when tokens can stand for the application itself.
    var principalID: String?
    /// App roles of the API that its service principal holds.
    var roles: [String] = []
    /// Whether an administrator has agreed that it calls Databricks for its users (65001 otherwise).
    var hasDatabricksConsent = false

    /// Whether it can keep no credential at all (700025).
    var isPublic: Bool { secrets.isEmpty && certificates.isEmpty && federatedCredentials.isEmpty }

    /// Whether `text` names the application as the audience or resource of a token.
    func isNamed(by text: String) -> Bool { text == clientID || identifierURIs.contains(text) }

    /// The applications every sandbox starts with.
    static let initial: [Application] = [
        Application(
            clientID: SandboxIdentity.apiClientID, name: "Databricks Jobs MCP",
            identifierURIs: ["api://\(SandboxIdentity.apiClientID)"], scopes: ["jobs"],
            secrets: [ClientSecret(value: SandboxIdentity.clientSecret)],
            federatedCredentials: FederatedCredential.initial, principalID: SandboxIdentity.apiPrincipalID,
            hasDatabricksConsent: true),
        Application(
            clientID: SandboxIdentity.clientAppID, name: "Sandbox editor",
            redirects: [
                Redirect(platform: .publicClient, uri: "http://127.0.0.1"),
                Redirect(platform: .publicClient, uri: "http://127.0.0.1/callback"),
                Redirect(platform: .publicClient, uri: "http://localhost"),
                Redirect(platform: .publicClient, uri: "http://localhost/callback"),
            ]),
        Application(
            clientID: SandboxIdentity.machineAppID, name: "Sandbox automation",
            secrets: [ClientSecret(value: SandboxIdentity.machineSecret)],
            principalID: SandboxIdentity.machinePrincipalID, roles: ["Jobs.Read"]),
        Application(
            clientID: SandboxIdentity.databricksResourceID, name: "AzureDatabricks",
            identifierURIs: ["https://databricks.azure.net"], scopes: ["user_impersonation"]),
    ]
}
