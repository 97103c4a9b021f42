package import HTTPServer
internal import HTTPTypes
package import MCP

extension OutboundResponse {
    /// The protocol layer's reply on the wire; a stream is written as it comes.
    package init(_ reply: MCPReply) {
        self.init(
            status: reply.status, headers: reply.headers,
            body: reply.stream.map { .stream($0) } ?? .whole(reply.body))
    }

    /// The answer to a request whose body could not be read, which ends its connection.
    package init(_ failure: BodyFailure) {
        let reply: MCPReply =
            switch failure {
            case .tooLarge: .refusal(.contentTooLarge, "request_too_large", "The body is larger than is accepted here")
            case .late: .refusal(.requestTimeout, "request_timeout", "The body did not arrive in time")
            case .broken: .refusal(.badRequest, "request_incomplete", "The body did not arrive whole")
            }
        self.init(reply)
        headers[.connection] = "close"
    }
}
