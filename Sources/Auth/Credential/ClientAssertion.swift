internal import HTTPSyntax
internal import JSON
internal import Observability
internal import OpenSSL

/// A token that this server signs with its certificate's key to prove its identity (E-70).
struct ClientAssertion: Sendable {
    /// Seconds from signing to expiry.
    static let lifetime: Int64 = 600
    /// How long one is used before the next is signed: well before it expires, because the clocks differ.
    static let reuse: Duration = .seconds(480)

    /// The application, and the token endpoint, exactly as the request is addressed.
    let clientID: GUID
    let audience: String

    /// Signs a new assertion; each has an id of its own.
    ///
    /// - Parameters:
    ///   - certificate: The key, and the thumbprint by which Entra ID finds the registered certificate.
    ///   - now: Seconds since 1970.
    /// - Returns: The compact token, a secret.
    /// - Throws: ``CryptoError`` when OpenSSL fails.
    func signed(by certificate: ClientCertificate, at now: Int64) throws(CryptoError) -> Secret {
        let header: JSONObject = [
            "alg": "PS256", "typ": "JWT", "x5t#S256": .string(Base64URL.encode(certificate.thumbprint.bytes)),
        ]
        let claims: JSONObject = [
            "aud": .string(audience), "iss": .string(clientID.description), "sub": .string(clientID.description),
            "jti": .string("\(CorrelationID())"), "nbf": .integer(now), "iat": .integer(now),
            "exp": .integer(now + Self.lifetime),
        ]
        let signed = "\(Self.encoded(header)).\(Self.encoded(claims))"
        return Secret("\(signed).\(Base64URL.encode(try certificate.signature(of: Array(signed.utf8))))")
    }

    private static func encoded(_ object: JSONObject) -> String {
        var writer = JSONWriter()
        writer.value(.object(object))
        return Base64URL.encode(writer.bytes)
    }
}
