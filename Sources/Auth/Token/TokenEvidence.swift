internal import Observability

/// What a refused token says of itself: the values an operator needs, and no other (E-152).
///
/// The values are the sender's: cut, without control characters and quotes, never the token or its signature (E-153).
package struct TokenEvidence: Sendable, Equatable {
    /// Whether header and claims could be read at all.
    package let isWellFormed: Bool
    /// Whether one of the tenant's keys made the signature; otherwise anybody may have written the values.
    package let isVerified: Bool
    /// `alg` of the header.
    package let algorithm: String?
    /// `kid` of the header.
    package let keyID: String?
    /// `typ` of the header.
    package let type: String?
    /// Whether the header has a `nonce`, which marks tokens for Microsoft's own APIs (E-05).
    package let hasNonce: Bool
    /// `iss`.
    package let issuer: String?
    /// `aud`.
    package let audience: String?
    /// `azp` or `appid`: the client.
    package let clientID: String?
    /// `tid`.
    package let tenantID: String?
    /// `ver`.
    package let version: String?
    /// `scp`.
    package let scopes: String?
    /// `exp`.
    package let expiry: Int64?
    /// `uti`, which the sign-in log calls unique token identifier.
    package let tokenID: String?

    init(_ header: TokenHeader?, _ claims: TokenClaims?, isVerified: Bool) {
        self.isVerified = isVerified
        isWellFormed = header != nil && claims != nil
        algorithm = header?.algorithm.map { LogSafeText.clean($0, limit: 64) }
        keyID = header?.keyID.map { LogSafeText.clean($0, limit: 64) }
        type = header?.type.map { LogSafeText.clean($0, limit: 64) }
        hasNonce = header?.hasNonce ?? false
        issuer = claims?.issuer.map { LogSafeText.clean($0) }
        audience = claims?.audience.text.map { LogSafeText.clean($0) }
        clientID = claims?.clientID.map { LogSafeText.clean($0, limit: 64) }
        tenantID = claims?.tenantID.map { LogSafeText.clean($0, limit: 64) }
        version = claims?.version.map { LogSafeText.clean($0, limit: 64) }
        scopes = claims?.scopes.map { LogSafeText.clean($0.joined(separator: " ")) }
        expiry = claims?.expiry
        tokenID = claims?.tokenID.map { LogSafeText.clean($0, limit: 64) }
    }

    /// The summary that people grep for (K-22), without its first words: `header={...} claims={...}`.
    ///
    /// A value that could pass for another member of the list stands in quotes.
    package var summary: String {
        guard isWellFormed else { return "not a well-formed JWS" }
        let header = [
            ("alg", algorithm), ("kid", keyID), ("typ", type), ("nonce", hasNonce ? "PRESENT" : nil),
        ]
        let claims = [
            ("iss", issuer), ("aud", audience), ("appid/azp", clientID), ("ver", version), ("scp", scopes),
            ("exp", expiry.map { "\($0)" }),
        ]
        return "header={\(Self.list(header))} claims={\(Self.list(claims))}"
    }

    private static func list(_ pairs: [(String, String?)]) -> String {
        pairs.map { "\($0)=\($1.map(LogSafeText.embedded) ?? "absent")" }.joined(separator: ", ")
    }
}

extension TokenClaims.Audience {
    /// The audience as one text; several are separated by blanks.
    var text: String? {
        switch self {
        case .absent: nil
        case .one(let text): text
        case .several(let all): all.joined(separator: " ")
        }
    }
}
