internal import Observability
package import Tracing

/// Where spans go when they have ended; must return at once.
package protocol SpanSink: Sendable {
    /// Takes the span, or drops and counts it.
    func add(_ span: FinishedSpan)
}

/// The tracer of this server: makes the ids of every request, and spans for the traces that are kept.
///
/// Without a sink nothing is kept, and a caller's sampled flag is passed on as it came.
package struct TelemetryTracer: Tracer {
    /// What ``startSpan(_:context:ofKind:at:function:file:line:)`` returns.
    package typealias Span = TelemetrySpan

    private struct Nowhere: SpanSink {
        func add(_ span: FinishedSpan) {}
    }

    private let sampler: TraceSampler
    private let sink: (any SpanSink)?

    /// - Parameters:
    ///   - sampler: Which traces are kept.
    ///   - sink: Where spans go; `nil` when nothing is exported.
    package init(sampler: TraceSampler = .standard, sink: (any SpanSink)? = nil) {
        self.sampler = sampler
        self.sink = sink
    }

    /// Starts a span that continues the position in `context`, or a trace if there is none.
    package func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> InstrumentationContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> TelemetrySpan {
        var context = context()
        let parent = context.position
        let (trace, isRecorded) = child(of: parent)
        context.position = .local(trace, isRecorded: isRecorded)
        guard isRecorded, let sink else { return TelemetrySpan(context, recording: nil, sink: Nowhere()) }
        var span = FinishedSpan(
            operationName, trace, parent: parent, kind: kind, start: instant().nanosecondsSinceEpoch)
        // By this a trace is found from an answer, a log line or Entra ID's sign-in log (K-20).
        if let request = RequestContext.current { span.attributes["correlation_id"] = "\(request.correlationID)" }
        return TelemetrySpan(context, recording: span, sink: sink)
    }

    private func child(of parent: TracePosition?) -> (TraceContext, isRecorded: Bool) {
        switch parent {
        case .local(let trace, let isRecorded)?: return (trace.child(), isRecorded)
        case .remote(let trace)?: return decided(trace.child(), parent: trace)
        case nil: return decided(TraceContext(), parent: nil)
        }
    }

    private func decided(_ trace: TraceContext, parent: TraceContext?) -> (TraceContext, isRecorded: Bool) {
        guard sink != nil else { return (trace, false) }
        let isKept = sampler.keeps(trace, parent: parent)
        return (trace.sampled(isKept), isKept)
    }

    /// Does nothing: spans are exported by ``SpanExporter/run()``.
    package func forceFlush() {}

    // MARK: - W3C Trace Context

    /// Reads `traceparent` and `tracestate`; what is malformed is as good as absent (O-05).
    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout InstrumentationContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let parent = extractor.extract(key: "traceparent", from: carrier),
            let trace = TraceContext(
                traceparent: parent, tracestate: extractor.extract(key: "tracestate", from: carrier))
        else { return }
        context.position = .remote(trace)
    }

    /// Writes `traceparent` and `tracestate`.
    ///
    /// Never `baggage`: it holds what a caller's systems say to each other, names of people included, which is nothing
    /// for Entra ID or Databricks.
    package func inject<Carrier, Inject: Injector>(
        _ context: InstrumentationContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.position?.trace else { return }
        injector.inject(trace.traceparent, forKey: "traceparent", into: &carrier)
        if let state = trace.state { injector.inject(state, forKey: "tracestate", into: &carrier) }
    }
}
