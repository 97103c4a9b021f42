internal import HTTPServer
internal import HTTPTypes
internal import Logging
internal import Observability
internal import Tracing

/// Begins the record of each request and, once it is over, writes from it the access line, the metrics, the figures for
/// the service manager and, for MCP requests, the span.
struct RequestLog: Sendable {
    /// A request that is being answered.
    struct Observation: Sendable {
        let record: RequestContext
        let span: WorkSpan

        /// Runs `work` as part of the request: by this the log's ids go, and all spans within it.
        func run<Success>(_ work: () async -> Success) async -> Success {
            await withRequestContext(record) { await span.run(work) }
        }
    }

    /// For the service manager.
    let tally = RequestTally()
    private let access: AccessLog?
    private let tracer: (any Tracer)?
    private let metrics: RequestMetrics

    /// - Parameters:
    ///   - access: Takes the line of each request.
    ///   - tools: The names of this server's tools, for the metrics.
    ///   - tracer: Makes the span of each request; `nil` when nobody would keep it.
    init(access: AccessLog?, tools: [String], tracer: (any Tracer)?) {
        self.access = access
        self.tracer = tracer
        metrics = RequestMetrics(tools: tools)
    }

    func begin(_ request: InboundRequest, route: Route) -> Observation {
        metrics.begin()
        let identity = RequestIdentity(of: request.headers)
        let method = MethodLabel(request.method.rawValue)
        var span: RequestSpan?
        if route == .mcp {
            tally.begin()
            span = RequestSpan(of: request, method, identity.correlationID, tracer: tracer)
        }
        let record = RequestContext(
            correlationID: identity.correlationID, clientCorrelationID: identity.clientCorrelationID, route: route,
            httpMethod: method, trace: span?.trace)
        return Observation(record: record, span: span?.span ?? .unrecorded)
    }

    /// Writes what became of the request; nothing may be noted in its record after that.
    func end(_ observation: Observation) {
        let record = observation.record
        record.note { $0.duration = ContinuousClock.now - record.start }
        let facts = record.facts
        if record.route == .mcp { tally.end(record, facts) }
        RequestSpan.end(observation.span, facts)
        metrics.end(record, facts)
        // Probes and metadata look-ups would drown the calls.
        access?.write(record, level: record.route == .mcp || facts.refusal != nil ? .info : .debug)
    }
}
