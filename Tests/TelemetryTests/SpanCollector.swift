internal import NIOConcurrencyHelpers
internal import Telemetry
internal import Tracing

/// Keeps finished spans for a test to look at.
final class SpanCollector: SpanSink {
    private let state = NIOLockedValueBox<[FinishedSpan]>([])

    var spans: [FinishedSpan] { state.withLockedValue { $0 } }

    func add(_ span: FinishedSpan) { state.withLockedValue { $0.append(span) } }

    /// Runs `body` with a tracer that hands its spans to this.
    func tracing<R>(_ sampler: TraceSampler = .standard, _ body: () async throws -> R) async rethrows -> R {
        try await withTracer(TelemetryTracer(sampler: sampler, sink: self)) { try await body() }
    }
}
