internal import OpenSSL

/// Checks access tokens against a policy and a tenant's keys.
///
/// All checks run even after one has failed, so that a verdict can show everything that is wrong with a token. The
/// signature is computed at most once, and a key is fetched only for a token that passes everything else: tokens for
/// other services, which arrive by mistake in real life, never cause a request to Entra ID.
package struct TokenValidator: Sendable {
    private let policy: TokenPolicy
    private let keys: JWKSCache
    private let v1Keys: JWKSCache?
    private let time: TimeSource

    /// - Parameters:
    ///   - policy: What a token must have.
    ///   - keys: The keys of ``EntraEndpoints/jwksURL``.
    ///   - v1Keys: The keys of ``EntraEndpoints/v1JWKSURL``, where v1.0 tokens are accepted (E-16).
    ///   - time: The clocks.
    package init(policy: TokenPolicy, keys: JWKSCache, v1Keys: JWKSCache? = nil, time: TimeSource = .system) {
        self.policy = policy
        self.keys = keys
        self.v1Keys = v1Keys
        self.time = time
    }

    /// The verdict on `token`, the text after the scheme.
    package func verdict(on token: Substring) async -> TokenVerdict {
        let parsed = ParsedToken(token, maximumBytes: policy.maximumTokenBytes)
        guard let keyID = parsed.header?.keyID, parsed.results.allSatisfy({ $0.outcome == .passed }) else {
            let rest = [.notReached(.key), .notReached(.signature)] + checkClaims(of: parsed, key: nil)
            return TokenVerdict(parsed, results: parsed.results + rest, machineRoles: policy.machineRoles)
        }
        let keys = keys(for: parsed)
        var lookup = keys.cachedKey(keyID)
        var claims = checkClaims(of: parsed, key: lookup.key)
        if lookup.isWorthFetching, claims.allSatisfy({ $0.outcome == .passed }) {
            lookup = await keys.key(keyID)
            claims = checkClaims(of: parsed, key: lookup.key)
        }
        let results = parsed.results + [check(lookup, keyID), checkSignature(of: parsed, with: lookup.key)] + claims
        return TokenVerdict(parsed, results: results, machineRoles: policy.machineRoles, lookup: lookup)
    }

    /// E-16: v1.0 tokens are checked with the keys of the v1.0 document.
    private func keys(for token: ParsedToken) -> JWKSCache {
        token.claims?.version == "1.0" ? v1Keys ?? keys : keys
    }

    private func checkClaims(of token: ParsedToken, key: PublishedKey?) -> [TokenCheckResult] {
        policy.check(token.claims, in: TokenCheckContext(key: key, now: time.wallSeconds()))
    }

    /// E-06, E-22.
    private func check(_ lookup: KeyLookup, _ keyID: String) -> TokenCheckResult {
        switch lookup {
        case .found: .passed(.key, seen: keyID)
        case .unknown: .failed(.key, .unknownKey, seen: keyID, expected: "a key that the tenant publishes")
        case .unavailable: .failed(.key, .keysUnavailable, seen: keyID, expected: "signing keys from Entra ID")
        }
    }

    /// E-07.
    ///
    /// An error of OpenSSL's own counts as a mismatch: nothing is accepted that was not verified.
    private func checkSignature(of token: ParsedToken, with key: PublishedKey?) -> TokenCheckResult {
        guard let key else { return .notReached(.signature) }
        let isValid = try? key.verifier.isValid(signature: token.signature, of: token.signedBytes)
        return isValid == true
            ? .passed(.signature)
            : .failed(.signature, .signature, seen: isValid == nil ? "OpenSSL failed" : "no match", expected: "a match")
    }
}
