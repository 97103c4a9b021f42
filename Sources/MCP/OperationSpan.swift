internal import JSON
internal import Observability

/// The span of one request message (O-02, O-03): named and described when its answer is known.
///
/// It continues what the message itself names in `_meta`, with a link to the span of the HTTP request that brought it;
/// else it is a part of the latter (O-01). Nothing is injected into results.
struct OperationSpan: Sendable {
    private let span: WorkSpan
    private let requestID: RequestID

    init(of request: RPCRequest) {
        requestID = request.id
        let parent = request.meta?[MetaKey.traceparent]?.string.flatMap {
            TraceContext(traceparent: $0, tracestate: request.meta?[MetaKey.tracestate]?.string)
        }
        span =
            if let parent {
                .start("mcp", kind: .server, parent: .remote(parent), links: [TraceContext.current])
            } else {
                .start("mcp", kind: .server)
            }
    }

    /// Runs `work` as part of the span.
    func run<Success>(_ work: () async -> Success) async -> Success { await span.run(work) }

    /// Ends the span; only the first time counts.
    func end(_ summary: MCPSummary) {
        guard span.isRecording else { return }
        let summary = summary.facts
        span.rename(summary.tool.map { "\(summary.method) \($0)" } ?? summary.method)
        span.annotate([
            "mcp.method.name": .text(summary.method),
            "mcp.protocol.version": summary.version.map { .text($0) },
            "gen_ai.tool.name": summary.tool.map { .text($0) },
            "gen_ai.operation.name": summary.tool == nil ? nil : "execute_tool",
            "jsonrpc.request.id": .text(requestID.text),
            "rpc.response.status_code": summary.rpcErrorCode.map { "\($0)" },
            "error.category": summary.errorCategory.map { .text($0.rawValue) },
            "network.transport": "tcp", "network.protocol.name": "http",
        ])
        if let type = summary.errorType { span.fail(type) }
        span.end()
    }
}

extension RequestID {
    /// The id as the client wrote it, cleaned and cut, because it may be any text.
    fileprivate var text: String {
        let text = json.first == UInt8(ascii: "\"") ? json.dropFirst().dropLast() : json
        return String(decoding: text, as: UTF8.self).quotable
    }
}
