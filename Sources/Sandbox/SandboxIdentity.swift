/// The fixed identifiers of the sandbox's tenant, applications and workspace.
///
/// They are the same in every run, so that settings, documentation and tests can name them.
package enum SandboxIdentity {
    /// The directory that all users and applications belong to.
    package static let tenantID = "7b1c2d3e-0000-4000-8000-0000000000aa"
    /// The server's application: `AZURE_CLIENT_ID`, and the audience of inbound tokens.
    package static let apiClientID = "a1000000-0000-4000-8000-000000000001"
    /// The service principal of the server's application: who a client-credentials token of it stands for.
    package static let apiPrincipalID = "5e000000-0000-4000-8000-000000000008"
    /// The application that people sign in with: an editor or an assistant, a public client.
    package static let clientAppID = "c1000000-0000-4000-8000-000000000002"
    /// The application of Visual Studio Code, a public client that Microsoft has registered in every tenant.
    package static let editorAppID = "aebc6443-996d-45c2-90f0-388ff96faa56"
    /// An application that calls the server in its own name, with the app role `Jobs.Read`.
    package static let machineAppID = "c5000000-0000-4000-8000-000000000007"
    /// The service principal of ``machineAppID``.
    package static let machinePrincipalID = "5e000000-0000-4000-8000-000000000004"
    /// The secret of the server's application.
    ///
    /// Every character that a form must encode and a shell need not quote is in it, so that a client that forgets to
    /// encode is refused.
    package static let clientSecret = "sandbox+secret/2026~%41="
    /// The secret of ``machineAppID``.
    package static let machineSecret = "sandbox+machine/2026~%42="
    /// The client id of the managed identity: `AZURE_MANAGED_IDENTITY_CLIENT_ID`.
    package static let identityClientID = "1c000000-0000-4000-8000-000000000006"
    /// The principal of the managed identity: the subject of its tokens.
    package static let identityPrincipalID = "1d000000-0000-4000-8000-000000000005"
    /// The value of `IDENTITY_HEADER` until it is rotated.
    package static let identityHeader = "sandbox-identity-header-2026"
    /// The audience of tokens that serve as client assertions.
    package static let tokenExchangeAudience = "api://AzureADTokenExchange"
    /// The subject of the stand-in cluster's service-account tokens.
    package static let serviceAccount = "system:serviceaccount:jobs:databricks-jobs-mcp"
    /// The URLs of a server on this machine with its default port: identifier URIs of its application (E-131).
    package static let localServerURIs = ["http://127.0.0.1:8000/mcp", "http://localhost:8000/mcp"]
    /// The application that stands for Azure Databricks in every tenant (D-04).
    package static let databricksResourceID = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d"
    /// The workspace, as in `X-Databricks-Org-Id` (D-15).
    package static let workspaceID = "1234567890123456"
}
