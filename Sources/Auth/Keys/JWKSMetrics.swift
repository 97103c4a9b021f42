internal import Metrics
internal import Observability

/// The metrics of one key cache, made once: creating a counter costs a look-up in the registry.
struct JWKSMetrics: Sendable {
    private let refreshes: [String: Counter]
    private let lastSuccess = Gauge(label: MetricNames.jwksLastSuccess)

    init() {
        let outcomes = ["success", "unreachable", "status", "malformed"]
        refreshes = Dictionary(
            uniqueKeysWithValues: outcomes.map {
                ($0, Counter(label: MetricNames.jwksRefreshes, dimensions: [("outcome", $0)]))
            })
    }

    func succeeded(at wallSeconds: Int64) {
        refreshes["success"]?.increment()
        lastSuccess.record(wallSeconds)
    }

    func failed(_ error: JWKSError) { refreshes[error.outcome]?.increment() }
}
