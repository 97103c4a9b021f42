/// Every metric this server exports, in the order of docs/metrics.md, which a test compares with this table.
///
/// The closed sets belong to enums of other modules; a test compares those too. A metric that is not here, such as one
/// of a library, is exported without a description of its own.
package enum MetricCatalogue {
    /// The chapters of docs/metrics.md.
    package static let chapters: [(title: String, metrics: [MetricDescription])] = [
        ("Requests", requests), ("Sign-in", signIn), ("Databricks", databricks), ("Process", process),
    ]

    /// All of them.
    package static let all = chapters.flatMap(\.metrics)

    /// The most series that there can be, libraries' own aside.
    package static let maximumSeries = all.map(\.maximumSeries).reduce(0, +)

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The description of one metric.
    static func description(of name: String) -> MetricDescription? { byName[name] }
}

// MARK: - Closed sets

extension MetricCatalogue {
    static let tools = ["list_jobs", "list_runs", "get_run", "get_run_output", "run_now"]
    static let endpoints = ["list", "runs/list", "runs/get", "runs/get-output", "run-now"]
    static let entraOutcomes = [
        "success", "reauthenticate", "interact", "consent", "denied", "configuration", "transient", "throttled",
        "protocol_error",
    ]

    static let route = MetricDescription.Label(
        "http_route", Route.allCases.map(\.rawValue), "any other path is `other`")
    static let httpMethod = MetricDescription.Label("http_request_method", MethodLabel.allCases.map(\.rawValue))
    static let status = MetricDescription.Label(
        "http_response_status_code",
        [
            "200", "202", "204", "400", "401", "403", "404", "405", "406", "408", "413", "415", "421", "429", "500",
            "503", "_OTHER",
        ], "what this server answers; any other code would be `_OTHER`")
    static let unreadable = MetricDescription.Label(
        "reason",
        [
            "tls", "http2", "proxy_line", "request_line", "version", "blank_before_colon", "control_character", "field",
            "host", "content_length", "transfer_encoding", "unknown_coding", "too_large", "late", "incomplete", "other",
        ])
    static let peer = MetricDescription.Label("peer", ["entra", "databricks", "identity", "telemetry"])
    static let clientMethod = MetricDescription.Label("http_request_method", ["GET", "POST"])
    /// The status codes of other services that have a series of their own.
    package static let clientStatuses: Set<Int> = [
        200, 201, 202, 204, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413,
        415, 421, 422, 429, 431, 451, 500, 501, 502, 503, 504,
    ]
    static let clientFailures = [
        "dns", "connect", "connect_timeout", "tls", "timeout", "cut_off", "response_too_large", "protocol_violation",
        "cancelled", "shutting_down", "invalid_request", "internal_failure",
    ]
    static let clientStatus = MetricDescription.Label(
        "http_response_status_code", [""] + clientStatuses.sorted().map(String.init) + ["_OTHER"],
        "empty where there was no answer")
    static let clientError = MetricDescription.Label(
        "error_type",
        [""] + clientStatuses.filter { $0 >= 400 }.sorted().map(String.init) + ["_OTHER"] + clientFailures,
        "empty for success, else the status, or why there was no answer")
    static let mcpMethod = MetricDescription.Label(
        "mcp_method_name", MCPSummary.methods,
        "`_BATCH` for an array of messages, `_OTHER` for a method that is not ours")
    static let tool = MetricDescription.Label(
        "gen_ai_tool_name", [""] + tools, "empty where no tool of ours is called")
    static let protocolVersion = MetricDescription.Label(
        "mcp_protocol_version", [""] + MCPSummary.versions,
        "empty where the request was refused before its revision was known")
    static let errorType = MetricDescription.Label(
        "error_type",
        [
            "", "tool_error", "cancelled", "-32700", "-32600", "-32601", "-32602", "-32603", "-32020", "-32021",
            "-32022",
        ], "empty for success, else a JSON-RPC code, `tool_error`, or `cancelled` when the client hung up")
    static let category = MetricDescription.Label(
        "category",
        [
            "invalid_argument", "not_found", "permission", "auth", "interaction", "consent", "network_policy",
            "rate_limited", "unavailable", "version", "configuration", "internal",
        ], "as in the result's `_meta`")
    static let endpoint = MetricDescription.Label("endpoint", endpoints, "of the Jobs API")
}
