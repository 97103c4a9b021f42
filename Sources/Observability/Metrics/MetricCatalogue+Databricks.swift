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
            MetricNames.databricksCallsInProgress, .gauge, "Calls to Databricks that are under way.",
            "Compare with `DATABRICKS_MAX_CALLS`; a level close to it means that calls wait."),
        MetricDescription(
            MetricNames.databricksCallsWaiting, .gauge, "Calls to Databricks that wait for a slot.",
            "Bounded by `DATABRICKS_MAX_CALLS_WAITING`. Few slots in use beside it: single users have all of theirs."),
        MetricDescription(
            MetricNames.databricksCallsPausing, .gauge, "Calls to Databricks that sit out a pause.",
            "Bounded as those that wait for a slot are. They go on when the pause is over."),
        MetricDescription(
            MetricNames.databricksCallWait, .requestDurations,
            "How long calls to Databricks waited that found no free slot, or a pause.",
            "Calls that went at once are not in it: its count beside that of `databricks_requests_total` is the share that "
                + "waited."),
        MetricDescription(
            MetricNames.databricksCallsRefused, .counter, "Calls to Databricks that were not made, by reason.",
            "`queue_full`, `too_late`: more slots or more replicas. `user_queue_full`: one user with very many calls at "
                + "once. `user_pause`, `shared_pause`: Databricks asked for a pause, of that user or of several.",
            labels: [
                MetricDescription.Label(
                    "reason", ["queue_full", "user_queue_full", "too_late", "user_pause", "shared_pause"])
            ]),
        MetricDescription(
            MetricNames.databricksUserPauses, .gauge, "Pauses of single users that Databricks asked for.",
            "One for each user and endpoint, 60 s at most; at most 1,024 are remembered."),
        MetricDescription(
            MetricNames.databricksSharedPauses, .gauge, "Endpoints on which all users pause.",
            "Three users were throttled within ten seconds. After the pause one call goes first."),
        MetricDescription(
            MetricNames.runWaits, .gauge, "Calls of get_run that are waiting for a run to end.",
            "Each lasts 45 s at most and holds one of its caller's places."),
    ]
}
