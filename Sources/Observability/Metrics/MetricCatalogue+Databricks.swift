extension MetricCatalogue {
    /// Calls to the workspace.
    static let databricks: [MetricDescription] = [
        MetricDescription(
            MetricNames.databricksRequests, .counter, "Calls to Databricks, by endpoint and status class.",
            "Every try counts. `5xx` and `none` (no answer) are the workspace's or the way to it; `4xx` are mostly "
                + "permissions.",
            labels: [endpoint, MetricDescription.Label("status_class", ["2xx", "3xx", "4xx", "5xx", "none"])]),
        MetricDescription(
            MetricNames.databricksRequestDuration, .requestDurations, "Duration of calls to Databricks, by endpoint.",
            "A single try, without the wait for a slot.", labels: [endpoint]),
        MetricDescription(
            MetricNames.databricksRetries, .counter, "Repeated calls to Databricks, by endpoint.",
            "More than a few in a hundred calls: look at `databricks_requests_total`.", labels: [endpoint]),
        MetricDescription(
            MetricNames.databricksThrottles, .counter, "Answers of Databricks that ask to slow down, by endpoint.",
            "The limit belongs to the workspace, so another user of its API may be the reason.", labels: [endpoint]),
        MetricDescription(
            MetricNames.runWaits, .gauge, "Calls of get_run that are waiting for a run to end.",
            "Each lasts 45 s at most and holds one of its caller's places."),
    ]
}
