package import Tracing

/// One piece of work in the trace of a request: what the modules see of swift-distributed-tracing.
///
/// Costs next to nothing when nobody keeps the trace: no span is made, and no attribute is computed. There is no way to
/// record an error's text, because it may hold what others wrote: a failure is one word of a closed set.
package struct WorkSpan: Sendable {
    /// What a span continues.
    package enum Parent: Sendable {
        /// The running task's span.
        case current
        /// Nothing: the span begins a trace.
        case none
        /// What somebody else named (O-01).
        case remote(TraceContext)
    }

    /// Which end of a call a span is.
    package enum Kind: Sendable {
        /// No end: work inside this process.
        case `internal`
        /// We are called.
        case server
        /// We call.
        case client

        fileprivate var spanKind: SpanKind {
            switch self {
            case .internal: .internal
            case .server: .server
            case .client: .client
            }
        }
    }

    /// `nil` when the span is not kept.
    private let span: (any Tracing.Span)?
    /// What is current while the work is done; `nil` leaves the current one.
    private let context: InstrumentationContext?

    /// A span that is not kept, within whatever is current.
    package static let unrecorded = WorkSpan(span: nil, context: nil)

    private init(span: (any Tracing.Span)?, context: InstrumentationContext?) {
        (self.span, self.context) = (span, context)
    }

    /// Starts a span, which must be ended; ``withWorkSpan(_:kind:parent:links:_:)`` does that by itself.
    ///
    /// - Parameters:
    ///   - name: What is done, from a closed set: no identifiers.
    ///   - kind: Which end of a call it is, if it is one.
    ///   - parent: What it continues.
    ///   - links: Other spans that it has to do with.
    ///   - tracer: Who makes it; the process's own unless said otherwise.
    /// - Returns: The span.
    package static func start(
        _ name: @autoclosure () -> String, kind: Kind = .internal, parent: Parent = .current,
        links: @autoclosure () -> [TraceContext?] = [], tracer: (any Tracer)? = nil
    ) -> WorkSpan {
        if case .current = parent, isDropped { return .unrecorded }
        var context = InstrumentationContext.current ?? .topLevel
        switch parent {
        case .current: break
        case .none: context.position = nil
        case .remote(let trace): context.position = .remote(trace)
        }
        let span = (tracer ?? InstrumentationSystem.tracer).startAnySpan(
            name(), context: context, ofKind: kind.spanKind)
        guard span.isRecording else { return WorkSpan(span: nil, context: span.context) }
        for trace in links() {
            guard let trace else { continue }
            var linked = InstrumentationContext.topLevel
            linked.position = .remote(trace)
            span.addLink(SpanLink(context: linked, attributes: [:]))
        }
        return WorkSpan(span: span, context: span.context)
    }

    /// Whether nobody keeps what the running task does, so that nothing inside it need have a span.
    ///
    /// A request that is not kept has its ids in its record and no position in a context (``RequestContext/trace``).
    private static var isDropped: Bool {
        guard let position = InstrumentationContext.current?.position else {
            return RequestContext.current?.trace != nil
        }
        return position.isDropped
    }

    /// Whether the span is kept.
    package var isRecording: Bool { span != nil }

    /// The ids of the span; `nil` when it has none of its own.
    package var trace: TraceContext? { context?.position?.trace }

    /// Runs `work` with this span as the current one.
    package func run<Success, Failure: Error>(
        _ work: () async throws(Failure) -> Success
    ) async throws(Failure) -> Success {
        guard let context else { return try await work() }
        // `withValue` rethrows untyped, so the outcome travels as a value and keeps its error type.
        let outcome: Result<Success, Failure> = await InstrumentationContext.withValue(context) {
            do throws(Failure) { return .success(try await work()) } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    /// Adds attributes; those without a value are left out, and nothing is computed when the span is not kept.
    ///
    /// - Parameter attributes: Names of the semantic conventions or of our log fields; never what a caller or a
    ///   service wrote, unless it was cleaned.
    package func annotate(_ attributes: @autoclosure () -> KeyValuePairs<String, SpanValue?>) {
        guard let span else { return }
        span.updateAttributes { stored in
            for (name, value) in attributes() {
                switch value {
                case .text(let text)?: stored[name] = text
                case .number(let number)?: stored[name] = number
                case nil: continue
                }
            }
        }
    }

    /// Gives the span the name that only its end could tell.
    package func rename(_ name: @autoclosure () -> String) {
        if let span { span.operationName = name() }
    }

    /// Marks the work as failed.
    ///
    /// - Parameter type: `error.type`, from a closed set.
    package func fail(_ type: @autoclosure () -> String) {
        guard let span else { return }
        span.attributes["error.type"] = type()
        span.setStatus(SpanStatus(code: .error))
    }

    /// Ends the span; only the first time counts.
    package func end() { span?.end() }
}

/// The value of an attribute of a span.
package enum SpanValue: Sendable {
    /// A text without line breaks.
    case text(String)
    /// A whole number.
    case number(Int)
}

extension SpanValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral {
    /// A text.
    package init(stringLiteral value: String) { self = .text(value) }
    /// A number.
    package init(integerLiteral value: Int) { self = .number(value) }
}

/// Runs `work` in a span of its own.
///
/// - Parameters:
///   - name: What is done, from a closed set.
///   - kind: Which end of a call it is, if it is one.
///   - parent: What the span continues.
///   - links: Other spans that it has to do with.
///   - work: Gets the span, to say how it went.
/// - Returns: What `work` returns.
/// - Throws: What `work` throws; the span learns of it from `work` alone.
package func withWorkSpan<Success, Failure: Error>(
    _ name: @autoclosure () -> String, kind: WorkSpan.Kind = .internal, parent: WorkSpan.Parent = .current,
    links: @autoclosure () -> [TraceContext?] = [], _ work: (WorkSpan) async throws(Failure) -> Success
) async throws(Failure) -> Success {
    let span = WorkSpan.start(name(), kind: kind, parent: parent, links: links())
    defer { span.end() }
    return try await span.run { () async throws(Failure) in try await work(span) }
}

/// Runs work that no single request owns: under a correlation id and in a trace of its own, linked to its occasion.
///
/// - Parameters:
///   - activity: What is done, for log and trace: `jwks.refresh`.
///   - work: Gets the span, to say how it went.
/// - Returns: What `work` returns.
/// - Throws: What `work` throws.
package func withBackgroundActivity<Success, Failure: Error>(
    _ activity: String, _ work: (WorkSpan) async throws(Failure) -> Success
) async throws(Failure) -> Success {
    let occasion = TraceContext.current
    return try await withRequestContext(.background(activity)) { () async throws(Failure) in
        try await withWorkSpan(activity, parent: .none, links: [occasion], work)
    }
}
