package import Observability
package import Tracing

/// A span that has ended, ready to be exported.
package struct FinishedSpan: Sendable {
    /// Its own ids.
    package var trace: TraceContext
    /// What it continues; `nil` for the first span of a trace.
    package var parent: TracePosition?
    /// What was done, from a closed set.
    package var name: String
    /// Which end of a call it is.
    package var kind: SpanKind
    /// Nanoseconds since 1970, when it began.
    package var start: UInt64
    /// Nanoseconds since 1970, never before ``start``.
    package var end: UInt64
    /// What is known of it; texts are cut to ``SpanLimits/textBytes``.
    package var attributes = SpanAttributes()
    /// What happened meanwhile.
    package var events: [SpanEvent] = []
    /// Other spans that it has to do with.
    package var links: [TraceContext] = []
    /// Whether it failed.
    package var isError = false

    /// Creates a span that ended when it began.
    package init(
        _ name: String, _ trace: TraceContext, parent: TracePosition? = nil, kind: SpanKind = .internal, start: UInt64
    ) {
        (self.name, self.trace, self.parent, self.kind, self.start) = (name, trace, parent, kind, start)
        end = start
    }
}

/// What one span may hold, so that a mistake in an attribute cannot fill the memory.
package enum SpanLimits {
    /// Attributes, of which later ones are dropped.
    package static let attributes = 64
    /// Events, of which later ones are dropped.
    package static let events = 32
    /// Links, of which later ones are dropped.
    package static let links = 32
    /// The length of a text, in bytes.
    package static let textBytes = 1_024
}
