/// The answer to a request that is not let in, complete but for transport: status, challenge and body.
package struct AuthenticationRefusal: Sendable, Equatable {
    /// 400, 401, 403 or 503.
    package let status: Int
    /// The value of `WWW-Authenticate`, `nil` where there is nothing to challenge (503).
    package let wwwAuthenticate: String?
    /// The word of RFC 6750 section 3.1 or one of its kind; `unauthorized` where the challenge has none.
    package let error: String
    /// What happened, in plain words; reveals no claim (E-164).
    package let description: String
    /// The value of `Retry-After`, in seconds.
    package internal(set) var retryAfterSeconds: Int?
    /// One of a closed set: `no_credentials`, `invalid_request`, `sign_in_expired`, `insufficient_claims` or a
    /// ``TokenRejection/Reason``.
    package let reason: String
}

extension TokenRejection.Reason {
    /// What the client reads as `error_description`: no claim, and nothing of our settings but scope names (E-164).
    ///
    /// - Parameter requiredScopes: Short scope names.
    /// - Returns: ASCII without quotes (A-17).
    func clientDescription(requiredScopes: [String]) -> String {
        switch self {
        case .malformed: "The access token is malformed"
        case .tooLarge: "The access token is too large"
        case .encrypted: "The access token is encrypted"
        case .algorithm, .unknownKey, .signature: "The access token signature cannot be verified"
        case .issuer: "The access token has another issuer"
        case .tenant: "The access token belongs to another tenant"
        case .audience: "The access token was issued for another application"
        case .expired: "The access token expired"
        case .notYetValid: "The access token is not valid yet"
        case .v1Token: "The access token has version 1.0, but version 2.0 is required"
        case .firstPartyToken: "The access token was issued for a Microsoft API"
        case .idToken: "An ID token is not an access token"
        case .scopeMissing, .roleMissing:
            requiredScopes.count > 1
                ? "The permissions \(requiredScopes.joined(separator: " and ")) are required"
                : "The \(requiredScopes.first ?? "delegated") permission is required"
        case .clientNotAllowed: "This client application is not allowed here"
        case .guest: "Guest accounts are not allowed here"
        case .keysUnavailable: "The signing keys are not available, try again later"
        }
    }
}
