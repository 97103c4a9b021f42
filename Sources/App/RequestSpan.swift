internal import HTTPServer
internal import HTTPTypes
internal import Observability
internal import Tracing

/// The place of one HTTP request to `/mcp` in its trace, which continues what its headers name (K-20).
///
/// The ids are there whether or not spans are exported: the log shows them and outgoing requests carry them. The message
/// in the request has a span of its own within this one (O-01).
struct RequestSpan: Sendable {
    /// The ids.
    let trace: TraceContext
    /// What is kept; ``WorkSpan/unrecorded`` when nobody keeps it.
    let span: WorkSpan

    /// - Parameters:
    ///   - request: Where it comes from.
    ///   - method: How it was made.
    ///   - correlationID: Names the request.
    ///   - tracer: Decides what is kept; `nil` when nothing is.
    init(of request: InboundRequest, _ method: MethodLabel, _ correlationID: CorrelationID, tracer: (any Tracer)?) {
        let parent = request.headers.single(.traceparent).flatMap {
            TraceContext(traceparent: $0, tracestate: request.headers[.tracestate])
        }
        guard let tracer else {
            trace = parent?.child() ?? TraceContext()
            span = .unrecorded
            return
        }
        let span = WorkSpan.start(
            "\(method == .other ? "HTTP" : method.rawValue) /mcp", kind: .server,
            parent: parent.map { .remote($0) } ?? .none, tracer: tracer)
        span.annotate([
            "http.request.method": .text(method.rawValue), "http.route": "/mcp",
            "url.path": "/mcp", "url.scheme": "http", "network.transport": "tcp", "network.protocol.name": "http",
            "correlation_id": "\(correlationID)",
        ])
        trace = span.trace ?? parent?.child() ?? TraceContext()
        self.span = span.isRecording ? span : .unrecorded
    }

    /// Ends the span.
    static func end(_ span: WorkSpan, _ facts: RequestFacts) {
        guard span.isRecording else { return }
        span.annotate([
            "http.response.status_code": .number(facts.status),
            "token.reject.reason": facts.isTokenRefused ? facts.refusal.map { .text($0) } : nil,
        ])
        // What a client does wrong is no error of this server's.
        if facts.status >= 500 { span.fail(String(facts.status)) }
        span.end()
    }
}

extension HTTPField.Name {
    /// `traceparent` of W3C Trace Context.
    fileprivate static let traceparent = unchecked("traceparent")
    /// `tracestate` of W3C Trace Context; several fields are one list.
    fileprivate static let tracestate = unchecked("tracestate")
}
