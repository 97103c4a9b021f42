internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability

/// Measures requests and MCP operations (O-04).
///
/// Each series is made once and found again by a number: making one takes a lock and sorts its labels. The locks are held
/// for one look-up; the number of series is bounded, because each part of a number is from a closed set.
final class RequestMetrics: Sendable {
    private struct ToolErrorKey: Hashable {
        let tool: String
        let category: ErrorDetails.Category
    }

    /// The status codes of this server's own answers; docs/metrics.md has them.
    static let statuses: Set<Int> = [200, 202, 204, 400, 401, 403, 404, 405, 406, 408, 413, 415, 421, 429, 500, 503]

    private let tools: [String]
    private let active = Meter(label: MetricNames.httpActiveRequests)
    private let requests = NIOLockedValueBox<[Int: Metrics.Timer]>([:])
    private let operations = NIOLockedValueBox<[Int: Metrics.Timer]>([:])
    /// All of them from the start: a counter that begins with its first event hides that one from `increase()`.
    private let toolErrors: [ToolErrorKey: Counter]

    /// - Parameter tools: The names of this server's tools.
    init(tools: [String]) {
        self.tools = tools
        var counters: [ToolErrorKey: Counter] = [:]
        for tool in tools {
            for category in ErrorDetails.Category.allCases {
                counters[ToolErrorKey(tool: tool, category: category)] = Counter(
                    label: MetricNames.toolErrors,
                    dimensions: [("gen_ai_tool_name", tool), ("category", category.rawValue)])
            }
        }
        toolErrors = counters
    }

    /// A request has come.
    func begin() { active.increment() }

    /// It has been answered.
    func end(_ record: RequestContext, _ facts: RequestFacts) {
        active.decrement()
        let nanoseconds = facts.duration.wholeNanoseconds
        timer(for: record, status: Self.statuses.contains(facts.status) ? facts.status : 0)
            .recordNanoseconds(nanoseconds)
        guard let operation = facts.operation?.facts else { return }
        timer(for: operation).recordNanoseconds(nanoseconds)
        if let tool = operation.tool, let category = operation.errorCategory {
            toolErrors[ToolErrorKey(tool: tool, category: category)]?.increment()
        }
    }

    private func timer(for record: RequestContext, status: Int) -> Metrics.Timer {
        let key = (record.route.index << 8 | record.httpMethod.index) << 16 | status
        return Self.timer(key, in: requests) {
            Metrics.Timer(
                label: MetricNames.httpRequestDuration,
                dimensions: [
                    ("http_route", record.route.rawValue), ("http_request_method", record.httpMethod.rawValue),
                    ("http_response_status_code", status == 0 ? "_OTHER" : String(status)),
                ])
        }
    }

    private func timer(for operation: MCPSummary.Facts) -> Metrics.Timer {
        var key = MCPSummary.methods.firstIndex(of: operation.method) ?? 0
        key = key << 8 | (operation.tool.flatMap { tools.firstIndex(of: $0) } ?? tools.count)
        key = key << 8 | (operation.version.flatMap { MCPSummary.versions.firstIndex(of: $0) } ?? 255)
        key = key << 16 | (operation.rpcErrorCode ?? 0) & 0xFFFF
        key = key << 2 | (operation.isToolError ? 2 : 0) | (operation.isAbandoned ? 1 : 0)
        return Self.timer(key, in: operations) {
            Metrics.Timer(
                label: MetricNames.operationDuration,
                dimensions: [
                    ("mcp_method_name", operation.method), ("gen_ai_tool_name", operation.tool ?? ""),
                    ("mcp_protocol_version", operation.version ?? ""), ("error_type", operation.errorType ?? ""),
                ])
        }
    }

    private static func timer(
        _ key: Int, in timers: NIOLockedValueBox<[Int: Metrics.Timer]>, _ make: () -> Metrics.Timer
    ) -> Metrics.Timer {
        timers.withLockedValue { timers in
            if let timer = timers[key] { return timer }
            let timer = make()
            timers[key] = timer
            return timer
        }
    }
}
