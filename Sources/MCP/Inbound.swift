internal import HTTPTypes
internal import JSON
internal import Observability

/// Steps 6 to 10 of docs/requirements/protocol.md: what is refused before a message is looked at.
enum Inbound {
    /// Steps 6 to 9, which need no body but its length.
    static func refusal(
        _ method: HTTPRequest.Method, _ headers: RequestHeaders, _ accepted: AcceptedTypes, bodyBytes: Int,
        _ limits: MCPLimits, _ summary: MCPSummary
    ) -> MCPReply? {
        guard method == .post else {
            var reply = MCPReply(status: .methodNotAllowed, summary: summary)  // T-16
            reply.headers[.allow] = "POST"
            return reply
        }
        if bodyBytes > limits.maximumBodyBytes {
            return refusal(summary, .contentTooLarge, "The body has more than \(limits.maximumBodyBytes) bytes")
        }
        if let field = BodyType.obstacle(headers.contentType, encoding: headers.contentEncoding) {
            let message = "The body must be application/json in UTF-8, not compressed"
            return refusal(summary, .unsupportedMediaType, message, field)
        }
        if !accepted.json, !accepted.eventStream {
            let message = "Accept must allow application/json or text/event-stream"
            return refusal(summary, .notAcceptable, message, RefusedField("Accept", headers.accept))
        }
        return nil
    }

    /// Step 10: the body as JSON, within the limits of J-08.
    static func parse(_ body: [UInt8], _ limits: MCPLimits) throws(RPCError) -> JSONElement {
        do throws(JSONError) {
            return try JSONDocument(parsing: body, limits: limits.json).root
        } catch {
            switch error.reason {
            case .tooDeep: throw .invalidRequest("Nested deeper than \(limits.json.maximumDepth) levels")
            case .tooManyValues: throw .invalidRequest("More than \(limits.json.maximumValues) values")
            case .duplicateName: throw .invalidRequest("Duplicate member name")
            default: throw RPCError(.parse, "Parse error", status: .badRequest)
            }
        }
    }

    private static func refusal(
        _ summary: MCPSummary, _ status: HTTPResponse.Status, _ message: String, _ field: RefusedField? = nil
    ) -> MCPReply {
        .error(nil, RPCError(.invalidRequest, message, status: status, field: field), summary)
    }
}
