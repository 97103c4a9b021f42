internal import Auth
internal import HTTPSyntax
internal import JSON
internal import OpenSSL

/// What holds for every key document: only keys of E-07 count, and no document makes a forged token pass.
enum KeyDocumentProperties {
    static func check(_ input: [UInt8]) async throws(Violation) {
        let root = try? JSONDocument(parsing: input, limits: .upstream).root
        let entries = root?["keys"].map { Array($0.elements) } ?? []
        let isReadable = (try? JWKSDocument(parsing: input)) != nil
        try require(!isReadable || entries.count <= 200, "E-37: at most 200 keys, not \(entries.count)")
        for entry in entries.prefix(200) { try checkNumbers(of: entry) }

        let keys = await FuzzTenant.keys(input)
        try require(isReadable || !keys.isReady, "what is no key document makes no key set")
        try await checkTokens(keys, entries)
    }

    /// E-07, judged on the numbers themselves: what OpenSSL is given is what it holds.
    private static func checkNumbers(of entry: JSONElement) throws(Violation) {
        guard let modulus = entry["n"]?.string.flatMap({ Base64URL.decode(strictly: $0) }),
            let exponent = entry["e"]?.string.flatMap({ Base64URL.decode(strictly: $0) }),
            let key = try? VerificationKey(modulus: modulus, exponent: exponent)
        else { return }
        let (n, e) = (Array(modulus.drop { $0 == 0 }), Array(exponent.drop { $0 == 0 }))
        try require(key.modulus == n && key.exponent == e, "a key keeps its numbers")
        try require(2048...8192 ~= bits(n), "E-07: the modulus has 2048 to 8192 bits, not \(bits(n))")
        try require(2...64 ~= bits(e), "E-07: the exponent is at least 3 and has at most 64 bits, not \(bits(e))")
        try require((n.last ?? 0) & (e.last ?? 0) & 1 == 1, "E-07: both numbers are odd")
        try require(key.signatureLength == n.count, "a signature is as long as the modulus")
    }

    /// The tenant's token passes only with its own key, and one signed by a weak key never.
    private static func checkTokens(_ keys: JWKSCache, _ entries: [JSONElement]) async throws(Violation) {
        let validator = TokenValidator(policy: try FuzzTenant.policy(), keys: keys, time: FuzzTenant.time)
        let token = FuzzTenant.validTokens[0]
        let verdict = await validator.verdict(on: token[...])
        try TokenParserProperties.check(verdict, on: token)
        let isPublished = entries.contains { isTenantKey($0) && hasEachNameOnce($0) }
        try require(verdict.rejection != nil || isPublished, "a token passes only with the key that signed it")
        try require(keys.isReady || verdict.rejection?.reason == .keysUnavailable, "E-22: without keys none pass")
        try require(
            verdict.retryAfterSeconds.map { 1...30 ~= $0 } ?? keys.isReady, "E-22: a retry comes within 30 seconds")

        let weak = await validator.verdict(on: FuzzTenant.weakToken[...])
        try TokenParserProperties.check(weak, on: FuzzTenant.weakToken)
        try require(weak.rejection != nil, "E-07: a token signed with 1024 bits is refused")
    }

    private static func isTenantKey(_ entry: JSONElement) -> Bool {
        guard entry["kty"]?.string == "RSA", entry["kid"]?.string == FuzzTenant.keyID,
            entry["use"].map({ $0.string == "sig" }) ?? true, entry["alg"].map({ $0.string == "RS256" }) ?? true
        else { return false }
        let modulus = entry["n"]?.string.flatMap { Base64URL.decode(strictly: $0) } ?? []
        let exponent = entry["e"]?.string.flatMap { Base64URL.decode(strictly: $0) } ?? []
        return modulus.drop { $0 == 0 } == (Base64URL.decode(strictly: FuzzTenant.modulus) ?? [])[...]
            && exponent.drop { $0 == 0 } == [1, 0, 1]
    }

    private static func hasEachNameOnce(_ entry: JSONElement) -> Bool {
        Set(entry.members.map(\.name)).count == entry.count
    }

    private static func bits(_ number: [UInt8]) -> Int {
        number.isEmpty ? 0 : number.count * 8 - number[0].leadingZeroBitCount
    }
}
