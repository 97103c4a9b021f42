internal import Auth
internal import JSON
internal import Logging

/// What holds for every token: nothing is accepted but what the tenant signed, and nothing harmful is said about it.
enum TokenParserProperties {
    static func check(_ input: [UInt8]) async throws(Violation) {
        let token = String(decoding: input, as: UTF8.self)
        let keys = await FuzzTenant.keys(FuzzTenant.document)
        let validator = TokenValidator(policy: try FuzzTenant.policy(), keys: keys, time: FuzzTenant.time)
        let verdict = await validator.verdict(on: token[...])
        try check(verdict, on: token)
        try require(
            (verdict.rejection == nil) == isValid(token[...]), "exactly the tenant's own tokens pass: \(token)")

        let outcome = try await authenticate(token, keys)
        let isAccepted = if case .accepted = outcome { true } else { false }
        try require(isAccepted == isValid(trimmed(token)), "exactly the tenant's own tokens are let in: \(token)")
    }

    /// A verdict has every check in its order, and its words are fit for a log (E-152, E-153).
    static func check(_ verdict: TokenVerdict, on token: String) throws(Violation) {
        try require(verdict.results.map(\.check) == TokenCheck.allCases, "a verdict has every check once, in order")
        let allPassed = verdict.results.allSatisfy { $0.outcome == .passed }
        try require(allPassed == (verdict.rejection == nil), "a token is refused unless every check passed")
        var texts = [verdict.evidence.summary]
        for result in verdict.results { texts += [result.seen, result.expected].compactMap { $0 } }
        if let rejection = verdict.rejection {
            texts += [rejection.seen, rejection.expected].compactMap { $0 }
            try require(rejection.evidence == verdict.evidence, "a rejection has the verdict's evidence")
        }
        for text in texts {
            try LogSafety.require(text, "what is said of a token")
            try requireNoSignature(text, of: token)
        }
    }

    /// Lets the whole bearer layer decide, and checks its answer and what it logs.
    static func authenticate(_ token: String, _ keys: JWKSCache) async throws(Violation) -> AuthenticationOutcome {
        let authenticator = try FuzzTenant.authenticator(keys)
        let log = CapturedLog()
        let outcome = await withLogger(log.logger) { _ in
            await authenticator.authenticate(authorization: ["Bearer \(token)"])
        }
        for line in log.lines {
            try LogSafety.require(line, "a line about a token")
            try requireNoSignature(line, of: token)
        }
        if case .refused(let refusal) = outcome { try check(refusal) }
        return outcome
    }

    /// The answer is one of the closed set and could be sent as it is (A-17, E-164).
    private static func check(_ refusal: AuthenticationRefusal) throws(Violation) {
        try require([400, 401, 403, 503].contains(refusal.status), "a refusal has a known status: \(refusal)")
        let reasons = TokenRejection.Reason.allCases.map(\.rawValue) + ["no_credentials", "invalid_request"]
        try require(reasons.contains(refusal.reason), "a refusal has a known reason: \(refusal.reason)")
        try require(
            (refusal.wwwAuthenticate == nil) == (refusal.status == 503), "all but an outage is a challenge: \(refusal)")
        let challenge = refusal.wwwAuthenticate ?? ""
        try require(challenge.utf8.allSatisfy { 0x20...0x7E ~= $0 }, "a challenge is a header value: \(challenge)")
        try require(!refusal.error.isEmpty && !refusal.description.isEmpty, "a refusal has words: \(refusal)")
    }

    /// Nothing said of a token repeats its signature; too short a text to be one may occur anywhere.
    private static func requireNoSignature(_ text: String, of token: String) throws(Violation) {
        let segments = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard segments.count == 3, segments[2].count >= 40, let start = String(segments[2].prefix(40)) else { return }
        try require(!text.contains(start), "a signature is not repeated: \(text)")
    }

    private static func isValid(_ token: Substring) -> Bool {
        // By bytes: to Swift, texts that are canonically equivalent are equal.
        FuzzTenant.validTokens.contains { $0.utf8.elementsEqual(token.utf8) }
    }

    private static func trimmed(_ token: String) -> Substring {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var rest = token.utf8.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return Substring(rest)
    }
}
