/// What the workspace demands of a token besides being valid: a claims challenge (E-66).
package struct ClaimsChallenge: Sendable, Equatable {
    /// Longer fields are not looked at.
    package static let maximumLength = 8_192

    /// The demanded claims in Base64, as received.
    package let encodedClaims: String

    /// Reads `Bearer ..., error="insufficient_claims", claims="..."`.
    ///
    /// - Parameter field: The `WWW-Authenticate` field of an answer 401.
    package init?(_ field: String?) {
        guard let field, field.utf8.count <= Self.maximumLength, field.contains("error=\"insufficient_claims\""),
            let start = field.firstRange(of: "claims=\"")?.upperBound,
            let end = field[start...].firstIndex(of: "\""), start < end
        else { return nil }
        encodedClaims = String(field[start..<end])
    }
}
