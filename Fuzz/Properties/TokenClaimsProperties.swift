internal import Auth
internal import HTTPSyntax
internal import OpenSSL

/// What holds for every header and payload that the tenant's key has signed: whoever gets in may, by Foundation's reading.
///
/// The signature hides the claims from mutations of a token, so here the check signs what it is given.
enum TokenClaimsProperties {
    private static let keyID = "k-fuzz"
    private static let key = Result { try SigningKey() }

    static func check(_ input: [UInt8]) async throws(Violation) {
        let parts = input.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init)
        guard parts.count == 2 else { return }
        let (token, keys) = try await signed(header: parts[0], payload: parts[1])
        let validator = TokenValidator(policy: try FuzzTenant.policy(), keys: keys, time: FuzzTenant.time)
        let verdict = await validator.verdict(on: token[...])
        try TokenParserProperties.check(verdict, on: token)

        let outcome = try await TokenParserProperties.authenticate(token, keys)
        switch outcome {
        case .refused:
            try require(verdict.rejection != nil, "what passes every check is let in")
        case .accepted(let caller):
            try require(verdict.rejection == nil, "who is let in passes every check")
            try require(parts[0].count > 0 && parts[1].count > 0, "an empty segment is refused")
            try OracleClaims.requireAcceptable(header: parts[0], payload: parts[1], keyID: keyID, caller)
        }
    }

    /// The compact serialisation, and the key that verifies it.
    private static func signed(
        header: [UInt8], payload: [UInt8]
    ) async throws(Violation) -> (token: String, keys: JWKSCache) {
        let key = try succeed("making a key") { try Self.key.get() }
        let text = "\(Base64URL.encode(header)).\(Base64URL.encode(payload))"
        let signature = try succeed("signing") { try key.signature(of: Array(text.utf8)) }
        let modulus = Base64URL.encode(key.modulus)
        let document = #"{"keys":[{"kty":"RSA","kid":"\#(keyID)","n":"\#(modulus)","e":"AQAB"}]}"#
        return ("\(text).\(Base64URL.encode(signature))", await FuzzTenant.keys(Array(document.utf8)))
    }
}
