/// The two text formats in which metrics are exposed.
package enum ExpositionFormat: Sendable, CaseIterable {
    /// Prometheus text exposition format 0.0.4.
    case text
    /// OpenMetrics 1.0.0, which has units and exemplars.
    case openMetrics

    /// The value of `Content-Type`.
    package var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }
}
