internal import JSON

/// Builds the refusals of the bearer layer, in the exact wording of mcp-protocol.md 11.3.
struct BearerChallenge: Sendable {
    /// Fully qualified, the complete set for every operation.
    let scope: String
    let resourceMetadataURL: String
    /// Short names, for the description.
    let requiredScopes: [String]

    /// no credentials were sent, so there is no `error` (RFC 6750 section 3.1).
    func noCredentials() -> AuthenticationRefusal {
        AuthenticationRefusal(
            status: 401, wwwAuthenticate: header(), body: Self.body(error: "unauthorized"), reason: "no_credentials")
    }

    /// the header is not one of ours to understand.
    func invalidRequest() -> AuthenticationRefusal {
        refusal(400, "invalid_request", "Send exactly one bearer token in one Authorization field", "invalid_request")
    }

    /// E-22.
    func refusal(for reason: TokenRejection.Reason) -> AuthenticationRefusal {
        let description = reason.clientDescription(requiredScopes: requiredScopes)
        switch reason {
        case .keysUnavailable:
            return AuthenticationRefusal(
                status: 503, wwwAuthenticate: nil,
                body: Self.body(error: "temporarily_unavailable", description: description), retryAfterSeconds: 1,
                reason: reason.rawValue)
        case .scopeMissing, .roleMissing:
            return refusal(403, "insufficient_scope", description, reason.rawValue)
        default:
            return refusal(401, "invalid_token", description, reason.rawValue)
        }
    }

    private func refusal(_ status: Int, _ error: String, _ description: String, _ reason: String)
        -> AuthenticationRefusal
    {
        AuthenticationRefusal(
            status: status, wwwAuthenticate: header(error: error, description: description),
            body: Self.body(error: error, description: description), reason: reason)
    }

    /// one line, `Bearer` in this spelling, all values quoted, in this order.
    private func header(error: String? = nil, description: String? = nil) -> String {
        let parameters = [
            ("error", error), ("scope", scope), ("resource_metadata", resourceMetadataURL),
            ("error_description", description),
        ]
        return "Bearer "
            + parameters.compactMap { name, value in value.map { "\(name)=\"\($0)\"" } }.joined(separator: ", ")
    }

    private static func body(error: String, description: String? = nil) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("error")
        writer.string(error)
        if let description {
            writer.key("error_description")
            writer.string(description)
        }
        writer.endObject()
        return writer.bytes
    }
}
