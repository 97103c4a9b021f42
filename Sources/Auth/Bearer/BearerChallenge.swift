/// Builds the refusals of the bearer layer, in the form that clients search for.
struct BearerChallenge: Sendable {
    /// Fully qualified, the complete set for every operation.
    let scope: String
    let resourceMetadataURL: String
    /// Short names, for the description.
    let requiredScopes: [String]

    init(metadata: ProtectedResourceMetadata, policy: TokenPolicy) {
        scope = metadata.scope
        resourceMetadataURL = metadata.metadataURL
        requiredScopes = policy.requiredScopes
    }

    /// no credentials were sent, so there is no `error` (RFC 6750 section 3.1).
    func noCredentials() -> AuthenticationRefusal {
        AuthenticationRefusal(
            status: 401, wwwAuthenticate: header(), error: "unauthorized",
            description: "Sign in: the request has no bearer token", reason: "no_credentials")
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
                status: 503, wwwAuthenticate: nil, error: "temporarily_unavailable", description: description,
                retryAfterSeconds: 1, reason: reason.rawValue)
        case .scopeMissing, .roleMissing:
            return refusal(403, "insufficient_scope", description, reason.rawValue)
        default:
            return refusal(401, "invalid_token", description, reason.rawValue)
        }
    }

    /// Entra ID no longer takes the token, though it is not expired here (E-68, E-103).
    func signInExpired() -> AuthenticationRefusal {
        refusal(401, "invalid_token", "The sign-in is no longer valid", "sign_in_expired")
    }

    /// E-101: the user must sign in again and satisfy a policy on the way.
    ///
    /// - Parameters:
    ///   - claims: Base64 of what the client has to pass on.
    ///   - authorizationURI: Where to.
    /// - Returns: A 401.
    func insufficientClaims(_ claims: String, authorizationURI: String) -> AuthenticationRefusal {
        let description = "An additional sign-in step is required"
        let parameters = [
            ("realm", ""), ("authorization_uri", authorizationURI), ("error", "insufficient_claims"), ("scope", scope),
            ("resource_metadata", resourceMetadataURL), ("claims", claims), ("error_description", description),
        ]
        return AuthenticationRefusal(
            status: 401, wwwAuthenticate: Self.header(parameters), error: "insufficient_claims",
            description: description, reason: "insufficient_claims")
    }

    private func refusal(_ status: Int, _ error: String, _ description: String, _ reason: String)
        -> AuthenticationRefusal
    {
        AuthenticationRefusal(
            status: status, wwwAuthenticate: header(error: error, description: description), error: error,
            description: description, reason: reason)
    }

    /// one line, `Bearer` in this spelling, all values quoted, in this order.
    private func header(error: String? = nil, description: String? = nil) -> String {
        let parameters = [
            ("error", error), ("scope", scope), ("resource_metadata", resourceMetadataURL),
            ("error_description", description),
        ]
        return Self.header(parameters)
    }

    private static func header(_ parameters: [(name: String, value: String?)]) -> String {
        "Bearer "
            + parameters.compactMap { name, value in value.map { "\(name)=\"\($0)\"" } }.joined(separator: ", ")
    }
}
