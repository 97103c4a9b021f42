internal import HTTPTypes
internal import Hummingbird
internal import MCP
internal import NIOCore
internal import Tracing

/// The span of one MCP request: named and described when its answer is known (O-02, O-03).
///
/// Costs next to nothing until a tracer is installed. Its context is the current one while the request is answered, so
/// that spans of outgoing requests become its children.
struct RequestSpan: Sendable {
    private let span: any Tracing.Span

    /// Starts the span, as a child of what the request's headers name, if the tracer understands them.
    init(of request: Request, tracer: any Tracer) {
        var context = InstrumentationContext.topLevel
        tracer.extract(request.headers, into: &context, using: HeaderExtractor())
        span = tracer.startAnySpan("\(request.method.rawValue) /mcp", context: context, ofKind: .server)
    }

    /// What the spans of the request's own work continue.
    var context: InstrumentationContext { span.context }

    /// Ends the span.
    func end(_ answer: Answer) {
        defer { span.end() }
        span.attributes["http.response.status_code"] = Int(answer.response.status.code)
        span.attributes["network.transport"] = "tcp"
        span.attributes["network.protocol.name"] = "http"
        guard let summary = answer.summary else {
            if answer.response.status.code >= 500 { span.setStatus(SpanStatus(code: .error)) }
            return
        }
        span.operationName = summary.tool.map { "\(summary.method) \($0)" } ?? summary.method
        span.attributes["mcp.method.name"] = summary.method
        if let version = summary.protocolVersion { span.attributes["mcp.protocol.version"] = version.rawValue }
        if let tool = summary.tool {
            span.attributes["gen_ai.tool.name"] = tool
            span.attributes["gen_ai.operation.name"] = "execute_tool"
        }
        if let code = summary.rpcErrorCode { span.attributes["rpc.response.status_code"] = String(code) }
        guard let errorType = summary.errorType else { return }
        span.attributes["error.type"] = errorType
        span.setStatus(SpanStatus(code: .error))
    }
}

/// Reads a header field by its name.
private struct HeaderExtractor: Extractor {
    func extract(key: String, from fields: HTTPFields) -> String? { HTTPField.Name(key).flatMap { fields[$0] } }
}
