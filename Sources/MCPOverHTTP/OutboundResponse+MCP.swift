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
        let (status, error): (HTTPResponse.Status, String) =
            switch failure {
            case .tooLarge: (.contentTooLarge, "request_too_large")
            case .late: (.requestTimeout, "request_timeout")
            case .broken: (.badRequest, "request_incomplete")
            }
        self.init(
            status: status,
            headers: [
                .contentType: "application/json", .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
                .connection: "close",
            ],
            body: Array(#"{"error":"\#(error)"}"#.utf8))
    }
}
