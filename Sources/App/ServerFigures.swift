internal import HTTPServer
internal import Observability

extension MetricsRegistry {
    /// Has what connections and bodies take looked up whenever somebody reads the metrics.
    ///
    /// - Parameters:
    ///   - quota: Of the public listener's connections.
    ///   - gate: Knows the bodies.
    func observe(_ quota: ConnectionQuota, _ gate: RequestGate) {
        let names = [
            MetricNames.httpConnections, MetricNames.httpMaximumConnections, MetricNames.httpRefusedConnections,
            MetricNames.httpAcceptFailures, MetricNames.httpBodyBytes,
        ]
        observe(names) {
            let figures = quota.figures
            return [
                figures.open, quota.maximumConnections, figures.refused, figures.acceptFailures, gate.bodyBytes,
            ].map(Double.init)
        }
    }
}
