/// Every metric this server exports: name, meaning and shape in one place.
///
/// Modules create `Counter`, `Gauge` and `Timer` of swift-metrics with these names and labels from closed sets only;
/// no label ever holds an identifier of a user, a job or a request (E-166).
package enum MetricNames {
    /// Duration of MCP operations by method, tool and outcome (O-04).
    package static let operationDuration = "mcp_server_operation_duration_seconds"
    /// Duration of HTTP requests by route, method and status.
    package static let httpRequestDuration = "http_server_request_duration_seconds"
    /// HTTP requests being answered.
    package static let httpActiveRequests = "http_server_active_requests"
    /// Bearer tokens refused, by reason (E-21).
    package static let tokenRejections = "token_rejections_total"
    /// Bearer tokens accepted, by where the verdict came from.
    package static let tokenAcceptances = "token_acceptances_total"
    /// Tokens bound to a key of the client's and accepted as bearer tokens (E-20).
    package static let tokenProofOfPossession = "token_proof_of_possession_total"
    /// Fetches of the signing keys, by outcome.
    package static let jwksRefreshes = "jwks_refreshes_total"
    /// When the signing keys were last fetched.
    package static let jwksLastSuccess = "jwks_last_success_timestamp_seconds"
    /// On-Behalf-Of exchanges with Entra ID, by outcome.
    package static let oboExchanges = "obo_exchanges_total"
    /// Duration of On-Behalf-Of exchanges.
    package static let oboExchangeDuration = "obo_exchange_duration_seconds"
    /// Look-ups in the On-Behalf-Of token cache, by result.
    package static let oboCacheLookups = "obo_cache_lookups_total"
    /// Tokens in the On-Behalf-Of token cache.
    package static let oboCacheEntries = "obo_cache_entries"
    /// Requests for a token of this server's own application, by outcome (E-87).
    package static let applicationTokens = "application_token_requests_total"
    /// Requests for a token of the managed identity, by outcome (E-116).
    package static let managedIdentityRequests = "managed_identity_requests_total"
    /// Calls to Databricks, by endpoint and status class.
    package static let databricksRequests = "databricks_requests_total"
    /// Duration of calls to Databricks, by endpoint.
    package static let databricksRequestDuration = "databricks_request_duration_seconds"
    /// Repeated calls to Databricks, by endpoint.
    package static let databricksRetries = "databricks_retries_total"
    /// Log records that were dropped because their destination was too slow.
    package static let logRecordsDropped = "log_records_dropped_total"
    /// Always 1; the labels say which build runs.
    package static let buildInfo = "databricks_jobs_mcp_build_info"

    /// The bucket boundaries of O-04, in seconds.
    package static let operationBuckets: [Double] = [
        0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300,
    ]
    /// Boundaries for a single network request, in seconds: OpenTelemetry's advice for HTTP.
    package static let requestBuckets: [Double] = [
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ]

    /// What `# HELP` says of each metric.
    package static let help: [String: String] = [
        operationDuration: "Duration of MCP operations.",
        httpRequestDuration: "Duration of HTTP requests.",
        httpActiveRequests: "HTTP requests being answered.",
        tokenRejections: "Bearer tokens refused, by reason.",
        tokenAcceptances: "Bearer tokens accepted, by where the verdict came from.",
        tokenProofOfPossession: "Proof-of-possession tokens accepted as bearer tokens.",
        jwksRefreshes: "Fetches of the signing keys, by outcome.",
        jwksLastSuccess: "When the signing keys were last fetched.",
        oboExchanges: "On-Behalf-Of exchanges with Entra ID, by outcome.",
        oboExchangeDuration: "Duration of On-Behalf-Of exchanges.",
        oboCacheLookups: "Look-ups in the On-Behalf-Of token cache, by result.",
        oboCacheEntries: "Tokens in the On-Behalf-Of token cache.",
        applicationTokens: "Requests for this application's own Databricks token, by outcome.",
        managedIdentityRequests: "Requests for the managed identity's token, by outcome.",
        databricksRequests: "Calls to Databricks, by endpoint and status class.",
        databricksRequestDuration: "Duration of calls to Databricks, by endpoint.",
        databricksRetries: "Repeated calls to Databricks, by endpoint.",
        logRecordsDropped: "Log records dropped because their destination was too slow.",
        buildInfo: "The build that is running.",
    ]

    /// The bucket boundaries of a histogram.
    static func buckets(for name: String) -> [Double] {
        name == operationDuration ? operationBuckets : requestBuckets
    }
}
