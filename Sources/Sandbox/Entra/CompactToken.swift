internal import HTTPSyntax
internal import JSON
internal import OpenSSL

/// A compact JWS taken apart, not verified.
struct CompactToken: Sendable {
    let header: JSONElement
    let claims: JSONElement
    let signature: [UInt8]
    /// What the signature is over: the first two segments as they were sent.
    let signedBytes: [UInt8]

    /// Takes a token apart; `nil` unless it has three canonical segments, the first two JSON objects.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.decode(strictly: parts[2])
        else { return nil }
        self.header = header
        self.claims = claims
        self.signature = signature
        signedBytes = Array(text.utf8.prefix(parts[0].utf8.count + parts[1].utf8.count + 1))
    }

    private static func object(_ segment: Substring) -> JSONElement? {
        guard let bytes = Base64URL.decode(strictly: segment),
            let document = try? JSONDocument(parsing: bytes, limits: .token), document.root.isObject
        else { return nil }
        return document.root
    }

    /// Builds and signs a token.
    static func encode(header: Members, claims: Members, key: SigningKey) throws(CryptoError) -> String {
        let signed = "\(segment(header.value)).\(segment(claims.value))"
        return "\(signed).\(Base64URL.encode(try key.signature(of: Array(signed.utf8))))"
    }

    /// One segment: base64url of compact JSON.
    static func segment(_ value: JSONValue) -> String { Base64URL.encode(value.serialized) }
}
