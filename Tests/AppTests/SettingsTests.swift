internal import Auth
internal import Configuration
internal import Foundation
internal import Jobs
internal import Logging
internal import MCP
internal import Observability
internal import Testing

@testable import App

/// A complete environment, to be spoilt by one variable at a time.
private let complete = [
    "AZURE_TENANT_ID": "7B1C2D3E-0000-4000-8000-0000000000AA",
    "AZURE_CLIENT_ID": "a1000000-0000-4000-8000-000000000001",
    "AZURE_CLIENT_SECRET": "p+q&r~s",
    "DATABRICKS_HOST": "https://adb-1234567890123456.7.azuredatabricks.net",
]

private func settings(
    _ changes: [String: String?] = [:], files: SecretFiles = SecretFiles()
) throws(SettingsError) -> Settings {
    var environment = complete
    for (name, value) in changes { environment[name] = value }
    return try Settings(
        reading: ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment)), files: files)
}

private func problems(_ changes: [String: String?], files: SecretFiles = SecretFiles()) -> [SettingProblem] {
    do throws(SettingsError) {
        _ = try settings(changes, files: files)
        return []
    } catch { return error.problems }
}

extension Settings.Credential {
    /// The secret, in that mode.
    fileprivate var secret: String? { if case .secret(let secret, _) = self { secret.revealed } else { nil } }
}

@Suite struct SettingsTests {
    @Test("Four variables are enough; the rest has the documented defaults")
    func defaults() throws {
        let settings = try settings()

        #expect(settings.entra.endpoints.tenantID.description == "7b1c2d3e-0000-4000-8000-0000000000aa")
        #expect(settings.entra.credential.secret == "p+q&r~s")
        #expect(settings.entra.endpoints.authority == "https://login.microsoftonline.com")
        #expect(settings.entra.appIDURI == "api://a1000000-0000-4000-8000-000000000001")
        #expect(settings.entra.requiredScopes == ["jobs"])
        #expect(settings.listener.address == Settings.Address(host: "127.0.0.1", port: 8000))
        #expect(settings.listener.baseURL.description == "http://localhost:8000")
        #expect(settings.listener.textContent == .digest)
        #expect(settings.workspace.apiVersion == .v22)
        #expect(settings.logging.level == .info)
        #expect(settings.logging.format == .auto)
        #expect(settings.metrics == Settings.Address(host: "127.0.0.1", port: 9464))
        #expect(settings.warnings.isEmpty)
    }

    @Test("Nothing set names every required variable at once")
    func allProblemsTogether() {
        let names = problems(complete.mapValues { _ in nil }).map(\.name)

        #expect(Set(names) == ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "DATABRICKS_HOST"])
    }

    @Test(
        "Refuses a malformed value under the variable's name",
        arguments: [
            ("AZURE_TENANT_ID", "contoso.onmicrosoft.com"), ("AZURE_TENANT_ID", "common"),
            ("AZURE_TENANT_ID", "7b1c2d3e-0000-4000-8000"), ("AZURE_CLIENT_ID", "my-app"),
            ("AZURE_AUTHORITY_HOST", "http://login.example.com"), ("AZURE_AUTHORITY_HOST", "login/x"),
            ("AZURE_APP_ID_URI", "jobs"), ("AZURE_APP_ID_URI", "https://x.example/mcp/"),
            ("AZURE_APP_ID_URI", "api://\"x"), ("AZURE_USE_MANAGED_IDENTITY", "perhaps"),
            ("MCP_REQUIRED_SCOPES", "api://x/jobs"), ("MCP_BASE_URL", "https://x.example/mcp"),
            ("MCP_BASE_URL", "http://x.example"), ("MCP_BASE_URL", "x.example"), ("MCP_PORT", "0"),
            ("MCP_PORT", "65536"), ("MCP_PORT", "80a"), ("MCP_TEXT_CONTENT", "xml"), ("MCP_MAX_BODY_BYTES", "10"),
            ("MCP_CALL_TIMEOUT_SECONDS", "-1"), ("MCP_ALLOWED_ORIGINS", "https://a.example/path"),
            ("DATABRICKS_HOST", "https://workspace.example.com"),
            ("DATABRICKS_HOST", "http://adb-1.azuredatabricks.net"),
            ("DATABRICKS_HOST", "https://evil@adb-1.7.azuredatabricks.net"),
            ("DATABRICKS_HOST", "https://adb-1.7.azuredatabricks.net/api"), ("DATABRICKS_API_VERSION", "2.3"),
            ("DATABRICKS_ALLOW_ANY_HOST", "maybe"), ("LOG_LEVEL", "loud"), ("LOG_FORMAT", "xml"),
            ("METRICS_PORT", "8000"), ("HTTPS_CA_FILE", "/nonexistent/ca.pem"),
        ])
    func refuses(name: String, value: String) throws {
        let problem = try #require(problems([name: value]).first)

        #expect(problem.name == name)
        #expect(!problem.description.contains("p+q"))
    }

    @Test(
        "Accepts the spellings people use",
        arguments: [
            ("DATABRICKS_HOST", "adb-1234567890123456.7.azuredatabricks.net"),
            ("DATABRICKS_HOST", "https://adb-1234567890123456.7.azuredatabricks.net/"),
            ("DATABRICKS_HOST", "https://ADB-1234567890123456.7.azuredatabricks.net:443"),
        ])
    func workspaceSpellings(name: String, value: String) throws {
        #expect(try settings([name: value]).workspace.origin == "https://adb-1234567890123456.7.azuredatabricks.net")
    }

    @Test("Plain http attaches to stand-ins on loopback only (K-30)")
    func loopback() throws {
        let settings = try settings([
            "AZURE_AUTHORITY_HOST": "http://127.0.0.1:9100", "DATABRICKS_HOST": "http://127.0.0.1:9100",
        ])

        #expect(settings.entra.endpoints.authority == "http://127.0.0.1:9100")
        #expect(settings.workspace.origin == "http://127.0.0.1:9100")
    }

    @Test("Container Apps' variables give the public address unless it is set")
    func derivedBaseURL() throws {
        let platform: [String: String?] = [
            "CONTAINER_APP_NAME": "jobs-mcp",
            "CONTAINER_APP_ENV_DNS_SUFFIX": "Happy-1.westeurope.azurecontainerapps.io",
        ]

        #expect(
            try settings(platform).listener.baseURL.description
                == "https://jobs-mcp.happy-1.westeurope.azurecontainerapps.io")
        #expect(
            try settings(platform.merging(["MCP_BASE_URL": "https://jobs.example.com/"]) { $1 }).listener.baseURL
                .description
                == "https://jobs.example.com")
    }

    @Test("Warns of combinations that Entra ID is known to refuse (E-132, E-156)")
    func warnings() throws {
        #expect(
            try settings(["MCP_BASE_URL": "https://jobs.example.com"]).warnings.map(\.name) == ["AZURE_APP_ID_URI"])
        #expect(
            try settings(["AZURE_CLIENT_SECRET": "11111111-2222-3333-4444-555555555555"]).warnings.map(\.name)
                == ["AZURE_CLIENT_SECRET"])
    }
}

@Suite struct SecretFilesTests {
    @Test("Reads the secret from a file or a systemd credential, without the line break at its end")
    func sources() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let file = directory.appendingPathComponent("azure_client_secret")
        try Data("from a file\n".utf8).write(to: file)

        let fromFile = try settings(["AZURE_CLIENT_SECRET": nil, "AZURE_CLIENT_SECRET_FILE": file.path])
        let fromCredential = try settings(
            ["AZURE_CLIENT_SECRET": nil], files: SecretFiles(credentialsDirectory: directory.path))

        #expect(fromFile.entra.credential.secret == "from a file")
        #expect(fromCredential.entra.credential.secret == "from a file")
    }

    @Test("Says which of two sources is one too many, and which file cannot be read")
    func conflicts() {
        #expect(
            problems(["AZURE_CLIENT_SECRET_FILE": "/nonexistent"]).map(\.name) == ["AZURE_CLIENT_SECRET_FILE"])
        #expect(
            problems(["AZURE_CLIENT_SECRET": nil, "AZURE_CLIENT_SECRET_FILE": "/nonexistent"]).map(\.name)
                == ["AZURE_CLIENT_SECRET_FILE"])
    }
}
