extension MetricCatalogue {
    /// MCP and HTTP.
    static let requests: [MetricDescription] = [
        MetricDescription(
            MetricNames.operationDuration, .operationDurations, "Duration of MCP operations.",
            "The share with `error_type` other than empty, and the 95th percentile of `tools/call` per tool. A stream "
                + "counts to its end, so a `get_run` with `wait_seconds` takes as long as it was asked to.",
            labels: [mcpMethod, tool, protocolVersion, errorType],
            // Only `tools/call` names a tool.
            maximumSeries: (mcpMethod.maximumValues - 1 + tool.maximumValues) * protocolVersion.maximumValues
                * errorType.maximumValues),
        MetricDescription(
            MetricNames.toolErrors, .counter, "Tool calls that failed, by tool and category.",
            "`configuration` and `internal` want an operator, `unavailable` and `rate_limited` point upstream, the "
                + "others are the callers' own. Calls inside a batch are not told apart.",
            labels: [MetricDescription.Label("gen_ai_tool_name", tools), category]),
        MetricDescription(
            MetricNames.httpRequestDuration, .requestDurations, "Duration of HTTP requests.",
            "5xx on `/mcp`; 401 and 403 beside `token_rejections_total`; a rise of `other` is somebody scanning.",
            labels: [route, httpMethod, status]),
        MetricDescription(
            MetricNames.httpClientRequestDuration, .requestDurations, "Duration of requests to other services.",
            "The 95th percentile per peer, beside the same of `/mcp`: whether a slow call was slow here or there.",
            labels: [peer, clientMethod, clientStatus, clientError],
            // The status settles the error, unless there was no answer.
            maximumSeries: peer.maximumValues * clientMethod.maximumValues
                * (clientStatus.maximumValues - 1 + clientFailures.count)),
        MetricDescription(
            MetricNames.httpActiveRequests, .gauge, "HTTP requests being answered.",
            "Compare with `MCP_MAX_REQUESTS`; a level that stays up while nothing is answered is an outage upstream."),
        MetricDescription(
            MetricNames.httpShedRequests, .counter, "Requests turned away for lack of a place, by reason.",
            "`overloaded`: more replicas, or a higher `MCP_MAX_REQUESTS`; `flooding`: one caller has all its places; "
                + "`bodies` and `caller_bodies`: the same of bytes that come slowly or are large; `closing`: a server that is "
                + "being stopped still got requests.",
            labels: [
                MetricDescription.Label("reason", ["overloaded", "closing", "flooding", "bodies", "caller_bodies"])
            ]),
        MetricDescription(
            MetricNames.httpConnections, .gauge, "Connections to the public listener.",
            "Compare with `http_server_max_connections`."),
        MetricDescription(
            MetricNames.httpMaximumConnections, .gauge, "The limit on connections to the public listener.",
            "Below `MCP_MAX_CONNECTIONS` where the limit on descriptors leaves no room for as many."),
        MetricDescription(
            MetricNames.httpRefusedConnections, .counter,
            "Connections closed without an answer for lack of a place or of room for their heads.",
            "Anything above 0: a client or a proxy that keeps too many connections, or somebody who means harm."),
        MetricDescription(
            MetricNames.httpAcceptFailures, .counter, "How often the system could not accept a connection.",
            "Anything above 0: descriptors or memory of the system are used up."),
        MetricDescription(
            MetricNames.httpBodyBytes, .gauge, "Bytes of the request bodies that are in memory or were announced.",
            "Compare with `MCP_MAX_BODIES_BYTES`."),
        MetricDescription(
            MetricNames.httpUnreadableRequests, .counter,
            "What came in place of requests that can be answered, by reason.",
            "`tls`, `http2` and `proxy_line` are a proxy to be set up otherwise; `too_large` is a client with more headers "
                + "than fit; `late` and `incomplete` are connections that broke. Not in `http_server_request_duration_seconds`.",
            labels: [unreadable]),
        MetricDescription(
            MetricNames.serverReady, .gauge, "1 when the server would answer /readyz with 200, else 0.",
            "0 for more than a minute; `/readyz` says why."),
    ]
}
