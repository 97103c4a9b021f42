package import HTTPTypes
internal import JSON
package import Observability

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
    /// For the access line, the metric and the span; of a stream complete only at its end.
    package let summary: MCPSummary

    /// Creates a reply.
    package init(
        status: HTTPResponse.Status, headers: HTTPFields = MCPReply.plainHeaders, body: [UInt8] = [],
        stream: ReplyStream? = nil, summary: MCPSummary = MCPSummary()
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.stream = stream
        self.summary = summary
    }

    /// What every answer carries (T-05).
    package static let plainHeaders: HTTPFields = [.cacheControl: "no-store", .xContentTypeOptions: "nosniff"]

    /// The headers of an answer in JSON.
    package static let jsonHeaders: HTTPFields = [
        .contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
    ]

    /// A reply to a request that is turned away before anybody looks at its message: a JSON-RPC error that belongs to no
    /// id, so that clients show its sentence, with the members of RFC 6749 section 5.2 as far as there is room for them.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - error: One word for programs; stands in `error.data`, because `error` is JSON-RPC's.
    ///   - description: What happened and what to do, in one sentence.
    /// - Returns: The reply.
    package static func refusal(
        _ status: HTTPResponse.Status, _ error: String, _ description: String
    ) -> MCPReply {
        let code: RPCError.Code = status.kind == .serverError ? .internalError : .invalidRequest
        let rpcError = RPCError(code, description, data: ["error": .string(error)], status: status)
        return MCPReply(
            status: status, headers: jsonHeaders, body: RPCResponse.error(nil, rpcError, description: description))
    }

    /// A reply that consists of a JSON-RPC error.
    static func error(_ id: RequestID?, _ error: RPCError, _ summary: MCPSummary = MCPSummary()) -> MCPReply {
        summary.note(error)
        return MCPReply(
            status: error.status, headers: jsonHeaders, body: RPCResponse.error(id, error), summary: summary)
    }
}
