internal import Auth
internal import HTTPServer
internal import HTTPTypes
internal import Logging
internal import MCP
internal import Observability
internal import Tracing

/// One log line, one measurement and, for MCP requests, one span per request.
struct RequestLog: Sendable {
    /// A request that is being answered.
    struct Observation {
        let route: Route
        let method: MethodLabel
        let start: ContinuousClock.Instant
        let span: RequestSpan?

        /// Runs `work` as part of the request's span, by which the log's ids and all spans within it go.
        func inSpan<Success>(_ work: () async -> Success) async -> Success {
            guard let span else { return await work() }
            return await span.run(work)
        }
    }

    let logger: Logger
    /// For the service manager.
    let tally = RequestTally()
    private let tracer: any Tracer
    private let metrics: RequestMetrics

    /// - Parameters:
    ///   - logger: Writes the line of each request.
    ///   - tools: The names of this server's tools, for the metrics.
    ///   - tracer: Makes the span of each request.
    init(logger: Logger, tools: [String], tracer: any Tracer) {
        self.logger = logger
        self.tracer = tracer
        metrics = RequestMetrics(tools: tools)
    }

    func begin(_ request: InboundRequest, route: Route) -> Observation {
        metrics.begin()
        if route == .mcp { tally.begin() }
        let span = route == .mcp ? RequestSpan(of: request, tracer: tracer) : nil
        return Observation(route: route, method: MethodLabel(request.method), start: .now, span: span)
    }

    func end(_ observation: Observation, _ answer: Answer) {
        if observation.route == .mcp { tally.end(answer) }
        let elapsed = ContinuousClock.now - observation.start
        observation.span?.end(answer)
        metrics.end(
            observation.route, observation.method, status: answer.response.status, answer.summary, after: elapsed)
        // Probes and metadata look-ups would drown the calls.
        let level: Logger.Level = observation.route == .mcp ? .info : .debug
        guard level >= logger.logLevel else { return }
        logger.log(level: level, "request answered", metadata: metadata(observation, answer, elapsed))
    }

    private func metadata(_ observation: Observation, _ answer: Answer, _ elapsed: Duration) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "http.method": "\(observation.method.rawValue)", "http.route": "\(observation.route.rawValue)",
            "http.status": "\(answer.response.status.code)", "duration.ms": "\(elapsed.logMilliseconds)",
        ]
        if answer.stream != nil { metadata["response.stream"] = "true" }
        metadata["response.bytes"] = "\(answer.stream?.sentBytes ?? answer.response.bodyBytes ?? 0)"
        if let bytes = answer.requestBytes { metadata["request.bytes"] = "\(bytes)" }
        if let duration = answer.authentication { metadata["auth.ms"] = "\(duration.logMilliseconds)" }
        if answer.summary?.tool != nil, let phases = RequestContext.current?.phases {
            metadata["obo.ms"] = "\(phases.workspaceToken.logMilliseconds)"
            metadata["upstream.ms"] = "\(phases.upstream.logMilliseconds)"
            metadata["upstream.calls"] = "\(phases.upstreamCalls)"
        }
        if let caller = answer.caller { metadata.merge(Self.metadata(caller)) { $1 } }
        guard let summary = answer.summary else { return metadata }
        metadata["mcp.method"] = "\(summary.method)"
        metadata["mcp.outcome"] = "\(summary.errorType ?? "ok")"
        if let tool = summary.tool { metadata["mcp.tool"] = "\(tool)" }
        if let era = summary.era { metadata["mcp.era"] = "\(era.rawValue)" }
        if let version = summary.protocolVersion { metadata["mcp.version"] = "\(version.rawValue)" }
        if let category = summary.errorCategory { metadata["error.category"] = "\(category.rawValue)" }
        if let failure = summary.failure { metadata["error"] = "\(failure.operatorMessage)" }
        if let name = summary.clientName { metadata["client.name"] = "\(name)" }
        if let version = summary.clientVersion { metadata["client.version"] = "\(version)" }
        return metadata
    }

    /// Who called, as an audit wants it: Databricks sees one service principal for all applications (E-89).
    private static func metadata(_ caller: AuthenticatedCaller) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["entra.tid": "\(caller.tenantID)", "entra.oid": "\(caller.objectID)"]
        metadata["entra.azp"] = caller.clientID.map { "\($0)" }
        metadata["entra.uti"] = caller.tokenID.map { "\($0)" }
        switch caller {
        case .user: metadata["caller.kind"] = "user"
        case .application(let application):
            metadata["caller.kind"] = "application"
            metadata["entra.roles"] = "\(application.roles.text)"
        }
        return metadata
    }
}
