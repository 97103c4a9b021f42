internal import Auth
internal import Configuration
internal import Foundation
internal import HTTPServer
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
    @Test("Subsystems have levels of their own")
    func subsystemLevels() throws {
        let levels = try settings(["LOG_LEVEL": "warn", "LOG_LEVELS": "auth=debug, Jobs=info"]).logging.levels

        #expect(levels == LogLevels(.warning, own: [.auth: .debug, .jobs: .info]))
        #expect(levels.text == "warning, auth=debug, jobs=info")
    }

    @Test("Four variables are enough; the rest has the documented defaults, loopback among them (T-14)")
    func defaults() throws {
        let settings = try settings()

        #expect(settings.signIn.endpoints.tenantID.description == "7b1c2d3e-0000-4000-8000-0000000000aa")
        #expect(settings.credential.secret == "p+q&r~s")
        #expect(settings.signIn.endpoints.authority == "https://login.microsoftonline.com")
        #expect(settings.signIn.appIDURI == "api://a1000000-0000-4000-8000-000000000001")
        #expect(settings.signIn.policy.requiredScopes == ["jobs"])
        #expect(settings.listener.address == Settings.Address(host: "127.0.0.1", port: 8000))
        #expect(settings.listener.baseURL.description == "http://localhost:8000")
        #expect(settings.listener.textContent == .digest)
        #expect(settings.listener.requests.perCaller == 64 && settings.listener.requests.total == 1_024, "H-01, H-05")
        #expect(
            settings.listener.requests.bodyBytes == 16 << 20 && settings.listener.requests.bodyBytesPerCaller == 2 << 20
        )
        #expect(
            settings.listener.maximumBodyBytes == 256 << 10 && settings.listener.maximumConnections == 4_096, "H-01")
        #expect(settings.listener.connections.arrivalTimeout == .seconds(30))
        #expect(settings.listener.connections.headTimeout == .seconds(10))
        #expect(settings.listener.connections.idleTimeout == .seconds(300))
        #expect(settings.workspace.apiVersion == .v22)
        #expect(settings.logging.levels == LogLevels(.info))
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
            ("MCP_REQUIRED_SCOPES", "api://x/jobs"), ("MCP_REQUIRED_SCOPES", "jo\"bs"),
            ("MCP_ALLOWED_CLIENT_IDS", "my-app"), ("MCP_ALLOW_GUESTS", "maybe"), ("MCP_ACCEPT_V1_TOKENS", "2"),
            ("MCP_CLOCK_SKEW_SECONDS", "301"), ("MCP_CLOCK_SKEW_SECONDS", "-1"), ("MCP_MACHINE_ACCESS", "Jobs.Read"),
            ("MCP_MACHINE_READ_ROLE", "Jobs Read"), ("MCP_MACHINE_RUN_ROLE", "Jobs.Read"),
            ("MCP_AS_METADATA_PROXY", "yes please"), ("JWKS_MAX_STALE", "24"), ("JWKS_MAX_STALE", "30m"),
            ("JWKS_MAX_STALE", "8d"), ("JWKS_MAX_STALE", "h"), ("DATABRICKS_HOST", "adb-1.7.databricks.azure.us"),
            ("MCP_BASE_URL", "https://x.example/mcp"),
            ("MCP_DOCUMENTATION_URL", "http://wiki.example.com"), ("MCP_DOCUMENTATION_URL", "wiki.example.com"),
            ("MCP_DOCUMENTATION_URL", "javascript:alert(1)"), ("MCP_DOCUMENTATION_URL", "https://"),
            ("MCP_DOCUMENTATION_URL", "https://user@wiki.example.com"), ("MCP_DOCUMENTATION_URL", "https://x/\"><b>"),
            ("MCP_BASE_URL", "http://x.example"), ("MCP_BASE_URL", "x.example"), ("MCP_PORT", "0"),
            ("MCP_IDLE_TIMEOUT_SECONDS", "4"), ("MCP_IDLE_TIMEOUT_SECONDS", "3601"),
            ("MCP_PORT", "65536"), ("MCP_PORT", "80a"), ("MCP_TEXT_CONTENT", "xml"), ("MCP_MAX_BODY_BYTES", "10"),
            ("MCP_MAX_CONNECTIONS", "0"), ("MCP_MAX_BODIES_BYTES", "2097151"),
            ("MCP_MAX_BODIES_BYTES_PER_CALLER", "262143"),
            ("MCP_CALL_TIMEOUT_SECONDS", "-1"), ("MCP_ALLOWED_ORIGINS", "https://a.example/path"),
            ("DATABRICKS_HOST", "https://workspace.example.com"),
            ("DATABRICKS_HOST", "http://adb-1.azuredatabricks.net"),
            ("DATABRICKS_HOST", "https://evil@adb-1.7.azuredatabricks.net"),
            ("DATABRICKS_HOST", "https://adb-1.7.azuredatabricks.net/api"), ("DATABRICKS_API_VERSION", "2.3"),
            ("DATABRICKS_ALLOW_ANY_HOST", "maybe"), ("LOG_LEVEL", "loud"), ("LOG_FORMAT", "xml"),
            ("LOG_LEVELS", "auth"), ("LOG_LEVELS", "kitchen=debug"), ("LOG_LEVELS", "auth=loud"),
            ("LOG_LEVELS", "auth=debug,auth=info"), ("MCP_READY_GRACE_SECONDS", "81"),
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

    @Test("A page about the server may have a query and a fragment")
    func documentation() throws {
        let page = "https://wiki.example.com/jobs-mcp?lang=en#start"
        #expect(try settings(["MCP_DOCUMENTATION_URL": page]).signIn.documentationURL == page)
        #expect(try settings().signIn.documentationURL == nil)
    }

    @Test("Plain http attaches to stand-ins on loopback only (K-30)")
    func loopback() throws {
        let settings = try settings([
            "AZURE_AUTHORITY_HOST": "http://127.0.0.1:9100", "DATABRICKS_HOST": "http://127.0.0.1:9100",
        ])

        #expect(settings.signIn.endpoints.authority == "http://127.0.0.1:9100")
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

    @Test("Reads who may call: clients, guests, v1.0 tokens, clocks and machines")
    func policy() throws {
        let policy = try settings([
            "MCP_ALLOWED_CLIENT_IDS": "C1000000-0000-4000-8000-000000000002, aebc6443-996d-45c2-90f0-388ff96faa56",
            "MCP_ALLOW_GUESTS": "false", "MCP_ACCEPT_V1_TOKENS": "true", "MCP_CLOCK_SKEW_SECONDS": "60",
            "MCP_MACHINE_READ_ROLE": "Runs.See", "MCP_REQUIRED_SCOPES": "jobs runs",
        ]).signIn.policy
        #expect(policy.allowedClientIDs.count == 2)
        #expect(!policy.allowsGuests)
        #expect(policy.v1Issuer == "https://sts.windows.net/7b1c2d3e-0000-4000-8000-0000000000aa/")
        #expect(policy.clockSkew == 60)
        #expect(policy.machineRoles == MachineRoles(read: "Runs.See", run: "Jobs.Run"))
        #expect(policy.requiredScopes == ["jobs", "runs"])
        #expect(try settings(["MCP_MACHINE_ACCESS": "false"]).signIn.policy.machineRoles == nil)
        #expect(try settings(["JWKS_MAX_STALE": "90m"]).signIn.keyRefresh.maximumStaleness == .seconds(5_400))
    }

    @Test(
        "One setting decides about the cloud, and the workspace must be in it (E-40, E-41)",
        arguments: [
            ("login.microsoftonline.us", "adb-1.7.databricks.azure.us", "https://login.microsoftonline.us"),
            (
                "https://login.chinacloudapi.cn/", "adb-1.7.databricks.azure.cn",
                "https://login.partner.microsoftonline.cn"
            ),
            ("login.windows.net", "adb-1.7.azuredatabricks.net", "https://login.microsoftonline.com"),
        ])
    func clouds(authority: String, workspace: String, canonical: String) throws {
        let settings = try settings(["AZURE_AUTHORITY_HOST": authority, "DATABRICKS_HOST": workspace])
        #expect(settings.signIn.endpoints.authority == canonical)
        let foreign = problems(["AZURE_AUTHORITY_HOST": authority, "DATABRICKS_HOST": "adb-1.7.databricks.example"])
        #expect(foreign.map(\.name) == ["DATABRICKS_HOST"])
    }

    @Test("The workspace receives users' tokens, so a host elsewhere needs the operator's word (E-158)")
    func anyHost() throws {
        let host = "https://workspace.example.com"
        #expect(problems(["DATABRICKS_HOST": host]).first?.advice.contains("DATABRICKS_ALLOW_ANY_HOST") == true)
        #expect(
            try settings(["DATABRICKS_HOST": host, "DATABRICKS_ALLOW_ANY_HOST": "true"]).workspace.origin == host)
    }

    @Test("Where a body may be larger, the sums of all bodies are so by default, too (T-04, H-01)")
    func bodySums() throws {
        let requests = try settings(["MCP_MAX_BODY_BYTES": "8388608"]).listener.requests
        #expect(requests.bodyBytesPerCaller == 8 << 20 && requests.bodyBytes == 32 << 20)
        #expect(try settings(["MCP_ARRIVAL_TIMEOUT_SECONDS": "3"]).listener.connections.headTimeout == .seconds(3))
    }

    @Test("Publishing Entra ID's metadata as our own is off, and its cost is said when on (A-04, E-137)")
    func metadataProxy() throws {
        #expect(try !settings().signIn.publishesServerMetadata)
        let settings = try settings(["MCP_AS_METADATA_PROXY": "true", "MCP_BASE_URL": "http://127.0.0.1:8000"])
        #expect(settings.warnings.map(\.name) == ["MCP_AS_METADATA_PROXY"])
        let document = settings.signIn.metadata(for: settings.listener.baseURL).document
        #expect(
            String(decoding: document, as: UTF8.self).contains(#""authorization_servers":["http://127.0.0.1:8000"]"#))
    }

    @Test("Warns of combinations that Entra ID is known to refuse (E-132, E-156)")
    func warnings() throws {
        let base = "https://jobs.example.com"
        #expect(try settings(["MCP_BASE_URL": base]).warnings.map(\.name) == ["AZURE_APP_ID_URI"])
        // Scope and resource of different identifier URIs: AADSTS9010010 unless both are registered.
        #expect(
            try settings(["MCP_BASE_URL": base, "AZURE_APP_ID_URI": base]).warnings.map(\.name)
                == ["AZURE_APP_ID_URI"])
        #expect(
            try settings(["MCP_BASE_URL": "\(base)/", "AZURE_APP_ID_URI": "\(base)/mcp"]).warnings.isEmpty)
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

        #expect(fromFile.credential.secret == "from a file")
        #expect(fromCredential.credential.secret == "from a file")
    }

    @Test("Says which of two sources is one too many, and which file cannot be read")
    func conflicts() {
        #expect(
            problems(["AZURE_CLIENT_SECRET_FILE": "/nonexistent"]).map(\.name) == ["AZURE_CLIENT_SECRET_FILE"])
        #expect(
            problems(["AZURE_CLIENT_SECRET": nil, "AZURE_CLIENT_SECRET_FILE": "/nonexistent"]).map(\.name)
                == ["AZURE_CLIENT_SECRET_FILE"])
    }

    @Test("Guard rails and the size of results are off and 16 KiB unless the operator says otherwise (P-73, P-88)")
    func guardRails() throws {
        #expect(try settings().tools.guardRails == GuardRails())
        #expect(try settings().tools.results.standard == 16_384)

        let chosen = try settings([
            "MCP_READ_ONLY": "true", "MCP_ALLOWED_JOBS": "412345678901234, name:Nightly orders*, tag:env=dev",
            "MCP_DENIED_JOBS": "tag:restricted,", "MCP_JOB_RULES_COVER": "ALL", "MCP_RESULT_KIB": "32",
        ]).tools
        #expect(chosen.guardRails.isReadOnly)
        #expect(
            chosen.guardRails.allowed
                == [.id(412_345_678_901_234), .name(Wildcard("Nightly orders*")), .tag("env", Wildcard("dev"))])
        #expect(chosen.guardRails.denied == [.tag("restricted", nil)])
        #expect(chosen.guardRails.scope == .all)
        #expect(chosen.results.standard == 32_768)
    }

    @Test("Calls at once and waiting are bounded as the table says, or as the operator does (D-120)")
    func calls() throws {
        #expect(try settings().calls == AdmissionQueue.Limits())
        let chosen = try settings([
            "DATABRICKS_MAX_CALLS": "16", "DATABRICKS_MAX_CALLS_PER_USER": "2", "DATABRICKS_MAX_CALLS_WAITING": "0",
            "DATABRICKS_MAX_CALLS_WAITING_PER_USER": "10",
        ]).calls
        #expect((chosen.perWorkspace, chosen.perUser) == (16, 2))
        #expect((chosen.waiting, chosen.waitingPerUser) == (0, 10))
        for (name, value) in [
            ("DATABRICKS_MAX_CALLS", "0"), ("DATABRICKS_MAX_CALLS", "1001"), ("DATABRICKS_MAX_CALLS_PER_USER", "0"),
            ("DATABRICKS_MAX_CALLS_WAITING", "10001"), ("DATABRICKS_MAX_CALLS_WAITING_PER_USER", "-1"),
        ] {
            #expect(problems([name: value]).map(\.name) == [name])
        }
    }

    @Test(
        "A rule that cannot be read stops the start, and says what a rule looks like (P-88)",
        arguments: [
            ("MCP_ALLOWED_JOBS", "nightly"), ("MCP_DENIED_JOBS", "name:"), ("MCP_DENIED_JOBS", "1,tag:=x"),
            ("MCP_JOB_RULES_COVER", "some"), ("MCP_RESULT_KIB", "7"), ("MCP_RESULT_KIB", "65"),
            ("MCP_READ_ONLY", "maybe"),
        ])
    func malformedGuardRails(_ name: String, _ value: String) {
        let found = problems([name: value])
        #expect(found.map(\.name) == [name])
        if name.hasSuffix("_JOBS") { #expect(found.first?.advice.contains("tag:KEY=PATTERN") == true) }
    }

    @Test(
        "A message about one setting holds nothing of another line, nor of a secret",
        arguments: [
            ("MCP_PORT", "8000\r\nAZURE_CLIENT_SECRET=hunter2hunter2"), ("MCP_PORT", "8000\nhunter2hunter2"),
            ("MCP_HOST", "127.0.0.1 AZURE_CLIENT_SECRET=hunter2hunter2"), ("AZURE_CLIENT_ID", "hunter2hunter2"),
            ("LOG_LEVEL", "hunter2hunter2 and more"), ("DATABRICKS_HOST", "https://hunter2hunter2/"),
        ])
    func quotations(name: String, value: String) {
        let found = problems([name: value, "AZURE_CLIENT_SECRET": "hunter2hunter2"])

        #expect(found.isEmpty == (name == "MCP_HOST"), "the address is judged when it is listened on")
        for problem in found { #expect(!problem.description.contains("hunter2"), "\(problem)") }
    }

    @Test(
        "What would lock everybody out stops the start, and says so",
        arguments: [
            ("MCP_REQUIRED_SCOPES", "openid"), ("MCP_REQUIRED_SCOPES", "jobs offline_access"),
            ("MCP_REQUIRED_SCOPES", ".default"), ("MCP_REQUIRED_SCOPES", "Profile"),
            ("MCP_REQUIRED_SCOPES", "jobs,email"),
            ("MCP_REQUIRED_SCOPES", "api://a1000000-0000-4000-8000-000000000001/jobs"), ("MCP_REQUIRED_SCOPES", ","),
            ("AZURE_APP_ID_URI", "api://{AZURE_CLIENT_ID}"), ("AZURE_APP_ID_URI", "api://<client id>"),
            ("AZURE_APP_ID_URI", "api://$AZURE_CLIENT_ID"), ("AZURE_CLIENT_ID", "00000000-0000-0000-0000-000000000000"),
            ("AZURE_TENANT_ID", "common"),
        ])
    func lockouts(name: String, value: String) {
        #expect(problems([name: value]).map(\.name) == [name])
    }

    @Test(
        "What a platform announces under one of our names is not meant for us (Kubernetes' service links)",
        arguments: [
            ("MCP_PORT", "tcp://10.0.0.1:80"), ("METRICS_PORT", "tcp://10.0.0.1:9464"),
            ("MCP_PORT", "udp://[fd00::1]:80"),
        ])
    func serviceLinks(name: String, value: String) throws {
        let settings = try settings([name: value])
        #expect(settings.listener.address.port == 8000 && settings.metrics?.port == 9464)
        #expect(settings.warnings.map(\.name) == [name])
    }

    @Test("The variables of Container Apps' own OpenTelemetry agent stop nothing")
    func managedAgent() throws {
        let settings = try settings([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://k8se-otel.k8se-apps.svc.cluster.local:4317/",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        ])
        #expect(settings.telemetry.export == nil)
        #expect(settings.warnings.map(\.name) == ["OTEL_EXPORTER_OTLP_PROTOCOL"])
    }

    @Test("An identifier URI that ends in a required scope is warned about")
    func doubledScope() throws {
        let warned = try settings(["AZURE_APP_ID_URI": "https://jobs.example.com/jobs"]).warnings

        #expect(warned.contains { $0.name == "AZURE_APP_ID_URI" && $0.advice.contains("/jobs/jobs") })
    }
}
