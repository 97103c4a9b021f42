internal import Sandbox
internal import Testing

@Suite struct SandboxEnvironmentTests {
    @Test(
        "Has the settings of each credential (3.1)",
        arguments: [
            (.secret, ["AZURE_CLIENT_SECRET": SandboxIdentity.clientSecret]),
            (.certificate, ["AZURE_CLIENT_CERTIFICATE_PATH": "/f"]),
            (
                .managedIdentity,
                [
                    "AZURE_USE_MANAGED_IDENTITY": "true",
                    "AZURE_MANAGED_IDENTITY_CLIENT_ID": SandboxIdentity.identityClientID,
                    "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9100",
                ]
            ),
            (
                .containerApps,
                [
                    "AZURE_USE_MANAGED_IDENTITY": "true",
                    "AZURE_MANAGED_IDENTITY_CLIENT_ID": SandboxIdentity.identityClientID,
                    "IDENTITY_ENDPOINT": "http://127.0.0.1:9100/msi/token",
                    "IDENTITY_HEADER": SandboxIdentity.identityHeader,
                ]
            ),
            (.workloadIdentity, ["AZURE_USE_MANAGED_IDENTITY": "true", "AZURE_FEDERATED_TOKEN_FILE": "/f"]),
        ] as [(SandboxEnvironment.Credential, [String: String])])
    func settings(_ credential: SandboxEnvironment.Credential, _ expected: [String: String]) {
        let url = "http://127.0.0.1:9100"
        let settings = SandboxEnvironment(url: url, credential: credential, file: "/f").settings
        let common = [
            "AZURE_TENANT_ID": SandboxIdentity.tenantID, "AZURE_CLIENT_ID": SandboxIdentity.apiClientID,
            "AZURE_AUTHORITY_HOST": url, "DATABRICKS_HOST": url,
        ]
        #expect(
            Dictionary(uniqueKeysWithValues: settings.map { ($0.name, $0.value) }) == common.merging(expected) { $1 })
    }

    @Test("Knows what Entra ID takes as identifier URI (E-131)")
    func identifierURIs() {
        for uri in ["api://x", "https://host.example/mcp", "http://localhost:8000/mcp", "http://127.0.0.1:8000/mcp"] {
            #expect(IdentifierURI.problem(uri) == nil, "\(uri)")
        }
        for uri in ["", "api://", "mcp", "http://host.example/mcp", "https://host/", "https://h/a b", "https://h/?x"] {
            #expect(IdentifierURI.problem(uri) != nil, "\(uri)")
        }
    }
}
