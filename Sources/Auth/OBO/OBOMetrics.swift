internal import Metrics
internal import Observability

/// The metrics of requests for tokens, made once.
struct TokenEndpointMetrics: Sendable {
    private let exchanges = Self.counters(MetricNames.oboExchanges)
    private let duration = Timer(label: MetricNames.oboExchangeDuration)
    private let applicationTokens = Self.counters(MetricNames.applicationTokens)

    func ended(_ kind: TokenGrant.Kind, _ outcome: String, after duration: Duration) {
        switch kind {
        case .onBehalfOf:
            exchanges[outcome]?.increment()
            self.duration.record(duration: duration)
        case .clientCredentials:
            applicationTokens[outcome]?.increment()
        }
    }

    private static func counters(_ label: String) -> [String: Counter] {
        let names = ["success"] + EntraFailureClass.allCases.map(\.rawValue)
        return Dictionary(
            uniqueKeysWithValues: names.map { ($0, Counter(label: label, dimensions: [("outcome", $0)])) })
    }
}

/// The metrics of the token cache, made once.
struct OBOCacheMetrics: Sendable {
    /// How a look-up ended.
    enum Result: String, CaseIterable {
        /// A token was there.
        case hit
        /// A refusal was remembered.
        case refusal
        /// An exchange was started.
        case miss
        /// Another caller's exchange was joined.
        case joined
    }

    private let hits = Self.counter(.hit)
    private let refusals = Self.counter(.refusal)
    private let misses = Self.counter(.miss)
    private let joins = Self.counter(.joined)
    private let entries = Gauge(label: MetricNames.oboCacheEntries)

    func lookedUp(_ result: Result) {
        switch result {
        case .hit: hits.increment()
        case .refusal: refusals.increment()
        case .miss: misses.increment()
        case .joined: joins.increment()
        }
    }

    func counted(_ count: Int) { entries.record(count) }

    private static func counter(_ result: Result) -> Counter {
        Counter(label: MetricNames.oboCacheLookups, dimensions: [("result", result.rawValue)])
    }
}
