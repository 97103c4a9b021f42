internal import HTTPSyntax

/// A compact JWS taken apart, RFC 7515 section 7.1.
///
/// Nothing in it is believed yet. Whatever can be read is read, even after a check has failed: the evidence of a
/// refusal wants both header and claims.
struct ParsedToken: Sendable {
    /// The bytes that were signed: header, dot and payload as they were sent.
    let signedBytes: [UInt8]
    let signature: [UInt8]
    let header: TokenHeader?
    let claims: TokenClaims?
    /// The checks of form, header, first party, algorithm and payload, in this order.
    let results: [TokenCheckResult]

    /// - Parameters:
    ///   - token: The text after the scheme.
    ///   - maximumBytes: The size above which nothing is decoded (E-02).
    init(_ token: Substring, maximumBytes: Int) {
        guard token.utf8.count <= maximumBytes else {
            self.init(failing: .tooLarge, seen: "\(token.utf8.count) bytes", expected: "at most \(maximumBytes) bytes")
            return
        }
        // In one piece: byte by byte, as the general initialiser does it, costs more than all checks of a large token.
        let bytes = unsafe token.utf8.withContiguousStorageIfAvailable { unsafe Array($0) } ?? Array(token.utf8)
        let segments = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard segments.count == 3 else {
            self.init(
                failing: segments.count == 5 ? .encrypted : .malformed, seen: "\(segments.count) segments",
                expected: "3 segments")
            return
        }
        guard let header = Self.decode(segments[0]), let payload = Self.decode(segments[1]),
            let signature = Self.decode(segments[2])
        else {
            self.init(failing: .malformed, seen: "not canonical base64url", expected: "3 segments in base64url")
            return
        }
        self.init(header: header, payload: payload, signature: signature, signed: bytes[..<segments[1].endIndex])
    }

    private static func decode(_ segment: ArraySlice<UInt8>) -> [UInt8]? {
        segment.isEmpty ? nil : Base64URL.decode(strictly: segment)
    }

    private init(failing reason: TokenRejection.Reason, seen: String, expected: String) {
        signedBytes = []
        signature = []
        header = nil
        claims = nil
        results =
            [.failed(.form, reason, seen: seen, expected: expected)]
            + [.header, .firstParty, .algorithm, .payload].map(TokenCheckResult.notReached)
    }

    private init(header: [UInt8], payload: [UInt8], signature: [UInt8], signed: ArraySlice<UInt8>) {
        self.header = TokenHeader(parsing: header)
        self.claims = TokenClaims(parsing: payload)
        self.signature = signature
        signedBytes = Array(signed)
        results = [.passed(.form)] + Self.check(self.header) + [Self.check(self.claims)]
    }

    private static func check(_ header: TokenHeader?) -> [TokenCheckResult] {
        guard let header else {
            return [
                .failed(.header, .malformed, seen: "not strict JSON"), .notReached(.firstParty),
                .notReached(.algorithm),
            ]
        }
        return [
            header.problem.map { .failed(.header, .malformed, seen: $0, expected: "a kid, typ JWT, no crit") }
                ?? .passed(.header, seen: header.keyID),
            header.hasNonce
                ? .failed(.firstParty, .firstPartyToken, seen: "nonce in the header", expected: "no nonce")
                : .passed(.firstParty),
            header.algorithm == "RS256"
                ? .passed(.algorithm, seen: "RS256")
                : .failed(.algorithm, .algorithm, seen: header.algorithm ?? "absent", expected: "RS256"),
        ]
    }

    private static func check(_ claims: TokenClaims?) -> TokenCheckResult {
        guard let claims else { return .failed(.payload, .malformed, seen: "not strict JSON") }
        guard claims.unusable.isEmpty else {
            return .failed(.payload, .malformed, seen: "wrong type of " + claims.unusable.joined(separator: ", "))
        }
        guard claims.expiry != nil, claims.notBefore != nil else {
            return .failed(.payload, .malformed, seen: "exp or nbf absent", expected: "exp and nbf")
        }
        return .passed(.payload)
    }
}
