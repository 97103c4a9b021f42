internal import HTTPTypes
internal import MCP
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability

/// Measures requests and MCP operations (O-04).
///
/// Each series is made once and found again by small values: making one takes a lock and sorts its labels. The locks are
/// held for one look-up; the number of series is bounded, because each part of a key is from a closed set.
final class RequestMetrics: Sendable {
    private struct RequestKey: Hashable {
        let route: Route
        let method: MethodLabel
        let status: Int
    }

    private struct OperationKey: Hashable {
        let method: String
        let tool: String?
        let version: ProtocolVersion?
        let code: Int?
        let isToolError, isAbandoned: Bool

        init(_ summary: MCPSummary) {
            (method, tool, version) = (summary.method, summary.tool, summary.protocolVersion)
            (code, isToolError, isAbandoned) = (summary.rpcErrorCode, summary.isToolError, summary.isAbandoned)
        }
    }

    private struct ToolErrorKey: Hashable {
        let tool: String
        let category: ErrorDetails.Category
    }

    /// The status codes of this server's own answers; docs/metrics.md has them.
    static let statuses: Set<Int> = [200, 202, 204, 400, 401, 403, 404, 405, 406, 408, 413, 415, 421, 429, 500, 503]

    private let active = Meter(label: MetricNames.httpActiveRequests)
    private let requests = NIOLockedValueBox<[RequestKey: Metrics.Timer]>([:])
    private let operations = NIOLockedValueBox<[OperationKey: Metrics.Timer]>([:])
    /// All of them from the start: a counter that begins with its first event hides that one from `increase()`.
    private let toolErrors: [ToolErrorKey: Counter]

    /// - Parameter tools: The names of this server's tools.
    init(tools: [String]) {
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

    /// It has been answered, `elapsed` after it came.
    ///
    /// - Parameters:
    ///   - route: Where it went.
    ///   - method: How it was made.
    ///   - status: The status of the answer.
    ///   - summary: What the protocol layer made of it.
    ///   - elapsed: From the first byte of the request to the last of the answer.
    func end(
        _ route: Route, _ method: MethodLabel, status: HTTPResponse.Status, _ summary: MCPSummary?,
        after elapsed: Duration
    ) {
        active.decrement()
        let nanoseconds = elapsed.wholeNanoseconds
        timer(for: route, method, status: Self.statuses.contains(status.code) ? status.code : 0)
            .recordNanoseconds(nanoseconds)
        guard let summary else { return }
        timer(for: summary).recordNanoseconds(nanoseconds)
        if let tool = summary.tool, let category = summary.errorCategory {
            toolErrors[ToolErrorKey(tool: tool, category: category)]?.increment()
        }
    }

    private func timer(for route: Route, _ method: MethodLabel, status: Int) -> Metrics.Timer {
        requests.withLockedValue { requests in
            let key = RequestKey(route: route, method: method, status: status)
            if let timer = requests[key] { return timer }
            let timer = Metrics.Timer(
                label: MetricNames.httpRequestDuration,
                dimensions: [
                    ("http_route", route.rawValue), ("http_request_method", method.rawValue),
                    ("http_response_status_code", status == 0 ? "_OTHER" : String(status)),
                ])
            requests[key] = timer
            return timer
        }
    }

    private func timer(for summary: MCPSummary) -> Metrics.Timer {
        operations.withLockedValue { operations in
            let key = OperationKey(summary)
            if let timer = operations[key] { return timer }
            let timer = Metrics.Timer(
                label: MetricNames.operationDuration,
                dimensions: [
                    ("mcp_method_name", summary.method), ("gen_ai_tool_name", summary.tool ?? ""),
                    ("mcp_protocol_version", summary.protocolVersion?.rawValue ?? ""),
                    ("error_type", summary.errorType ?? ""),
                ])
            operations[key] = timer
            return timer
        }
    }
}

/// The method of a request as a label: methods come from the wire, labels from a closed set.
enum MethodLabel: String, CaseIterable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
    case options = "OPTIONS"
    case patch = "PATCH"
    case other = "_OTHER"

    init(_ method: HTTPRequest.Method) { self = MethodLabel(rawValue: method.rawValue) ?? .other }
}

extension MCPSummary {
    /// `error.type` of O-03: the JSON-RPC code, `tool_error`, `cancelled`, or `nil` for success.
    var errorType: String? {
        if isAbandoned { return "cancelled" }
        return rpcErrorCode.map(String.init) ?? (isToolError ? "tool_error" : nil)
    }
}
