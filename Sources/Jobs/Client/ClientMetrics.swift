internal import Metrics
internal import Observability

/// The client's metrics, created once: looking a series up on every call would cost more than counting it.
struct ClientMetrics: Sendable {
    /// How a call ended, as a label: at most 5 endpoints times 5 classes are exported.
    enum StatusClass: String, CaseIterable {
        case success = "2xx"
        case redirect = "3xx"
        case refused = "4xx"
        case failed = "5xx"
        case noAnswer = "none"

        init(status: Int?) {
            guard let status else {
                self = .noAnswer
                return
            }
            switch status {
            case 200..<300: self = .success
            case 300..<400: self = .redirect
            case 400..<500: self = .refused
            default: self = .failed
            }
        }
    }

    private let requests: [[StatusClass: Counter]]
    private let durations: [Timer]
    private let retries: [Counter]
    private let throttles: [Counter]
    private let waits = Meter(label: MetricNames.runWaits)

    init() {
        requests = Endpoint.allCases.map { endpoint in
            let counters = StatusClass.allCases.map { status in
                let labels = [("endpoint", endpoint.rawValue), ("status_class", status.rawValue)]
                return (status, Counter(label: MetricNames.databricksRequests, dimensions: labels))
            }
            return Dictionary(uniqueKeysWithValues: counters)
        }
        durations = Endpoint.allCases.map { endpoint in
            Timer(label: MetricNames.databricksRequestDuration, dimensions: [("endpoint", endpoint.rawValue)])
        }
        func counters(_ label: String) -> [Counter] {
            Endpoint.allCases.map { Counter(label: label, dimensions: [("endpoint", $0.rawValue)]) }
        }
        retries = counters(MetricNames.databricksRetries)
        throttles = counters(MetricNames.databricksThrottles)
    }

    /// Counts one try.
    func record(_ endpoint: Endpoint, status: Int?, duration: Duration) {
        requests[endpoint.index][StatusClass(status: status)]?.increment()
        durations[endpoint.index].record(duration: duration)
    }

    /// Counts one repetition.
    func recordRetry(_ endpoint: Endpoint) { retries[endpoint.index].increment() }

    /// Counts one answer that asks to slow down.
    func recordThrottle(_ endpoint: Endpoint) { throttles[endpoint.index].increment() }

    /// A call begins to wait for a run to end.
    func waitBegins() { waits.increment() }

    /// It waits no longer, for whatever reason.
    func waitEnds() { waits.decrement() }
}
