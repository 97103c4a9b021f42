internal import HTTPTypes
internal import JSON
internal import Observability

/// The answer to one request message, before it becomes an HTTP reply or part of a batch.
struct Answer: Sendable {
    /// The bytes of the JSON-RPC response.
    let message: [UInt8]
    /// The HTTP status if the response stands alone.
    var status = HTTPResponse.Status.ok

    /// The reply in one piece; an event stream of one event for clients that take nothing else (T-02).
    func reply(to accepted: AcceptedTypes, _ summary: MCPSummary) -> MCPReply {
        // Statuses other than 200 belong to clients that look at them; an event stream is always 200 (T-06).
        guard status == .ok, accepted.needsEventStream else {
            return MCPReply(status: status, headers: MCPReply.jsonHeaders, body: message, summary: summary)
        }
        return MCPReply(
            status: .ok, headers: ServerSentEvents.headers, body: ServerSentEvents.event(message), summary: summary)
    }
}

/// One request message while it is being answered.
struct Operation: Sendable {
    let request: RPCRequest
    let summary: MCPSummary
    /// Ends with the answer, which may be long after its HTTP reply has begun.
    let span: OperationSpan

    /// An answer whose result is written already.
    func answer(_ result: [UInt8]) -> Answer { Answer(message: RPCResponse.result(request.id, result)) }

    /// An answer that refuses the request.
    func refusal(_ error: RPCError) -> Answer {
        summary.note(error)
        return Answer(message: RPCResponse.error(request.id, error), status: error.status)
    }
}
