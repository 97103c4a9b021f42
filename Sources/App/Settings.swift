internal import Auth
internal import Configuration
internal import HTTPServer
internal import HTTPSyntax
internal import Jobs
internal import Logging
internal import MCP
internal import NIOCore
internal import Observability

/// Everything the operator can choose, read once and checked before anything starts.
///
/// Those about inbound tokens stand above ``SignIn``, those about what the tools may do above ``Tools``, those about
/// calls at once in `Settings+Calls.swift`, those about traces above ``Telemetry``.
///
/// | Variable | Default | Meaning |
/// | --- | --- | --- |
/// | `AZURE_CLIENT_SECRET`, `AZURE_CLIENT_SECRET_FILE` | one of | its secret, or the file that holds it (E-156) |
/// | `AZURE_CLIENT_CERTIFICATE_PATH` | one of | PEM file with its certificate and key (E-70) |
/// | `AZURE_USE_MANAGED_IDENTITY` | `false` | prove the server's identity by the platform's (E-110) |
/// | `AZURE_MANAGED_IDENTITY_CLIENT_ID` | unset | the user-assigned identity (E-111) |
/// | `AZURE_FEDERATED_TOKEN_FILE` | set on AKS | the service account's token (E-112) |
/// | `AZURE_POD_IDENTITY_AUTHORITY_HOST` | `http://169.254.169.254` | the metadata service's address (E-115) |
/// | `IDENTITY_ENDPOINT`, `IDENTITY_HEADER` | set by Azure | the identity endpoint of Container Apps, App Service |
/// | `IDENTITY_SERVER_THUMBPRINT`, `IMDS_ENDPOINT`, `MSI_ENDPOINT`, `MSI_SECRET` | set by Azure | recognised, refused |
/// | `ENTRA_SELF_CHECK` | `true` | check the server's credential before it is ready (E-73) |
/// | `MCP_BASE_URL` | derived | public address, without `/mcp` (A-03) |
/// | `MCP_HOST`, `MCP_PORT` | `127.0.0.1`, 8000 | where to listen (T-14) |
/// | `MCP_ALLOWED_ORIGINS`, `MCP_ALLOWED_HOSTS` | empty | further browser origins and host names (T-11, T-12) |
/// | `MCP_TEXT_CONTENT` | `digest` | what the text part of a result holds: `digest` or `json` (K-11) |
/// | `MCP_MAX_BODY_BYTES` | 262144 | largest request body (T-04) |
/// | `MCP_MAX_BODIES_BYTES` | 16777216 | all request bodies in memory (H-01) |
/// | `MCP_MAX_BODIES_BYTES_PER_CALLER` | 2097152 | those of one caller (H-01) |
/// | `MCP_MAX_CONNECTIONS` | 4096 | connections to the public listener (H-01) |
/// | `MCP_CALL_TIMEOUT_SECONDS` | 60 | longest tool call (C-05) |
/// | `MCP_ARRIVAL_TIMEOUT_SECONDS` | 30 | longest time for a body to arrive (H-01) |
/// | `MCP_IDLE_TIMEOUT_SECONDS` | 300 | how long a connection is kept between two requests (H-01) |
/// | `MCP_DRAIN_SECONDS` | 0 | how long requests are still taken after SIGTERM (P-85) |
/// | `MCP_MAX_REQUESTS` | 1024 | requests answered at once (H-05) |
/// | `MCP_MAX_REQUESTS_PER_CALLER` | 64 | requests of one caller answered at once (H-01) |
/// | `MCP_WORKER_THREADS` | half the cores | threads that answer requests, each with connections of its own |
/// | `DATABRICKS_HOST` | required | the workspace (D-05) |
/// | `DATABRICKS_API_VERSION` | `2.2` | `2.1` or `2.2` |
/// | `DATABRICKS_ALLOW_ANY_HOST` | `false` | allow a workspace host outside Azure Databricks' domains (E-158) |
/// | `HTTPS_CA_FILE` | system trust store | PEM file of certificate authorities for outgoing requests (E-157) |
/// | `LOG_LEVEL`, `LOG_FORMAT` | `info`, `auto` | how much to log, and as what (K-21) |
/// | `LOG_LEVELS` | empty | levels of single subsystems: `auth=debug,jobs=info` |
/// | `SETTINGS_FILE` | unset | a file of settings, of which SIGHUP reads the log levels again |
/// | `MCP_READY_GRACE_SECONDS` | 15 | when the service manager is told at the latest that the server is up |
/// | `METRICS_ENABLED` | `true` | measure, and listen for whoever reads it |
/// | `METRICS_HOST`, `METRICS_PORT` | `127.0.0.1`, 9464 | listener for `/metrics` (K-23) |
struct Settings: Sendable {
    let signIn: SignIn
    let credential: Credential
    /// Whether the credential is checked before the server is ready (E-73).
    let checksCredential: Bool
    let listener: Listener
    let workspace: Workspace
    let tools: Tools
    let calls: AdmissionQueue.Limits
    let logging: Logging
    /// Where `/metrics` is read; `nil` when nothing is measured.
    let metrics: Address?
    /// After this time the service manager takes the server for started even if it is not ready yet.
    let readyGrace: Duration
    let telemetry: Telemetry
    /// How many threads answer requests.
    let workers: Int
    /// PEM file of certificate authorities for outgoing requests; `nil` is the system's store.
    let caFile: String?
    /// Settings that work but that the operator should know about.
    let warnings: [SettingProblem]

    /// The public listener and what it accepts.
    struct Listener: Sendable {
        let address: Address
        let baseURL: PublicURL
        let origins: OriginPolicy
        let hosts: HostPolicy
        let textContent: TextContent
        let maximumBodyBytes: Int
        let callTimeout: Duration
        let drain: Duration
        let connections: ConnectionLimits
        let requests: RequestGate.Limits
        let maximumConnections: Int
    }

    /// How much to log, and as what.
    struct Logging: Sendable {
        let levels: LogLevels
        let format: LogFormat
    }

    /// A host and port to listen on.
    struct Address: Sendable, Equatable, CustomStringConvertible {
        let host: String
        let port: Int
        var description: String { "\(Authority(address: host, port: port))" }
        /// Whether only this machine can connect.
        var isLoopback: Bool { Authority.isLoopback(host) }
    }
}

/// Every problem of the settings, in the order of the table.
struct SettingsError: Error, CustomStringConvertible {
    let problems: [SettingProblem]

    /// One line per problem.
    var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension Settings {
    /// Reads and checks all settings.
    ///
    /// - Parameters:
    ///   - config: The environment first, then `.env`.
    ///   - files: Where secrets in files are read from.
    /// - Throws: ``SettingsError`` with all problems together.
    init(reading config: ConfigReader, files: SecretFiles = SecretFiles()) throws(SettingsError) {
        var reader = SettingsReader(config)
        let signIn = SignIn(reading: &reader)
        let credential = Credential(reading: &reader, files: files)
        let checksCredential = reader.boolean("ENTRA_SELF_CHECK", default: true)
        let address = Address(reading: &reader, prefix: "MCP", port: 8000)
        let listener = Listener(reading: &reader, address: address)
        let workspace = reader.workspace(in: signIn?.endpoints.cloud)
        let tools = Tools(reading: &reader)
        let calls = AdmissionQueue.Limits(reading: &reader)
        let logging = Logging(reading: &reader)
        let metricsAddress = Address(reading: &reader, prefix: "METRICS", port: 9464)
        let metrics = reader.boolean("METRICS_ENABLED", default: true) ? metricsAddress : nil
        if metrics == address {
            reader.report("METRICS_PORT", "is the same address as MCP_HOST:MCP_PORT; choose another port")
        }
        // systemd's TimeoutStartSec= is 90 seconds unless a unit says otherwise.
        let readyGrace = reader.integer("MCP_READY_GRACE_SECONDS", in: 0...80, default: 15)
        let telemetry = Telemetry(reading: &reader, files: files)
        let workers = reader.integer("MCP_WORKER_THREADS", in: 1...256, default: max(1, System.coreCount / 2))
        let caFile = reader.caFile(files)
        guard reader.problems.isEmpty, let signIn, let credential, let listener, let workspace else {
            throw SettingsError(problems: reader.problems)
        }
        self.init(
            signIn: signIn, credential: credential, checksCredential: checksCredential, listener: listener,
            workspace: workspace, tools: tools, calls: calls, logging: logging, metrics: metrics,
            readyGrace: .seconds(readyGrace), telemetry: telemetry, workers: workers,
            caFile: caFile,
            warnings: reader.warnings + signIn.warnings(for: listener.baseURL) + credential.warnings(reader))
    }
}

extension Settings.SignIn {
    /// What Entra ID or its clients are known to stumble over (E-132, E-137).
    fileprivate func warnings(for baseURL: PublicURL) -> [SettingProblem] {
        var warnings: [SettingProblem] = []
        let metadata = metadata(for: baseURL)
        if !endpoints.isStandIn, !baseURL.isLoopback, let warning = metadata.warning {
            warnings.append(SettingProblem(name: "AZURE_APP_ID_URI", advice: warning))
        }
        if let scope = policy.requiredScopes.first(where: { appIDURI.hasSuffix("/\($0)") }) {
            let advice =
                "ends in the scope \(scope), which is added to it; clients will ask for \(appIDURI)/\(scope), and Entra ID "
                + "knows that only if the identifier URI of the registration really ends so"
            warnings.append(SettingProblem(name: "AZURE_APP_ID_URI", advice: advice))
        }
        if publishesServerMetadata {
            let advice =
                "makes this server the authorization server in the eyes of clients: VS Code drops its built-in Microsoft "
                + "sign-in, and clients of MCP 2026-07-28 may refuse Entra ID's answers (E-137)"
            warnings.append(SettingProblem(name: "MCP_AS_METADATA_PROXY", advice: advice))
        }
        return warnings
    }
}

extension Settings.Listener {
    fileprivate init?(reading reader: inout SettingsReader, address: Settings.Address) {
        let app = reader.text("CONTAINER_APP_NAME")
        let suffix = reader.text("CONTAINER_APP_ENV_DNS_SUFFIX")
        let derived = app.flatMap { app in suffix.map { "https://\(app).\($0)" } }
        let baseURL = reader.value(
            "MCP_BASE_URL", from: reader.text("MCP_BASE_URL") ?? derived ?? "http://localhost:\(address.port)",
            parse: SettingRules.publicURL)
        let textContent: TextContent = reader.choice("MCP_TEXT_CONTENT", default: .digest)
        let bodyLimit = reader.integer("MCP_MAX_BODY_BYTES", in: 1_024...67_108_864, default: 262_144)
        let callTimeout = reader.integer("MCP_CALL_TIMEOUT_SECONDS", in: 5...300, default: 60)
        let drain = reader.integer("MCP_DRAIN_SECONDS", in: 0...120, default: 0)
        var connections = ConnectionLimits()
        connections.arrivalTimeout = .seconds(reader.integer("MCP_ARRIVAL_TIMEOUT_SECONDS", in: 1...300, default: 30))
        connections.headTimeout = min(connections.headTimeout, connections.arrivalTimeout)
        connections.idleTimeout = .seconds(reader.integer("MCP_IDLE_TIMEOUT_SECONDS", in: 5...3_600, default: 300))
        let requests = RequestGate.Limits(reading: &reader, bodyLimit: bodyLimit)
        let maximumConnections = reader.integer("MCP_MAX_CONNECTIONS", in: 1...1_000_000, default: 4_096)
        guard let baseURL, let origins = Self.origins(baseURL, address, reading: &reader),
            let hosts = Self.hosts(baseURL, address, reading: &reader)
        else { return nil }
        self.init(
            address: address, baseURL: baseURL, origins: origins, hosts: hosts, textContent: textContent,
            maximumBodyBytes: bodyLimit, callTimeout: .seconds(callTimeout), drain: .seconds(drain),
            connections: connections, requests: requests, maximumConnections: maximumConnections)
    }

    private static func origins(
        _ baseURL: PublicURL, _ address: Settings.Address, reading reader: inout SettingsReader
    ) -> OriginPolicy? {
        do throws(InvalidAddress) {
            return try OriginPolicy(
                publicURL: "\(baseURL)", extras: reader.list("MCP_ALLOWED_ORIGINS") ?? [],
                loopbackPort: address.isLoopback ? address.port : nil)
        } catch {
            reader.report(
                "MCP_ALLOWED_ORIGINS",
                "must hold origins such as https://app.example.com, not '\(error.value.excerpt)'")
            return nil
        }
    }

    private static func hosts(
        _ baseURL: PublicURL, _ address: Settings.Address, reading reader: inout SettingsReader
    ) -> HostPolicy? {
        do throws(InvalidAddress) {
            return try HostPolicy(
                publicURL: "\(baseURL)", extras: reader.list("MCP_ALLOWED_HOSTS") ?? [],
                isLoopback: address.isLoopback)
        } catch {
            reader.report(
                "MCP_ALLOWED_HOSTS", "must hold host names such as jobs.example.com, not '\(error.value.excerpt)'")
            return nil
        }
    }
}

extension RequestGate.Limits {
    /// - Parameters:
    ///   - reader: The settings.
    ///   - bodyLimit: `MCP_MAX_BODY_BYTES`, which has room in both sums.
    fileprivate init(reading reader: inout SettingsReader, bodyLimit: Int) {
        total = reader.integer("MCP_MAX_REQUESTS", in: 1...100_000, default: 1_024)
        perCaller = reader.integer("MCP_MAX_REQUESTS_PER_CALLER", in: 1...10_000, default: 64)
        let bounds = bodyLimit...17_179_869_184
        bodyBytesPerCaller = reader.integer(
            "MCP_MAX_BODIES_BYTES_PER_CALLER", in: bounds, default: max(2 << 20, bodyLimit))
        bodyBytes = reader.integer(
            "MCP_MAX_BODIES_BYTES", in: bodyBytesPerCaller...bounds.upperBound,
            default: max(16 << 20, 4 * bodyBytesPerCaller))
    }
}

extension SettingsReader {
    /// How much to log.
    mutating func logLevels() -> LogLevels {
        let base = value("LOG_LEVEL", from: text("LOG_LEVEL"), parse: SettingRules.logLevel)
        let own = value("LOG_LEVELS", from: text("LOG_LEVELS"), parse: SettingRules.subsystemLevels)
        return LogLevels(base ?? .info, own: own ?? [:])
    }

    /// E-157.
    mutating func caFile(_ files: SecretFiles) -> String? {
        let caFile = text("HTTPS_CA_FILE")
        if let caFile, !files.isReadable(caFile) {
            report("HTTPS_CA_FILE", "cannot be read at '\(caFile.excerpt)'; check the path and its permissions")
        }
        return caFile
    }

    fileprivate mutating func workspace(in cloud: EntraCloud?) -> Workspace? {
        let host = required(
            "DATABRICKS_HOST", "set it to your workspace, such as https://adb-1234567890123456.7.azuredatabricks.net")
        let version: Workspace.APIVersion = choice("DATABRICKS_API_VERSION", default: .v22)
        let allowsAnyHost = boolean("DATABRICKS_ALLOW_ANY_HOST", default: false)
        return value("DATABRICKS_HOST", from: host) { text throws(SettingAdvice) in
            try SettingRules.workspace(text, version: version, cloud: cloud, allowsAnyHost: allowsAnyHost)
        }
    }
}

extension Settings.Logging {
    fileprivate init(reading reader: inout SettingsReader) {
        levels = reader.logLevels()
        format = reader.choice("LOG_FORMAT", default: .auto)
        if format == .journald, !LogFormat.journalListens {
            reader.report("LOG_FORMAT", "is journald, but there is no journal here; use auto, json or text")
        }
    }
}

extension Settings.Address {
    /// Reads `PREFIX_HOST` and `PREFIX_PORT`.
    init(reading reader: inout SettingsReader, prefix: String, port: Int) {
        host = reader.text("\(prefix)_HOST") ?? "127.0.0.1"
        self.port = reader.port("\(prefix)_PORT", default: port)
    }
}
