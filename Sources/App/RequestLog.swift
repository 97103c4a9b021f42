internal import Auth
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import MCP
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability
internal import Tracing

/// One log line, one measurement and, for MCP requests, one span per request.
struct RequestLog: Sendable {
    /// A request that is being answered.
    struct Observation {
        let route: Route
        let method: String
        let start: ContinuousClock.Instant
        let span: RequestSpan?
    }

    let logger: Logger
    private let tracer: any Tracer
    private let active = Meter(label: MetricNames.httpActiveRequests)
    private let timers = TimerCache()

    init(logger: Logger, tracer: any Tracer = InstrumentationSystem.tracer) {
        self.logger = logger
        self.tracer = tracer
    }

    func begin(_ request: Request, route: Route) -> Observation {
        active.increment()
        let span = route == .mcp ? RequestSpan(of: request, tracer: tracer) : nil
        return Observation(route: route, method: Self.label(of: request.method), start: .now, span: span)
    }

    func end(_ observation: Observation, _ answer: Answer) {
        active.decrement()
        let elapsed = ContinuousClock.now - observation.start
        observation.span?.end(answer)
        measure(observation, answer, elapsed)
        // Probes and metadata look-ups would drown the calls.
        let level: Logger.Level = observation.route == .mcp ? .info : .debug
        guard level >= logger.logLevel else { return }
        logger.log(level: level, "request answered", metadata: metadata(observation, answer, elapsed))
    }

    private func measure(_ observation: Observation, _ answer: Answer, _ elapsed: Duration) {
        let status = String(answer.response.status.code)
        timers.timer(
            MetricNames.httpRequestDuration,
            [
                ("http_route", observation.route.rawValue), ("http_request_method", observation.method),
                ("http_response_status_code", status),
            ]
        ).recordNanoseconds(elapsed.inNanoseconds)
        guard let summary = answer.summary else { return }
        timers.timer(
            MetricNames.operationDuration,
            [
                ("mcp_method_name", summary.method), ("gen_ai_tool_name", summary.tool ?? ""),
                ("mcp_protocol_version", summary.protocolVersion?.rawValue ?? ""),
                ("error_type", summary.errorType ?? ""),
            ]
        ).recordNanoseconds(elapsed.inNanoseconds)
    }

    private func metadata(_ observation: Observation, _ answer: Answer, _ elapsed: Duration) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "http.method": "\(observation.method)", "http.route": "\(observation.route.rawValue)",
            "http.status": "\(answer.response.status.code)", "duration.ms": "\(elapsed.inMilliseconds)",
        ]
        if answer.stream != nil {
            metadata["response.stream"] = "true"
        } else {
            metadata["response.bytes"] = "\(answer.response.body.contentLength ?? 0)"
        }
        if let duration = answer.authentication { metadata["auth.ms"] = "\(duration.inMilliseconds)" }
        if let caller = answer.caller { metadata.merge(Self.metadata(caller)) { $1 } }
        guard let summary = answer.summary else { return metadata }
        metadata["mcp.method"] = "\(summary.method)"
        metadata["mcp.outcome"] = "\(summary.errorType ?? "ok")"
        if let tool = summary.tool { metadata["mcp.tool"] = "\(tool)" }
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

    /// Methods come from the wire; a label must come from a closed set.
    private static func label(of method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .delete, .options, .patch: method.rawValue
        default: "_OTHER"
        }
    }
}

extension MCPSummary {
    /// `error.type` of O-03: the JSON-RPC code, `tool_error`, `cancelled`, or `nil` for success.
    var errorType: String? {
        if isAbandoned { return "cancelled" }
        return rpcErrorCode.map(String.init) ?? (isToolError ? "tool_error" : nil)
    }
}

/// Timers by name and labels, made once each: making one takes locks and sorts its labels.
private final class TimerCache: Sendable {
    private struct Key: Hashable {
        let name: String
        let labels: [String]
    }

    private let timers = NIOLockedValueBox<[Key: Metrics.Timer]>([:])

    func timer(_ name: String, _ dimensions: [(String, String)]) -> Metrics.Timer {
        let key = Key(name: name, labels: dimensions.map(\.1))
        return timers.withLockedValue { timers in
            if let timer = timers[key] { return timer }
            let timer = Metrics.Timer(label: name, dimensions: dimensions)
            timers[key] = timer
            return timer
        }
    }
}

extension Duration {
    /// Whole nanoseconds.
    fileprivate var inNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }

    /// Milliseconds with three decimals, for people.
    fileprivate var inMilliseconds: String {
        let micros = components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
        let fraction = String(micros % 1_000)
        return "\(micros / 1_000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }
}
