internal import HTTPTransport
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
    private let outgoing = OutgoingRequestTimers(peer: "databricks")
    private let runWaits = Meter(label: MetricNames.runWaits)
    private let waits = Timer(label: MetricNames.databricksCallWait)
    private let refusals: [CallRefusal: Counter]

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
        refusals = Dictionary(
            uniqueKeysWithValues: CallRefusal.allCases.map {
                ($0, Counter(label: MetricNames.databricksCallsRefused, dimensions: [("reason", $0.rawValue)]))
            })
    }

    /// Counts one try.
    ///
    /// - Parameters:
    ///   - endpoint: What was called.
    ///   - outcome: What came of it.
    ///   - duration: How long it took.
    ///   - wasSent: Whether anything was handed to the transport.
    func record(_ endpoint: Endpoint, _ outcome: AttemptOutcome, duration: Duration, wasSent: Bool) {
        requests[endpoint.index][StatusClass(status: outcome.status)]?.increment()
        durations[endpoint.index].record(duration: duration)
        guard wasSent else { return }
        let method = endpoint.isPost ? "POST" : "GET"
        switch outcome {
        case .answer(let response): outgoing.record(method, status: response.status, after: duration)
        case .noAnswer(let error): outgoing.record(method, failure: error.kind.rawValue, after: duration)
        }
    }

    /// Counts one repetition.
    func recordRetry(_ endpoint: Endpoint) { retries[endpoint.index].increment() }

    /// Counts one answer that asks to slow down.
    func recordThrottle(_ endpoint: Endpoint) { throttles[endpoint.index].increment() }

    /// Records how long a call waited that did not find a free slot.
    func recordWait(_ duration: Duration) { waits.record(duration: duration) }

    /// Counts a call that was not made.
    func recordRefusal(_ reason: CallRefusal) { refusals[reason]?.increment() }

    /// A call begins to wait for a run to end.
    func waitBegins() { runWaits.increment() }

    /// It waits no longer, for whatever reason.
    func waitEnds() { runWaits.decrement() }
}
