internal import HTTPServer
internal import HTTPTypes
internal import Observability
internal import Tracing

/// The span of one HTTP request to `/mcp`, which continues what its headers name (K-20).
///
/// It also makes the ids that the log shows and that outgoing requests carry, whether or not spans are exported. The
/// message in the request has a span of its own within this one (O-01).
struct RequestSpan: Sendable {
    private let span: WorkSpan

    init(of request: InboundRequest, tracer: any Tracer) {
        let parent = request.headers[.traceparent].flatMap {
            TraceContext(traceparent: $0, tracestate: request.headers[.tracestate])
        }
        let method = MethodLabel(request.method)
        span = .start(
            "\(method == .other ? "HTTP" : method.rawValue) /mcp", kind: .server,
            parent: parent.map { .remote($0) } ?? .none,
            tracer: tracer)
        span.annotate([
            "http.request.method": .text(method.rawValue), "http.route": "/mcp",
            "url.path": "/mcp", "url.scheme": "http", "network.transport": "tcp", "network.protocol.name": "http",
        ])
    }

    /// Runs `work` as part of the request.
    func run<Success>(_ work: () async -> Success) async -> Success { await span.run(work) }

    /// Ends the span.
    func end(_ answer: Answer) {
        guard span.isRecording else { return }
        let status = Int(answer.response.status.code)
        span.annotate([
            "http.response.status_code": .number(status), "token.reject.reason": answer.refusal.map { .text($0) },
        ])
        // What a client does wrong is no error of this server's.
        if status >= 500 { span.fail(String(status)) }
        span.end()
    }
}

extension HTTPField.Name {
    /// `traceparent` of W3C Trace Context.
    fileprivate static let traceparent = unchecked("traceparent")
    /// `tracestate` of W3C Trace Context; several fields are one list.
    fileprivate static let tracestate = unchecked("tracestate")
}
