package import Observability

/// What the platform says about its managed identity service: the variables it sets, read once at the start (E-114).
package struct ManagedIdentityEnvironment: Sendable {
    /// `IDENTITY_ENDPOINT`.
    package var identityEndpoint: String?
    /// `IDENTITY_HEADER`, a secret.
    package var identityHeader: Secret?
    /// `IDENTITY_SERVER_THUMBPRINT`.
    package var identityServerThumbprint: String?
    /// `IMDS_ENDPOINT`.
    package var imdsEndpoint: String?
    /// `MSI_ENDPOINT`.
    package var msiEndpoint: String?
    /// `MSI_SECRET`, a secret.
    package var msiSecret: Secret?
    /// `AZURE_FEDERATED_TOKEN_FILE`.
    package var federatedTokenFile: String?
    /// `AZURE_POD_IDENTITY_AUTHORITY_HOST`.
    package var imdsHost: String?
    /// Whether the agent of Azure Arc is installed here: `/opt/azcmagent/bin/himds` exists.
    package var hasArcAgent = false

    /// An environment in which nothing is set.
    package init() {}
}
