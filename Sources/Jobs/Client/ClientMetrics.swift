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
        retries = Endpoint.allCases.map { endpoint in
            Counter(label: MetricNames.databricksRetries, dimensions: [("endpoint", endpoint.rawValue)])
        }
    }

    /// Counts one try.
    func record(_ endpoint: Endpoint, status: Int?, duration: Duration) {
        requests[endpoint.index][StatusClass(status: status)]?.increment()
        durations[endpoint.index].record(duration: duration)
    }

    /// Counts one repetition.
    func recordRetry(_ endpoint: Endpoint) { retries[endpoint.index].increment() }
}
