/// A federated credential of an application registration: whose tokens it accepts as client assertions (E-72).
///
/// Issuer, subject and audience are compared exactly, the case of letters included.
package struct FederatedCredential: Sendable {
    /// The `iss` of the tokens; text that begins with `/` stands for that path below the sandbox's address.
    package var issuer: String
    /// The `sub` of the tokens: a managed identity's principal, or `system:serviceaccount:NAMESPACE:NAME`.
    package var subject: String
    /// The only `aud` of the tokens.
    package var audience: String
    /// How many requests are still refused with 70021, as right after a deployment (E-72).
    package var pendingRequests: Int
    /// Seconds since 1970 before which requests are refused with 70021; 0 for none.
    package var activeFrom: Int64

    /// Describes a credential; see the properties.
    package init(
        issuer: String, subject: String, audience: String = SandboxIdentity.tokenExchangeAudience,
        pendingRequests: Int = 0, activeFrom: Int64 = 0
    ) {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.pendingRequests = pendingRequests
        self.activeFrom = activeFrom
    }

    /// The credential of the server's application for the sandbox's managed identity.
    package static let managedIdentity = FederatedCredential(
        issuer: "/\(SandboxIdentity.tenantID)/v2.0", subject: SandboxIdentity.identityPrincipalID)

    /// The credential of the server's application for the service account of the stand-in cluster.
    package static let serviceAccount = FederatedCredential(
        issuer: EntraAddress.clusterPath, subject: SandboxIdentity.serviceAccount)

    /// The credentials that the server's application starts with.
    static let initial = [managedIdentity, serviceAccount]
}
