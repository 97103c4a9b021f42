/// What is remembered of one request for a token: a token, or a refusal.
///
/// A value without clock or I/O; both caches, of users' tokens and of the application's, decide by it.
enum TokenEntry<Token: Sendable>: Sendable {
    /// A token, until when it may be handed out (E-62), and from when on it should be renewed (E-63).
    case token(Token, usableUntil: MonotonicTime, renewFrom: MonotonicTime?)
    /// A refusal, until when the same request is not worth repeating (E-67).
    case refusal(OBOError, until: MonotonicTime)

    /// What a look-up brings.
    enum Found: Sendable {
        case token(Token, isDueForRenewal: Bool)
        case refusal(OBOError)
    }

    /// A failed renewal is repeated no sooner than this, in nanoseconds (E-63).
    static var renewalPause: Int64 { 30_000_000_000 }

    /// Remembers a token that was just issued; `nil` when it lasts for this call only.
    ///
    /// - Parameters:
    ///   - token: The token.
    ///   - response: How long it lasts.
    ///   - sent: When the request was sent: its life is counted from there.
    ///   - end: A bound besides the token's own end.
    ///   - time: The clocks.
    init?(
        _ token: Token, _ response: TokenResponse, sent: ContinuousClock.Instant,
        notAfter end: ContinuousClock.Instant? = nil, time: TimeSource
    ) {
        let ownEnd = sent + .seconds(response.expiresIn) - OBOTokenCache.margin
        let end = min(ownEnd, end ?? ownEnd)
        guard time.now() < end else { return nil }
        let renewal = response.refreshIn.map { sent + time.jittered(.seconds($0), by: 0.05) }
        self = .token(token, usableUntil: MonotonicTime(end), renewFrom: renewal.map { MonotonicTime($0) })
    }

    func isUsable(at now: MonotonicTime) -> Bool {
        switch self {
        case .token(_, let end, _), .refusal(_, let end): now < end
        }
    }

    /// What to hand out; of all callers that find a token due for renewal, only one is told.
    ///
    /// - Returns: `nil` when the entry is no longer usable.
    mutating func find(at now: MonotonicTime) -> Found? {
        guard isUsable(at: now) else { return nil }
        switch self {
        case .refusal(let error, let until): return .refusal(error.remaining(from: now, to: until))
        case .token(let token, let end, let renewFrom):
            guard let renewFrom, now >= renewFrom else { return .token(token, isDueForRenewal: false) }
            let pause = MonotonicTime(nanoseconds: now.nanoseconds + Self.renewalPause)
            self = .token(token, usableUntil: end, renewFrom: pause)
            return .token(token, isDueForRenewal: true)
        }
    }
}

extension OBOError {
    /// The same refusal, with the wait that is left.
    fileprivate func remaining(from now: MonotonicTime, to end: MonotonicTime) -> OBOError {
        guard retryAfterSeconds != nil else { return self }
        var error = self
        error.retryAfterSeconds = Int((end.nanoseconds - now.nanoseconds + 999_999_999) / 1_000_000_000)
        return error
    }
}
