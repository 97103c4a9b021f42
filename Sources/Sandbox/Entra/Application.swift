internal import OpenSSL

/// An application registration.
struct Application: Sendable {
    /// The redirect platforms, which decide how a code may be redeemed (E-174).
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
    /// What the token endpoint does when the application asks for a token in its own name.
    var script = OutcomeScript.ok
    /// Clients whose users need not agree, in the registration of an API.
    var preauthorizedClients: [String] = []
    /// Whether an administrator has agreed that it calls Databricks for its users (65001 otherwise).
    var hasDatabricksConsent = false

    /// Whether it can keep no credential at all (700025).
    var isPublic: Bool { secrets.isEmpty && certificates.isEmpty && federatedCredentials.isEmpty }

    /// Whether `text` names the application as the audience or resource of a token.
    func isNamed(by text: String) -> Bool { text == clientID || identifierURIs.contains(text) }

    /// The applications a sandbox starts with; the API gets `identifierURIs` besides `api://` and its client id.
    static func initial(identifierURIs: [String]) -> [Application] {
        [
            Application(
                clientID: SandboxIdentity.apiClientID, name: "Databricks Jobs MCP",
                identifierURIs: ["api://\(SandboxIdentity.apiClientID)"] + identifierURIs, scopes: ["jobs"],
                secrets: [ClientSecret(value: SandboxIdentity.clientSecret)],
                federatedCredentials: FederatedCredential.initial, principalID: SandboxIdentity.apiPrincipalID,
                preauthorizedClients: [SandboxIdentity.editorAppID], hasDatabricksConsent: true),
            Application(
                clientID: SandboxIdentity.clientAppID, name: "Sandbox editor",
                redirects: [
                    Redirect(platform: .spa, uri: "http://localhost:6274/oauth/callback"),
                    Redirect(platform: .publicClient, uri: "http://127.0.0.1/*"),
                    Redirect(platform: .publicClient, uri: "http://localhost/*"),
                ]),
            Application(
                clientID: SandboxIdentity.editorAppID, name: "Visual Studio Code",
                redirects: [
                    Redirect(platform: .publicClient, uri: "http://127.0.0.1"),
                    Redirect(platform: .publicClient, uri: "http://localhost"),
                    Redirect(platform: .publicClient, uri: "https://vscode.dev/redirect"),
                    Redirect(platform: .publicClient, uri: "https://insiders.vscode.dev/redirect"),
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
}
