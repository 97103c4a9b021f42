internal import Auth
internal import HTTPServer
internal import HTTPTypes
internal import MCP
internal import MCPOverHTTP
internal import Observability

/// A request that is turned away before it reaches the protocol: the answer, and the word that the access line has for it.
///
/// The wording belongs to whoever refuses: ``RequestGate/Refusal``, `OriginPolicy`, `HostPolicy`, `BearerChallenge`,
/// `BodyFailure`.
struct RequestRefusal: Error {
    /// One of a closed set: `refusal.reason` of docs/logging.md.
    let reason: String
    let response: OutboundResponse
    /// What of the head is refused.
    private(set) var field: RefusedField?

    /// A refusal in the protocol's words.
    init(_ reason: String, _ reply: MCPReply, _ field: RefusedField) {
        self.reason = reason
        self.field = field
        response = OutboundResponse(reply)
    }

    /// There is no place.
    init(_ refusal: RequestGate.Refusal) {
        reason = refusal.rawValue
        response = refusal.response
    }

    /// Nobody we let in, or not with this token.
    init(_ refusal: AuthenticationRefusal) {
        reason = refusal.reason
        var reply = MCPReply.refusal(.init(code: refusal.status), refusal.error, refusal.description)
        reply.headers[.wwwAuthenticate] = refusal.wwwAuthenticate
        reply.headers[.retryAfter] = refusal.retryAfterSeconds.map(String.init)
        response = OutboundResponse(reply)
    }

    /// The body did not come.
    init(_ failure: BodyFailure) {
        reason =
            switch failure {
            case .tooLarge: "body_too_large"
            case .late: "body_late"
            case .broken: "body_incomplete"
            }
        response = OutboundResponse(failure)
    }
}
