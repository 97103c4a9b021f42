internal import Auth
internal import Configuration
internal import Foundation
internal import Observability
internal import TestSupport
internal import Testing

@testable import App

/// An environment that names everything but the server's own credential.
private let base = [
    "AZURE_TENANT_ID": "7b1c2d3e-0000-4000-8000-0000000000aa",
    "AZURE_CLIENT_ID": "a1000000-0000-4000-8000-000000000001",
    "DATABRICKS_HOST": "https://adb-1234567890123456.7.azuredatabricks.net",
]

private func settings(
    _ changes: [String: String], credentials: String? = nil
) throws(SettingsError) -> Settings {
    let environment = base.merging(changes) { $1 }
    return try Settings(
        reading: ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment)),
        files: SecretFiles(credentialsDirectory: credentials))
}

private func problems(_ changes: [String: String], credentials: String? = nil) -> [SettingProblem] {
    do throws(SettingsError) {
        _ = try settings(changes, credentials: credentials)
        return []
    } catch { return error.problems }
}

/// What a credential is, in one word and its values.
private func summary(_ credential: Settings.Credential) -> String {
    switch credential {
    case .secret(let secret, let file): "secret \(secret.revealed) of \(file ?? "the environment")"
    case .certificate(let file): "certificate \(file.path)"
    case .tokenFile(let path): "token file \(path)"
    case .managedIdentity(let endpoint, let client): "\(endpoint.name) as \(client?.description ?? "any")"
    }
}

/// The server's own credential: exactly one of four (E-70).
@Suite(.patient) struct CredentialSettingsTests {
    private static let identity = "1c000000-0000-4000-8000-000000000006"
    private static let appService = [
        "AZURE_USE_MANAGED_IDENTITY": "true", "IDENTITY_ENDPOINT": "http://localhost:42356/msi/token",
        "IDENTITY_HEADER": "header-of-the-platform", "AZURE_MANAGED_IDENTITY_CLIENT_ID": identity,
    ]

    @Test(
        "Chooses the way that is configured (E-70, E-110, E-112)",
        arguments: [
            (["AZURE_CLIENT_SECRET": "p+q"], "secret p+q of the environment"),
            (
                ["AZURE_USE_MANAGED_IDENTITY": "true", "AZURE_MANAGED_IDENTITY_CLIENT_ID": identity],
                "imds as \(identity)"
            ),
            (appService, "app_service as \(identity)"),
            (
                ["AZURE_USE_MANAGED_IDENTITY": "true", "AZURE_FEDERATED_TOKEN_FILE": "/var/run/token"],
                "token file /var/run/token"
            ),
            (appService.merging(["AZURE_FEDERATED_TOKEN_FILE": "/var/run/token"]) { $1 }, "app_service as \(identity)"),
            (["AZURE_CLIENT_SECRET": "p+q", "AZURE_FEDERATED_TOKEN_FILE": "/token"], "secret p+q of the environment"),
            (["AZURE_CLIENT_SECRET": "p+q", "IDENTITY_ENDPOINT": "x"], "secret p+q of the environment"),
        ])
    func choice(environment: [String: String], expected: String) throws {
        #expect(summary(try settings(environment).credential) == expected)
    }

    @Test("Takes a secret or a certificate from systemd when no variable is set, and refuses both at once (E-70)")
    func systemd() async throws {
        try await withTemporaryFolder { folder in
            let certificate = folder.appendingPathComponent("azure_client_certificate")
            try Data(try await OpenSSLCommand.makeCertificate(in: folder).utf8).write(to: certificate)
            #expect(
                summary(try settings([:], credentials: folder.path).credential)
                    == "certificate \(certificate.path)")
            // A variable comes first.
            #expect(
                summary(try settings(["AZURE_CLIENT_SECRET": "p+q"], credentials: folder.path).credential)
                    == "secret p+q of the environment")

            let secret = folder.appendingPathComponent("azure_client_secret")
            try Data("from systemd\n".utf8).write(to: secret)
            #expect(problems([:], credentials: folder.path).map(\.name) == ["AZURE_CLIENT_SECRET"])
            try FileManager.default.removeItem(at: certificate)
            #expect(
                summary(try settings([:], credentials: folder.path).credential)
                    == "secret from systemd of \(secret.path)")
        }
    }

    @Test("Refuses a certificate file that is of no use, and says why")
    func certificates() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("client.pem")
            let good = try await OpenSSLCommand.makeCertificate(in: folder, days: 31)
            let encrypted = try await OpenSSLCommand.makeCertificate(in: folder, key: "rsa:2048 -passout pass:word")
            let short = try await OpenSSLCommand.makeCertificate(in: folder, key: "rsa:1024 -nodes")
            let cases = [
                (good, nil), (encrypted, "encrypted"), (short, "not RSA with 2048"), ("", "cannot be read"),
                ("no certificate", "no readable private key"),
            ]
            for (content, problem) in cases {
                try Data(content.utf8).write(to: file)
                let found = problems(["AZURE_CLIENT_CERTIFICATE_PATH": file.path])
                #expect(found.map(\.name) == (problem == nil ? [] : ["AZURE_CLIENT_CERTIFICATE_PATH"]))
                if let problem { #expect(found.first?.advice.contains(problem) == true) }
            }
            #expect(problems(["AZURE_CLIENT_CERTIFICATE_PATH": "/nonexistent.pem"]).count == 1)

            try Data(good.utf8).write(to: file)
            let environment = ["AZURE_CLIENT_CERTIFICATE_PATH": file.path]
            #expect(try settings(environment).warnings.isEmpty)
            let soon = try await OpenSSLCommand.makeCertificate(in: folder, days: 12)
            try Data(soon.utf8).write(to: file)
            let warning = try #require(try settings(environment).warnings.first)
            #expect(warning.name == "AZURE_CLIENT_CERTIFICATE_PATH")
            #expect(warning.advice.contains("expires in 11 days") || warning.advice.contains("expires in 12 days"))
        }
    }

    @Test("Refuses two ways at once; only a secret beside managed identity is left aside, with a warning (E-70)")
    func exactlyOne() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("client.pem")
            try Data(try await OpenSSLCommand.makeCertificate(in: folder).utf8).write(to: file)
            let certificate = ["AZURE_CLIENT_CERTIFICATE_PATH": file.path]
            for other in [
                ["AZURE_CLIENT_SECRET": "p+q"], ["AZURE_CLIENT_SECRET_FILE": file.path],
                ["AZURE_USE_MANAGED_IDENTITY": "true"],
            ] {
                let found = problems(certificate.merging(other) { $1 })
                #expect(found.map(\.name) == ["AZURE_CLIENT_CERTIFICATE_PATH"])
                #expect(found.first?.advice.contains("keep one of them") == true)
                #expect(found.first?.advice.contains("p+q") == false)
            }
            let both = try settings(Self.appService.merging(["AZURE_CLIENT_SECRET": "p+q"]) { $1 })
            #expect(summary(both.credential) == "app_service as \(Self.identity)")
            #expect(both.warnings.map(\.name) == ["AZURE_CLIENT_SECRET"])
        }
    }

    @Test("Warns of a managed identity without its client id, except on AKS (E-111)")
    func unnamedIdentity() throws {
        let machine = try settings(["AZURE_USE_MANAGED_IDENTITY": "true"])
        #expect(machine.warnings.map(\.name) == ["AZURE_MANAGED_IDENTITY_CLIENT_ID"])
        #expect(summary(machine.credential) == "imds as any")
        let cluster = try settings(["AZURE_USE_MANAGED_IDENTITY": "true", "AZURE_FEDERATED_TOKEN_FILE": "/token"])
        #expect(cluster.warnings.isEmpty)
        #expect(
            problems(["AZURE_USE_MANAGED_IDENTITY": "true", "AZURE_MANAGED_IDENTITY_CLIENT_ID": "mine"]).map(\.name)
                == ["AZURE_MANAGED_IDENTITY_CLIENT_ID"])
    }

    @Test(
        "Platforms that are recognised and not supported stop the start with the reason (E-110)",
        arguments: [
            (
                ["IDENTITY_ENDPOINT": "https://x", "IDENTITY_HEADER": "h-secret", "IDENTITY_SERVER_THUMBPRINT": "00"],
                "Service Fabric"
            ),
            (["MSI_ENDPOINT": "http://x", "MSI_SECRET": "h-secret"], "Azure Machine Learning"),
            (["IDENTITY_ENDPOINT": "http://localhost:40342", "IMDS_ENDPOINT": "http://localhost:40342"], "Azure Arc"),
            (["MSI_ENDPOINT": "http://localhost:50342"], "Cloud Shell"),
        ])
    func unsupported(environment: [String: String], platform: String) {
        let found = problems(environment.merging(["AZURE_USE_MANAGED_IDENTITY": "true"]) { $1 })
        #expect(found.map(\.name) == ["AZURE_USE_MANAGED_IDENTITY"])
        #expect(found.first?.advice.contains("\(platform) was recognised and is not supported") == true)
        #expect(found.first?.advice.contains("h-secret") == false)
        // Without managed identity the platform is nobody's business.
        #expect(problems(environment.merging(["AZURE_CLIENT_SECRET": "p+q"]) { $1 }).isEmpty)
    }

    @Test("No value of a secret header is in any message (E-119, E-152)")
    func headerStaysSecret() {
        let environments = [
            ["IDENTITY_ENDPOINT": "not an address", "IDENTITY_HEADER": "h-secret"],
            ["MSI_ENDPOINT": "http://x", "MSI_SECRET": "h-secret"],
        ]
        for environment in environments {
            let found = problems(environment.merging(["AZURE_USE_MANAGED_IDENTITY": "true"]) { $1 })
            #expect(found.count == 1)
            #expect(!found.description.contains("h-secret"))
        }
    }

    @Test("Plain http is for this machine and the metadata service only (E-115)")
    func metadataAddress() {
        let identity = ["AZURE_USE_MANAGED_IDENTITY": "true", "AZURE_MANAGED_IDENTITY_CLIENT_ID": Self.identity]
        func names(_ host: String) -> [String] {
            problems(identity.merging(["AZURE_POD_IDENTITY_AUTHORITY_HOST": host]) { $1 }).map(\.name)
        }
        #expect(names("http://127.0.0.1:9100") == [])
        #expect(names("http://169.254.169.254") == [])
        #expect(names("http://metadata.example.com") == ["AZURE_POD_IDENTITY_AUTHORITY_HOST"])
        #expect(names("ftp://127.0.0.1") == ["AZURE_POD_IDENTITY_AUTHORITY_HOST"])
    }

    @Test("MCP_CLIENT_ID names the registration where the platform sets AZURE_CLIENT_ID (E-113)")
    func clientID() throws {
        let environment = ["AZURE_CLIENT_SECRET": "p+q", "MCP_CLIENT_ID": "A1000000-0000-4000-8000-00000000000F"]
        #expect(try settings(environment).signIn.clientID.description == "a1000000-0000-4000-8000-00000000000f")
        #expect(try settings(environment).signIn.appIDURI == "api://a1000000-0000-4000-8000-00000000000f")
        #expect(problems(["AZURE_CLIENT_SECRET": "p+q", "MCP_CLIENT_ID": "mine"]).map(\.name) == ["MCP_CLIENT_ID"])
    }

    @Test("Nothing set names the ways there are, and the file of AKS that is not used (E-112)")
    func nothingSet() {
        for (environment, hint) in [([:], false), (["AZURE_FEDERATED_TOKEN_FILE": "/token"], true)] {
            let found = problems(environment)
            #expect(found.map(\.name) == ["AZURE_CLIENT_SECRET"])
            #expect(found.first?.advice.contains("AZURE_CLIENT_CERTIFICATE_PATH") == true)
            #expect(found.first?.advice.contains("AZURE_FEDERATED_TOKEN_FILE counts") == hint)
        }
    }

    @Test("Only Microsoft's sign-in hosts and the workspace's domains ever receive a token (E-158)")
    func receivers() {
        let secret = ["AZURE_CLIENT_SECRET": "p+q"]
        for (name, host) in [
            ("AZURE_AUTHORITY_HOST", "https://login.example.com"), ("AZURE_AUTHORITY_HOST", "http://192.0.2.1"),
            ("DATABRICKS_HOST", "https://workspace.example.com"), ("DATABRICKS_HOST", "http://192.0.2.1"),
        ] {
            #expect(problems(secret.merging([name: host]) { $1 }).map(\.name) == [name])
        }
    }

    @Test("The self check is on unless switched off (E-73)")
    func selfCheck() throws {
        #expect(try settings(["AZURE_CLIENT_SECRET": "p+q"]).checksCredential)
        #expect(try !settings(["AZURE_CLIENT_SECRET": "p+q", "ENTRA_SELF_CHECK": "false"]).checksCredential)
    }

    @Test("A secret that looks like its id is warned of, wherever it comes from (E-156)")
    func secretID() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("secret")
            try Data(" 11111111-2222-3333-4444-555555555555\n".utf8).write(to: file)
            let settings = try settings(["AZURE_CLIENT_SECRET_FILE": file.path])
            #expect(settings.warnings.map(\.name) == ["AZURE_CLIENT_SECRET"])
        }
    }
}
