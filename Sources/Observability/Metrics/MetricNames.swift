/// The names of all metrics that this server exports.
///
/// Modules create `Counter`, `Gauge` and `Timer` of swift-metrics with these names and the labels that
/// ``MetricCatalogue`` describes: closed sets, and never an identifier of a user, a job or a request (E-166).
package enum MetricNames {
    /// Duration of MCP operations by method, tool and outcome (O-04).
    package static let operationDuration = "mcp_server_operation_duration_seconds"
    /// Tool calls that failed, by tool and category (K-12).
    package static let toolErrors = "mcp_tool_errors_total"
    /// Duration of HTTP requests by route, method and status.
    package static let httpRequestDuration = "http_server_request_duration_seconds"
    /// HTTP requests being answered.
    package static let httpActiveRequests = "http_server_active_requests"
    /// Requests that were turned away because there was no place for them, by reason.
    package static let httpShedRequests = "http_server_shed_requests_total"
    /// Connections to the public listener (H-01).
    package static let httpConnections = "http_server_connections"
    /// How many of them there may be.
    package static let httpMaximumConnections = "http_server_max_connections"
    /// Connections that were closed without an answer, for lack of a place or of room for their heads.
    package static let httpRefusedConnections = "http_server_refused_connections_total"
    /// How often the system could not accept a connection.
    package static let httpAcceptFailures = "http_server_accept_failures_total"
    /// Bytes of the request bodies that are in memory, or may come.
    package static let httpBodyBytes = "http_server_body_bytes"
    /// What came in place of requests that could be answered, by reason.
    package static let httpUnreadableRequests = "http_server_unreadable_requests_total"
    /// Whether the server would answer `/readyz` with 200.
    package static let serverReady = "server_ready"
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
    /// How many signing keys are held.
    package static let jwksKeys = "jwks_keys"
    /// How long ago the signing keys were fetched (E-36).
    package static let jwksAge = "jwks_age_seconds"
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
    /// Whether the server's own credential was found good.
    package static let serverCredentialReady = "server_credential_ready"
    /// When the certificate that proves the server's identity expires (E-187).
    package static let serverCredentialExpiry = "server_credential_expiry_timestamp_seconds"
    /// Calls to Databricks, by endpoint and status class.
    package static let databricksRequests = "databricks_requests_total"
    /// Duration of calls to Databricks, by endpoint.
    package static let databricksRequestDuration = "databricks_request_duration_seconds"
    /// Repeated calls to Databricks, by endpoint.
    package static let databricksRetries = "databricks_retries_total"
    /// Answers of Databricks that ask to slow down, by endpoint.
    package static let databricksThrottles = "databricks_throttles_total"
    /// Calls to Databricks that are under way.
    package static let databricksCallsInProgress = "databricks_calls_in_progress"
    /// Calls to Databricks that wait for a slot (D-120).
    package static let databricksCallsWaiting = "databricks_calls_waiting"
    /// Calls to Databricks that sit out a pause.
    package static let databricksCallsPausing = "databricks_calls_pausing"
    /// How long calls waited that did not find a free slot.
    package static let databricksCallWait = "databricks_call_wait_seconds"
    /// Calls to Databricks that were not made, by reason.
    package static let databricksCallsRefused = "databricks_calls_refused_total"
    /// Pauses of single users that Databricks has asked for.
    package static let databricksUserPauses = "databricks_user_pauses"
    /// Endpoints that nobody calls because Databricks has asked several users for a pause.
    package static let databricksSharedPauses = "databricks_shared_pauses"
    /// Calls of `get_run` that are waiting for a run to end.
    package static let runWaits = "run_waits_in_progress"
    /// Duration of requests to other services, by service, method and how they ended.
    package static let httpClientRequestDuration = "http_client_request_duration_seconds"
    /// Spans of traces that are kept, by what became of them.
    package static let spans = "otel_spans_total"
    /// Log records that were dropped because their destination was too slow.
    package static let logRecordsDropped = "log_records_dropped_total"
    /// Series of this registry.
    package static let metricsSeries = "metrics_series"
    /// Series that were not made because there were too many.
    package static let metricsSeriesRefused = "metrics_series_refused_total"
    /// How late the event loops run what is due.
    package static let eventLoopLag = "event_loop_lag_seconds"
    /// CPU time of the process.
    package static let processCPU = "process_cpu_seconds_total"
    /// Memory in use.
    package static let processResidentMemory = "process_resident_memory_bytes"
    /// Address space in use.
    package static let processVirtualMemory = "process_virtual_memory_bytes"
    /// Open file descriptors.
    package static let processOpenFiles = "process_open_fds"
    /// The limit on open file descriptors.
    package static let processMaximumFiles = "process_max_fds"
    /// Threads.
    package static let processThreads = "process_threads"
    /// When the process started.
    package static let processStart = "process_start_time_seconds"
    /// Always 1; the labels say which build runs.
    package static let buildInfo = "databricks_jobs_mcp_build_info"
}
