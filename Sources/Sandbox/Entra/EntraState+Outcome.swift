internal import JSON

// Scripted outcomes, the same for every grant.

extension EntraState {
    /// Answers a request whose checks have passed as its script says.
    ///
    /// - Parameters:
    ///   - step: What shall happen.
    ///   - hasSteppedUp: Whether the user has passed a claims challenge before.
    ///   - issue: Issues the token; not called when the step refuses.
    /// - Returns: The answer of a request that is not refused with Entra's own error.
    /// - Throws: The scripted error, or that of `issue`.
    mutating func answer(
        _ step: OutcomeScript.Step, hasSteppedUp: Bool = false,
        _ issue: (inout EntraState) throws(EntraError) -> TokenAnswer
    ) throws(EntraError) -> SandboxReply {
        switch step {
        case .code(let code): throw EntraError(code)
        case .claims(let claims): throw EntraError(50076, claims: claims)
        case .stepUp(let claims) where !hasSteppedUp: throw EntraError(50076, claims: claims)
        case .status(let status, let retryAfter): return .bare(status, retryAfter: retryAfter)
        case .drop: return .silence
        case .garbage: return .text(200, "garbage", type: "application/json")
        case .variant(.refreshIn):
            // Long-lived tokens are those that are refreshed ahead of time (E-63).
            let usual = tokenLifetime
            tokenLifetime = 86_399
            defer { tokenLifetime = usual }
            return try issue(&self).reply(variant: .refreshIn)
        case .variant(let variant): return try issue(&self).reply(variant: variant)
        case .slow(let milliseconds):
            var reply = try issue(&self).reply()
            reply.delayMilliseconds = milliseconds
            return reply
        case .ok, .stepUp: return try issue(&self).reply()
        }
    }
}

extension SandboxReply {
    /// A failure without Entra's error body: throttling as plain text, a fault as HTML.
    fileprivate static func bare(_ status: Int, retryAfter: String?) -> SandboxReply {
        let reply: SandboxReply =
            status == 429
            ? .text(429, "Too many requests")
            : .text(status, "<html><body><h1>Service unavailable</h1></body></html>", type: "text/html")
        guard let retryAfter else { return reply }
        return reply.adding("Retry-After", retryAfter)
    }
}
