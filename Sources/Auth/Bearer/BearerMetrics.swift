internal import Metrics
internal import Observability

/// The metrics of the bearer layer, made once.
///
/// No label names a user or a client (E-166).
struct BearerMetrics: Sendable {
    private let refusals: [String: Counter]
    private let cached = Counter(label: MetricNames.tokenAcceptances, dimensions: [("verdict", "cached")])
    private let checked = Counter(label: MetricNames.tokenAcceptances, dimensions: [("verdict", "checked")])
    private let proofOfPossession = Counter(label: MetricNames.tokenProofOfPossession)

    init() {
        let reasons = TokenRejection.Reason.allCases.map(\.rawValue) + ["invalid_request"]
        refusals = Dictionary(
            uniqueKeysWithValues: reasons.map {
                ($0, Counter(label: MetricNames.tokenRejections, dimensions: [("reason", $0)]))
            })
    }

    func refused(_ reason: String) { refusals[reason]?.increment() }

    func accepted(fromCache: Bool) { (fromCache ? cached : checked).increment() }

    func sawProofOfPossession() { proofOfPossession.increment() }
}
