internal import OpenSSL

/// By what a Databricks token is found again: the inbound token's digest and everything else that decided (E-60).
///
/// Never the user alone: two tokens of one user can be of different strength.
struct OBOKey: Sendable, Hashable {
    let token: SHA256Digest
    let context: SHA256Digest

    /// The token's digest is uniformly distributed already, and the context is the same for a whole process.
    func hash(into hasher: inout Hasher) { hasher.combine(token) }

    /// The part that does not come from the caller: authority, tenant, client, scope and credential.
    struct Context: Sendable {
        private let digest: SHA256Digest

        init(_ digest: SHA256Digest) { self.digest = digest }

        func key(for principal: Principal) -> OBOKey { OBOKey(token: principal.tokenDigest, context: digest) }
    }
}

/// The tokens and refusals that ``OBOTokenCache`` remembers: written by the actor, read by every tool call.
struct OBOStore: Sendable {
    /// What is remembered for a key.
    enum Entry: Sendable {
        /// A token, until when it may be handed out (E-62), and from when on it should be renewed (E-63).
        case token(AccessToken, usableUntil: MonotonicTime, renewFrom: MonotonicTime?)
        /// A refusal, until when the same request is not worth repeating (E-67).
        case refusal(OBOError, until: MonotonicTime)
    }

    /// What a look-up brings.
    enum Found: Sendable {
        case token(AccessToken, isDueForRenewal: Bool)
        case refusal(OBOError)
    }

    /// A failed renewal is repeated no sooner than this (E-63).
    static let renewalPause: Int64 = 30_000_000_000

    private let entries: ShardedCache<OBOKey, Entry>

    init(capacity: Int) { entries = ShardedCache(capacity: capacity) }

    var count: Int { entries.count }

    /// What is remembered for `key`; of all callers that find a token due for renewal, only one is told.
    func find(_ key: OBOKey, at now: MonotonicTime) -> Found? {
        var isDue = false
        let entry = entries.value(for: key) { entry in
            guard entry.isUsable(at: now) else { return false }
            if case .token(let token, let end, let renewFrom?) = entry, now >= renewFrom {
                isDue = true
                let pause = MonotonicTime(nanoseconds: now.nanoseconds + Self.renewalPause)
                entry = .token(token, usableUntil: end, renewFrom: pause)
            }
            return true
        }
        switch entry {
        case nil: return nil
        case .token(let token, _, _): return .token(token, isDueForRenewal: isDue)
        case .refusal(let error, let until): return .refusal(error.remaining(from: now, to: until))
        }
    }

    func insert(_ entry: Entry, for key: OBOKey) { entries.insert(entry, for: key) }

    /// Whether a usable token is held for `key`.
    func holdsToken(_ key: OBOKey, at now: MonotonicTime) -> Bool {
        if case .token? = entries.value(for: key, where: { $0.isUsable(at: now) }) { true } else { false }
    }

    /// Removes whatever is remembered for `key`.
    func remove(_ key: OBOKey) { entries.remove(key) { _ in true } }

    /// Removes the token `id`, but no newer one.
    func remove(_ key: OBOKey, tokenID id: UInt64) {
        entries.remove(key) { entry in
            if case .token(let token, _, _) = entry { token.id == id } else { false }
        }
    }

    func sweep(at now: MonotonicTime) { entries.sweep { $0.isUsable(at: now) } }
}

extension OBOStore.Entry {
    fileprivate func isUsable(at now: MonotonicTime) -> Bool {
        switch self {
        case .token(_, let end, _), .refusal(_, let end): now < end
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
