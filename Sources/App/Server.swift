internal import Auth
internal import HTTPTransport
internal import Jobs
internal import Logging
internal import MCP
internal import Metrics
internal import NIOCore
internal import Observability
internal import ServiceLifecycle
internal import UnixSignals

/// Every part of the server, made from the settings and connected.
struct Server {
    private let settings: Settings
    private let transport: CurlTransport
    private let keys: JWKSCache
    private let authenticator: BearerAuthenticator
    private let credential: CredentialCheck
    private let tokens: OBOTokenCache
    private let dispatcher: Dispatcher<any WorkspaceTokenProviding>
    private let endpoint: HTTPEndpoint
    private let operations: MetricsEndpoint
    private let logger: Logger

    init(_ settings: Settings, registry: MetricsRegistry, logger: Logger) {
        self.settings = settings
        self.logger = logger
        let entra = settings.entra
        let transport = CurlTransport(
            TransportConfiguration(caFile: settings.caFile, maximumConnectionsPerHost: 64))
        let fetcher = JWKSFetcher(url: entra.endpoints.jwksURL, transport: transport)
        let keys = JWKSCache { () async throws(JWKSError) in try await fetcher.fetch() }
        let metadata = entra.metadata(for: settings.listener.baseURL)
        let credential = entra.credential.makeCredential(for: entra, transport: transport)
        let tokenEndpoint = TokenEndpoint(
            endpoints: entra.endpoints, clientID: entra.clientID, credential: credential, transport: transport)
        let check = CredentialCheck(credential: credential, isEnabled: entra.checksItself)
        let tokens = OBOTokenCache(endpoint: tokenEndpoint)
        let authenticator = BearerAuthenticator(policy: entra.policy, keys: keys, metadata: metadata)
        let health = HealthEndpoint {
            keys.isReady ? check.obstacle : "the signing keys of Entra ID could not be loaded yet"
        }

        let dispatcher = Self.dispatcher(settings, transport: transport)
        self.transport = transport
        self.dispatcher = dispatcher
        self.keys = keys
        self.credential = check
        self.tokens = tokens
        self.authenticator = authenticator
        operations = MetricsEndpoint(exposition: { registry.exposition() }, health: health)
        endpoint = HTTPEndpoint(
            mcp: MCPEndpoint(
                origins: settings.listener.origins,
                hosts: settings.listener.hosts,
                authenticator: authenticator,
                dispatcher: dispatcher,
                tokens: tokens,
                maximumBodyBytes: settings.listener.maximumBodyBytes),
            metadata: MetadataEndpoint(document: ByteBuffer(bytes: metadata.document), paths: metadata.paths),
            health: health,
            log: RequestLog(logger: logger))
    }

    private static func dispatcher(
        _ settings: Settings, transport: CurlTransport
    ) -> Dispatcher<any WorkspaceTokenProviding> {
        let client = DatabricksClient(
            workspace: settings.workspace, transport: transport,
            configuration: DatabricksClient.Configuration(userAgent: UserAgent(version: BuildInfo.version)))
        return Dispatcher(
            description: .databricksJobs, tools: JobsTools.all(client: client),
            textContent: settings.listener.textContent, callTimeout: settings.listener.callTimeout)
    }

    /// Says at the start of the log what was configured (K-22, E-132).
    func announce() {
        let listener = settings.listener
        let entra = settings.entra
        Gauge(label: MetricNames.buildInfo, dimensions: [("version", BuildInfo.version)]).record(1)
        logger.info(
            "\(AuthConfigSummary.line(baseURL: listener.baseURL, policy: entra.policy, endpoints: entra.endpoints))")
        logger.info("\(entra.metadata(for: listener.baseURL).summary)")
        for warning in settings.warnings {
            logger.warning("setting", metadata: ["setting.name": "\(warning.name)", "advice": "\(warning.advice)"])
        }
        if entra.endpoints.isStandIn {
            logger.warning(
                "the sign-in host is not Microsoft's", metadata: ["entra.authority": "\(entra.endpoints.authority)"])
        }
    }

    /// The parts that run.
    ///
    /// They start in this order and stop in the reverse one, so that a call that is being answered when SIGTERM comes
    /// still has its transport.
    func services(logger: Logger) -> ServiceGroup {
        let services: [any Service] = [
            BackgroundService(name: "transport") { await transport.run() },
            BackgroundService(name: "signing keys") { await keys.run() },
            BackgroundService(name: "server credential") { await credential.run() },
            BackgroundService(name: "workspace tokens") { await tokens.run() },
            BackgroundService(name: "bearer tokens") { await authenticator.run() },
            BackgroundService(name: "call deadlines") { await dispatcher.deadlines.run() },
            ListenerService(
                name: "operations", address: settings.metrics, settingPrefix: "METRICS", responder: operations,
                logger: logger),
            ListenerService(
                name: "mcp", address: settings.listener.address, settingPrefix: "MCP", responder: endpoint,
                logger: logger),
        ]
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger.reportingProblemsOnly)
        configuration.maximumGracefulShutdownDuration = settings.listener.callTimeout + .seconds(5)
        return ServiceGroup(configuration: configuration)
    }
}

/// Work that runs until the server stops.
struct BackgroundService: Service, CustomStringConvertible {
    let name: String
    let work: @Sendable () async -> Void

    func run() async {
        await cancelWhenGracefulShutdown { await work() }
    }

    /// The name alone: service-lifecycle logs what a service prints.
    var description: String { name }
}

extension Settings.Entra {
    /// What a token must have to be let in.
    var policy: TokenPolicy {
        TokenPolicy(endpoints: endpoints, clientID: clientID, appIDURI: appIDURI, requiredScopes: requiredScopes)
    }
}

extension ServerDescription {
    /// How this server introduces itself.
    static let databricksJobs = ServerDescription(
        name: "azure-databricks-jobs-mcp", title: "Azure Databricks Jobs", version: BuildInfo.version,
        instructions: "Inspect Azure Databricks jobs and runs and trigger jobs, as the signed-in user. "
            + "list_jobs finds a job_id; list_runs and get_run show how runs went; get_run_output takes the id of a "
            + "job run or of one task run and explains a failure; run_now starts a job once per idempotency_token.")
}
