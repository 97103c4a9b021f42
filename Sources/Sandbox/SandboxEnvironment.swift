/// The settings of a server that is attached to a sandbox, for each way in which it can prove what it is (E-70).
package struct SandboxEnvironment: Sendable {
    /// The ways in which the server can prove what it is.
    package enum Credential: String, Sendable, CaseIterable {
        /// The client secret.
        case secret
        /// A client certificate from a file.
        case certificate
        /// A managed identity from the Instance Metadata Service.
        case managedIdentity = "managed-identity"
        /// A managed identity as Container Apps and App Service offer it.
        case containerApps = "container-apps"
        /// A projected service-account token from a file, as in AKS.
        case workloadIdentity = "workload-identity"

        /// Whether the credential is in a file.
        package var needsFile: Bool { self == .certificate || self == .workloadIdentity }
    }

    /// Where the sandbox listens, without a slash at the end.
    package let url: String
    /// How the server proves what it is.
    package let credential: Credential
    /// The path of the certificate or of the token; used when the credential needs one.
    package let file: String

    /// Describes settings; see the properties.
    package init(url: String, credential: Credential = .secret, file: String = "") {
        self.url = url
        self.credential = credential
        self.file = file
    }

    /// Names and values, which need no quoting.
    package var settings: [(name: String, value: String)] {
        let directory = [
            ("AZURE_TENANT_ID", SandboxIdentity.tenantID), ("AZURE_CLIENT_ID", SandboxIdentity.apiClientID),
        ]
        return directory + credentialSettings + [("AZURE_AUTHORITY_HOST", url), ("DATABRICKS_HOST", url)]
    }

    private var credentialSettings: [(String, String)] {
        let usesIdentity = ("AZURE_USE_MANAGED_IDENTITY", "true")
        let identity = ("AZURE_MANAGED_IDENTITY_CLIENT_ID", SandboxIdentity.identityClientID)
        return switch credential {
        case .secret: [("AZURE_CLIENT_SECRET", SandboxIdentity.clientSecret)]
        case .certificate: [("AZURE_CLIENT_CERTIFICATE_PATH", file)]
        case .managedIdentity: [usesIdentity, identity, ("AZURE_POD_IDENTITY_AUTHORITY_HOST", url)]
        case .containerApps:
            [
                usesIdentity, identity, ("IDENTITY_ENDPOINT", url + IdentityEndpoint.appService.path),
                ("IDENTITY_HEADER", SandboxIdentity.identityHeader),
            ]
        case .workloadIdentity: [usesIdentity, ("AZURE_FEDERATED_TOKEN_FILE", file)]
        }
    }
}
