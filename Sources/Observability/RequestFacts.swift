/// What is found out about a request while it is answered.
package struct RequestFacts: Sendable {
    /// The MCP operation that is under way, or was; of a batch each element's in turn, and the batch's own at the end.
    package var operation: MCPSummary?
    /// Who called, once the token was accepted.
    package var caller: CallerFacts?
    /// The status of the answer.
    package var status = 0
    /// Why the request was turned away before it reached the protocol: one word of a closed set.
    package var refusal: String?
    /// What of its head it was turned away for.
    package var refused: RefusedField?
    /// Whether ``refusal`` is the bearer token's.
    package var isTokenRefused = false
    /// Time spent on the bearer token.
    package var authentication: Duration?
    /// Bytes of the request's body, once it was read.
    package var requestBytes: Int?
    /// Bytes of the response's body, of a stream what was sent of it.
    package var responseBytes = 0
    /// Whether the answer is an event stream whose pieces follow as they come.
    package var isStream = false
    /// From the first byte of the request to the last of the answer; set when that is over.
    package var duration = Duration.zero
}

/// Who calls, as the log shows it; made once per token.
package final class CallerFacts: Sendable {
    /// `user` or `application`.
    package let kind: String
    /// The tenant.
    package let tenantID: String
    /// The object in the directory, of users and applications alike.
    package let objectID: String
    /// The client application: cleaned.
    package let clientID: String?
    /// The token's own id: cleaned.
    package let tokenID: String?
    /// App roles of an application.
    package let roles: String?

    /// Describes a caller.
    package init(
        kind: String, tenantID: String, objectID: String, clientID: String? = nil, tokenID: String? = nil,
        roles: String? = nil
    ) {
        (self.kind, self.tenantID, self.objectID) = (kind, tenantID, objectID)
        (self.clientID, self.tokenID, self.roles) = (clientID, tokenID, roles)
    }
}

/// The paths this server knows, as log field and metric label; `/mcp/` is unknown on purpose (E-130).
package enum Route: String, Sendable, CaseIterable {
    /// The protocol.
    case mcp = "/mcp"
    /// The page that says how to connect.
    case connect = "/"
    /// The metadata documents, wherever the public address puts them.
    case metadata = "/.well-known/oauth-protected-resource"
    /// Whether the process lives.
    case health = "/healthz"
    /// Whether it can serve.
    case readiness = "/readyz"
    /// The figures, on the operators' listener.
    case metrics = "/metrics"
    /// Anything else.
    case unknown = "other"

    /// The place in `allCases`.
    package var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// The method of a request as a label: methods come from the wire, labels from a closed set.
package enum MethodLabel: String, Sendable, CaseIterable {
    /// Asks for a document.
    case get = "GET"
    /// Asks for its headers.
    case head = "HEAD"
    /// Brings a message.
    case post = "POST"
    /// Not taken anywhere.
    case put = "PUT"
    /// Not taken anywhere.
    case delete = "DELETE"
    /// A preflight request.
    case options = "OPTIONS"
    /// Not taken anywhere.
    case patch = "PATCH"
    /// Whatever else a client writes.
    case other = "_OTHER"

    /// The place in `allCases`.
    package var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// The label of a method as it came.
    package init(_ method: String) { self = MethodLabel(rawValue: method) ?? .other }
}
