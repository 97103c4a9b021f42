package import HTTPTypes

/// The answer to one HTTP request.
package struct MCPReply: Sendable {
    /// The HTTP status.
    package var status: HTTPResponse.Status
    /// The headers that follow from the protocol; no length, no correlation id.
    package var headers: HTTPFields
    /// The body, often empty; all of it unless there is a ``stream``.
    package var body: [UInt8]
    /// What is sent instead of ``body``, for a call that is still running (T-06).
    package var stream: ReplyStream?
    /// For the access line, the metric and the span; of a stream only what is known at its start.
    package var summary: MCPSummary

    /// Creates a reply.
    package init(
        status: HTTPResponse.Status, headers: HTTPFields = MCPReply.plainHeaders, body: [UInt8] = [],
        summary: MCPSummary = MCPSummary()
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.summary = summary
    }

    /// The reply whose body follows while the call goes on.
    init(_ stream: ReplyStream, _ summary: MCPSummary) {
        self.init(status: .ok, headers: ServerSentEvents.headers, summary: summary)
        self.stream = stream
    }

    /// What every answer carries (T-05).
    package static let plainHeaders: HTTPFields = [.cacheControl: "no-store", .xContentTypeOptions: "nosniff"]

    /// The headers of an answer in JSON.
    package static let jsonHeaders: HTTPFields = [
        .contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
    ]

    /// A reply that consists of a JSON-RPC error.
    static func error(_ id: RequestID?, _ error: RPCError, _ summary: MCPSummary = MCPSummary()) -> MCPReply {
        var summary = summary
        summary.rpcErrorCode = Int(error.code.rawValue)
        return MCPReply(
            status: error.status, headers: jsonHeaders, body: RPCResponse.error(id, error), summary: summary)
    }

    /// A reply with a JSON-RPC response; an event stream of one event for clients that take nothing else (T-02).
    static func message(_ message: [UInt8], to accepted: AcceptedTypes, _ summary: MCPSummary) -> MCPReply {
        guard accepted.needsEventStream else {
            return MCPReply(status: .ok, headers: jsonHeaders, body: message, summary: summary)
        }
        return MCPReply(
            status: .ok, headers: ServerSentEvents.headers, body: ServerSentEvents.event(message), summary: summary)
    }
}
