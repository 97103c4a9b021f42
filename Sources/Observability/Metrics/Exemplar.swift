internal import HTTPSyntax

/// One measured value and the request that it was measured in: the way from a graph to a log line.
///
/// Holds the identifiers as they are; they become text when somebody asks for it. Together with the names of the labels
/// they have 90 characters, of the 128 that OpenMetrics allows.
struct Exemplar: Sendable {
    let correlationID: CorrelationID
    /// `nil` for a request without a span, such as a probe.
    let trace: TraceContext?
    let value: Double
    /// Milliseconds since 1970.
    let time: Int64

    /// - Returns: `nil` outside of any request.
    static func current(_ value: Double) -> Exemplar? {
        guard let context = RequestContext.current else { return nil }
        return Exemplar(
            correlationID: context.correlationID, trace: .current(in: context), value: value,
            time: WallClock.milliseconds())
    }
}
