internal import JSON
internal import Observability

/// A token that the token endpoint issued, as it was answered.
struct TokenResponse: Sendable {
    /// What the original libraries assume when the lifetime is missing.
    static let defaultLifetime: Int64 = 600
    /// No token lives longer; what an answer says beyond it would leave the range of our clocks.
    static let longestLifetime: Int64 = 7 * 86_400

    let token: Secret
    /// Seconds.
    let expiresIn: Int64
    /// Seconds after which a long-lived token should be renewed (E-63).
    let refreshIn: Int64?

    /// Reads a 200 answer; refresh token, ID token and client information in it are not even looked at (E-53).
    ///
    /// - Returns: `nil` when it is not a usable bearer token, or names a member twice.
    init?(parsing body: [UInt8]) {
        guard let document = try? JSONDocument(parsing: body, limits: .upstream), document.root.isObject,
            document.root.hasUniqueNames, document.root["token_type"]?.string?.lowercased() == "bearer",
            let token = document.root["access_token"]?.string, Self.isHeaderSafe(token)
        else { return nil }
        self.token = Secret(token)
        // A number, or a numeric text: both occur.
        let lifetime = document.root["expires_in"]?.exactInteger ?? Self.defaultLifetime
        expiresIn = min(max(lifetime, 0), Self.longestLifetime)
        let renewal = document.root["refresh_in"]?.exactInteger
        refreshIn = renewal.flatMap { $0 > 0 ? min($0, Self.longestLifetime) : nil }
    }

    /// The token will stand in a header field: visible ASCII only.
    private static func isHeaderSafe(_ token: String) -> Bool {
        !token.isEmpty && token.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
