package import Tracing

/// Where the running task stands in its trace: what swift-distributed-tracing carries along as the context of a span.
///
/// The one source for the ids in the log, in exported spans and in outgoing `traceparent` fields.
package enum TracePosition: Sendable {
    /// What a request's headers, or the message in it, named as their parent; nothing of ours yet.
    case remote(TraceContext)
    /// A span of this process, which is kept for export or not.
    case local(TraceContext, isRecorded: Bool)

    /// The ids.
    package var trace: TraceContext {
        switch self {
        case .remote(let trace), .local(let trace, _): trace
        }
    }

    /// Whether this is a span of ours that is not kept, so that nothing inside it need be either.
    var isDropped: Bool {
        if case .local(_, isRecorded: false) = self { true } else { false }
    }

    private enum Key: InstrumentationContextKey {
        typealias Value = TracePosition
    }

    fileprivate static func position(of context: InstrumentationContext) -> TracePosition? { context[Key.self] }

    fileprivate static func put(_ position: TracePosition?, into context: inout InstrumentationContext) {
        context[Key.self] = position
    }
}

extension InstrumentationContext {
    /// Where in a trace this context is.
    package var position: TracePosition? {
        get { TracePosition.position(of: self) }
        set { TracePosition.put(newValue, into: &self) }
    }
}

extension TraceContext {
    /// The running task's position: of its span, else of its request; `nil` outside any trace.
    package static var current: TraceContext? { current(in: RequestContext.current) }

    /// The same for who has looked up the running task's request already.
    static func current(in request: RequestContext?) -> TraceContext? {
        InstrumentationContext.current?.position?.trace ?? request?.trace
    }
}
