internal import NIOConcurrencyHelpers
internal import Observability
package import Tracing

/// A span of ``TelemetryTracer``: its ids, and room for what is said about it if it is kept.
package struct TelemetrySpan: Tracing.Span {
    private struct Recording {
        var span: FinishedSpan
        var hasEnded = false
    }

    /// Holds the ids, for spans within this one.
    package let context: InstrumentationContext
    private let recording: NIOLockedValueBox<Recording>?
    private let sink: any SpanSink

    /// - Parameters:
    ///   - context: Holds the ids.
    ///   - span: `nil` when it is not kept.
    ///   - sink: Where the span goes when it ends.
    init(_ context: InstrumentationContext, recording span: FinishedSpan?, sink: any SpanSink) {
        self.context = context
        self.sink = sink
        recording = span.map { NIOLockedValueBox(Recording(span: $0)) }
    }

    /// Whether the span is kept.
    package var isRecording: Bool { recording != nil }

    /// What is done; nothing when the span is not kept.
    package var operationName: String {
        get { recording?.withLockedValue { $0.span.name } ?? "" }
        nonmutating set { change { $0.name = newValue } }
    }

    /// What is known; nothing when the span is not kept.
    package var attributes: SpanAttributes {
        get { recording?.withLockedValue { $0.span.attributes } ?? [:] }
        nonmutating set { change { $0.attributes = newValue } }
    }

    /// Says whether the work failed; the message is not kept, because others may have written it.
    package func setStatus(_ status: SpanStatus) { change { $0.isError = status.code == .error } }

    /// Adds something that happened.
    package func addEvent(_ event: SpanEvent) {
        change { span in if span.events.count < SpanLimits.events { span.events.append(event) } }
    }

    /// Notes the error's type; its text may hold what a caller or a service wrote.
    package func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        guard isRecording else { return }
        addEvent(
            SpanEvent(
                name: "exception", at: instant(),
                attributes: ["exception.type": "\(String(describing: type(of: error)))"]))
    }

    /// Adds another span that this one has to do with.
    package func addLink(_ link: SpanLink) {
        guard let trace = link.context.position?.trace else { return }
        change { span in if span.links.count < SpanLimits.links { span.links.append(trace) } }
    }

    /// Ends the span and hands it over for export; only the first time counts.
    package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        guard let recording else { return }
        let end = instant().nanosecondsSinceEpoch
        let finished: FinishedSpan? = recording.withLockedValue { recording in
            guard !recording.hasEnded else { return nil }
            recording.hasEnded = true
            // The wall clock may have been set back meanwhile.
            recording.span.end = max(end, recording.span.start)
            return recording.span
        }
        if let finished { sink.add(finished) }
    }

    private func change(_ body: (inout FinishedSpan) -> Void) {
        recording?.withLockedValue { if !$0.hasEnded { body(&$0.span) } }
    }
}
