internal import Auth
internal import Guide
internal import HTTPServer
internal import HTTPTransport
internal import Jobs
internal import Logging
internal import MCP
internal import Metrics
internal import NIOCore
internal import NIOPosix
internal import Observability
internal import ServiceLifecycle
internal import Telemetry
internal import UnixSignals

/// Every part of the server, made from the settings and connected.
struct Server {
    private let settings: Settings
    private let transport: CurlTransport
    private let keys: JWKSCache
    private let v1Keys: JWKSCache?
    private let discovery: TenantDiscovery
    private let authenticator: BearerAuthenticator
    private let credential: CredentialCheck
    private let tokens: WorkspaceTokens
    private let dispatcher: Dispatcher<any WorkspaceTokenProviding>
    private let gate: RequestGate
    private let endpoint: HTTPEndpoint
    private let operations: MetricsEndpoint
    private let telemetry: TelemetryService
    private let logger: Logger
    private let sockets: HandedOverSockets
    private let listeners = OpenListeners()
    private let quota: ConnectionQuota
    private let lag = EventLoopLag(MultiThreadedEventLoopGroup.singleton)
    private let reporter: ServiceManagerReporter
    private let reload: ReloadService

    init(
        _ settings: Settings, registry: MetricsRegistry, telemetry: TelemetryService, levels: LogLevelControl,
        access: AccessLog, sockets: HandedOverSockets, logger: Logger
    ) {
        self.settings = settings
        self.telemetry = telemetry
        self.logger = logger
        self.sockets = sockets
        let (signIn, baseURL) = (settings.signIn, settings.listener.baseURL)
        let endpoints = signIn.endpoints
        // Twice the calls, because chance deals them unevenly to the workers: who waits, waits for a slot.
        let connectionsPerHost = max(64, 2 * settings.calls.perWorkspace)
        let transport = CurlTransport(
            TransportConfiguration(caFile: settings.caFile, maximumConnectionsPerHost: connectionsPerHost),
            workers: settings.workers, threadName: "worker")
        let entra = TracedTransport(peer: .entra, transport)
        let keys = JWKSCache(url: endpoints.jwksURL, policy: signIn.keyRefresh, transport: entra)
        let v1Keys = signIn.policy.v1Issuer.map { _ in
            JWKSCache(url: endpoints.v1JWKSURL, policy: signIn.keyRefresh, transport: entra)
        }
        let discovery = TenantDiscovery(
            check: DiscoveryCheck(endpoints: endpoints, transport: entra), endpoints: endpoints,
            publishedIssuer: signIn.publishesServerMetadata ? baseURL : nil)
        let metadata = signIn.metadata(for: baseURL)
        let credential = settings.credential.makeCredential(
            for: signIn, transport: TracedTransport(peer: .identity, transport))
        let tokenEndpoint = TokenEndpoint(
            endpoints: endpoints, clientID: signIn.clientID, credential: credential, transport: entra)
        let tokens = WorkspaceTokens(
            users: OBOTokenCache(endpoint: tokenEndpoint), applications: ApplicationTokenCache(endpoint: tokenEndpoint))
        let check = CredentialCheck(
            credential: credential, clientID: signIn.clientID,
            applicationTokens: signIn.policy.machineRoles == nil ? nil : tokens.applications,
            isEnabled: settings.checksCredential)
        let authenticator = BearerAuthenticator(
            policy: signIn.policy, keys: keys, v1Keys: v1Keys, metadata: metadata)
        let gate = RequestGate(settings.listener.requests)
        let quota = ConnectionQuota(
            maximumConnections: DescriptorLimit.makeRoom(
                for: settings.listener.maximumConnections, connectionsPerHost: connectionsPerHost))
        let health = HealthEndpoint {
            guard !gate.isDraining else { return "the server is being stopped" }
            guard keys.isReady, v1Keys?.isReady != false else {
                return "the signing keys of Entra ID could not be loaded yet"
            }
            return discovery.obstacle ?? check.obstacle
        }

        let client = Self.client(settings, transport: TracedTransport(peer: .databricks, Wire(transport)))
        let dispatcher = Self.dispatcher(settings, client)
        self.transport = transport
        self.dispatcher = dispatcher
        self.gate = gate
        self.quota = quota
        self.keys = keys
        self.v1Keys = v1Keys
        self.discovery = discovery
        self.credential = check
        self.tokens = tokens
        self.authenticator = authenticator
        let log = RequestLog(
            access: access, tools: dispatcher.toolDefinitions.map(\.name),
            tracer: telemetry.isExporting ? telemetry.tracer : nil)
        operations = MetricsEndpoint(registry: registry, health: health)
        registry.observe(quota, gate)
        registry.observe(keys: [keys] + (v1Keys.map { [$0] } ?? []), credential: check, health: health)
        registry.observe(client)
        endpoint = HTTPEndpoint(
            mcp: MCPEndpoint(
                gate: gate,
                origins: settings.listener.origins,
                hosts: settings.listener.hosts,
                authenticator: authenticator,
                dispatcher: dispatcher,
                tokens: tokens,
                relay: SignInRelay(
                    mode: signIn.claimsRelay, endpoints: endpoints, metadata: metadata, policy: signIn.policy),
                maximumBodyBytes: settings.listener.maximumBodyBytes),
            metadata: MetadataEndpoint(
                resource: metadata, baseURL: baseURL,
                discovery: signIn.publishesServerMetadata ? discovery : nil),
            health: health,
            connect: ConnectEndpoint(
                facts: ServerFacts(settings, metadata: metadata, tools: dispatcher.toolDefinitions),
                hosts: settings.listener.hosts),
            log: log)
        reporter = ServiceManagerReporter(
            listeners: listeners, tally: log.tally,
            probe: LivenessProbe(
                transport: transport, listeners: listeners, dispatcher: dispatcher, lag: lag),
            obstacle: health.obstacle, grace: settings.readyGrace, logger: logger)
        reload = ReloadService(levels: levels, credential: credential, reporter: reporter, logger: logger)
    }

    private static func client(_ settings: Settings, transport: any HTTPSending) -> DatabricksClient {
        var configuration = DatabricksClient.Configuration(userAgent: UserAgent(version: BuildInfo.version))
        configuration.guardRails = settings.tools.guardRails
        configuration.results = settings.tools.results
        configuration.calls = settings.calls
        return DatabricksClient(workspace: settings.workspace, transport: transport, configuration: configuration)
    }

    private static func dispatcher(
        _ settings: Settings, _ client: DatabricksClient
    ) -> Dispatcher<any WorkspaceTokenProviding> {
        Dispatcher(
            description: .databricksJobs(isReadOnly: settings.tools.guardRails.isReadOnly),
            tools: JobsTools.all(client: client), textContent: settings.listener.textContent,
            limits: MCPLimits(maximumBodyBytes: settings.listener.maximumBodyBytes),
            callTimeout: settings.listener.callTimeout)
    }

    /// Says at the start of the log what was configured (K-22, E-132).
    func announce() {
        let listener = settings.listener
        let signIn = settings.signIn
        Gauge(label: MetricNames.buildInfo, dimensions: BuildInfo.labels).record(1)
        // Made anew at the first loss; a counter that was there at 0 lets an alert see that one.
        _ = Counter(label: MetricNames.logRecordsDropped)
        logger.info(
            "\(AuthConfigSummary.line(baseURL: listener.baseURL, policy: signIn.policy, endpoints: signIn.endpoints))")
        logger.info("\(signIn.metadata(for: listener.baseURL).summary)")
        for warning in settings.warnings {
            logger.warning("setting", metadata: ["setting.name": "\(warning.name)", "advice": "\(warning.advice)"])
        }
        if quota.maximumConnections < listener.maximumConnections {
            let advice =
                "is \(listener.maximumConnections), but the limit on descriptors leaves room for "
                + "\(quota.maximumConnections); raise LimitNOFILE or the container's limit"
            logger.warning("setting", metadata: ["setting.name": "MCP_MAX_CONNECTIONS", "advice": "\(advice)"])
        }
        if signIn.endpoints.isStandIn {
            logger.warning(
                "the sign-in host is not Microsoft's", metadata: ["entra.authority": "\(signIn.endpoints.authority)"])
        }
    }

    /// The parts that run.
    ///
    /// They start in this order and stop in the reverse one, so that a call that is being answered when SIGTERM comes
    /// still has its transport, and the service manager hears of the server until the end.
    func services(logger: Logger) -> ServiceGroup {
        let limit = settings.listener.drain + settings.listener.callTimeout + .seconds(5)
        var services: [any Service] = [
            reporter,
            reload,
            BackgroundService(name: "transport") { await transport.run() },
            BackgroundService(name: "signing keys") { await keys.run() },
            BackgroundService(name: "tenant discovery") { await discovery.run() },
            BackgroundService(name: "server credential") { await credential.run() },
            BackgroundService(name: "workspace tokens") { await tokens.users.run() },
            BackgroundService(name: "bearer tokens") { await authenticator.run() },
            BackgroundService(name: "running calls") { await dispatcher.calls.run() },
            BackgroundService(name: "event loop lag") { await lag.run() },
            BackgroundService(name: "memory") { await MemoryReturn().run() },
        ]
        if let v1Keys { services.append(BackgroundService(name: "v1.0 signing keys") { await v1Keys.run() }) }
        let unreadable = UnreadableRequests(logger: logger)
        if let address = settings.metrics {
            var operators = HTTPListener.Configuration()
            operators.quota = ConnectionQuota(maximumConnections: DescriptorLimit.operatorsConnections)
            operators.refusal = { unreadable.answer($0, on: "operations") }
            services += Self.places(sockets.metrics).map { [operators] socket in
                ListenerService(
                    name: "operations", address: address, settingPrefix: "METRICS", socket: socket,
                    configuration: operators, hasOwnThread: true,
                    responder: { [operations] in operations.respond(to: $0) }, open: listeners, logger: logger)
            }
        }
        var connections = HTTPListener.Configuration()
        connections.executor = { [workers = transport.workers] in workers.next() }
        connections.limits = settings.listener.connections
        connections.quota = quota
        connections.refusal = { unreadable.answer($0, on: "mcp") }
        services += Self.places(sockets.mcp).map { [gate, endpoint, connections] socket in
            ListenerService(
                name: "mcp", address: settings.listener.address, settingPrefix: "MCP", socket: socket,
                configuration: connections, responder: { await endpoint.respond(to: $0) }, open: listeners,
                onShutdown: { gate.close() }, logger: logger)
        }
        services.append(
            DrainService(
                length: settings.listener.drain, listeners: listeners, gate: gate, leavesSocket: !sockets.mcp.isEmpty,
                reporter: reporter, limit: limit, logger: logger))
        // First, so that it stops last and has the spans of everything that stops before it.
        if telemetry.isExporting { services.insert(telemetry, at: 0) }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = limit
        return ServiceGroup(configuration: configuration)
    }

    /// The sockets that were handed over, or one that is still to be made.
    private static func places(_ sockets: [CInt]) -> [CInt?] { sockets.isEmpty ? [nil] : sockets }
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

extension JWKSCache {
    /// The keys of the document at `url`.
    init(url: String, policy: KeyRefreshPolicy, transport: any HTTPSending) {
        let fetcher = JWKSFetcher(url: url, transport: transport)
        self.init(policy: policy) { () async throws(JWKSError) in try await fetcher.fetch() }
    }
}

extension ServerDescription {
    /// How this server introduces itself.
    ///
    /// - Parameter isReadOnly: Whether jobs cannot be started.
    /// - Returns: The introduction.
    static func databricksJobs(isReadOnly: Bool) -> ServerDescription {
        ServerDescription(
            name: "azure-databricks-jobs-mcp", title: "Azure Databricks Jobs", version: BuildInfo.version,
            instructions: "Inspect Azure Databricks jobs and runs\(isReadOnly ? "" : " and trigger jobs"), as the "
                + "signed-in user. list_jobs finds a job_id; list_runs and get_run show how runs went; "
                + "get_run_output takes the id of a job run or of one task run and explains a failure"
                + (isReadOnly ? "." : "; run_now starts a job once per idempotency_token."))
    }
}
