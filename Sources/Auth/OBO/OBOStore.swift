internal import OpenSSL

/// By what a Databricks token is found again: the inbound token's digest and everything else that decided (E-60).
///
/// Never the user alone: two tokens of one user can be of different strength.
struct OBOKey: Sendable, Hashable {
    let token: SHA256Digest
    let context: SHA256Digest
    let credentialGeneration: Int

    /// The token's digest is uniformly distributed already, and the rest is nearly the same for a whole process.
    func hash(into hasher: inout Hasher) { hasher.combine(token) }
}

/// The tokens and refusals that ``OBOTokenCache`` remembers: written by the actor, read by every tool call.
///
/// What is evicted is overwritten when its last reader lets go of it (E-65): see ``Secret``.
struct OBOStore: Sendable {
    typealias Entry = TokenEntry<AccessToken>

    private let entries: ShardedCache<OBOKey, Entry>

    init(capacity: Int) { entries = ShardedCache(capacity: capacity) }

    var count: Int { entries.count }

    /// What is remembered for `key`.
    func find(_ key: OBOKey, at now: MonotonicTime) -> Entry.Found? {
        var found: Entry.Found?
        _ = entries.value(for: key) { entry in
            found = entry.find(at: now)
            return found != nil
        }
        return found
    }

    func insert(_ entry: Entry, for key: OBOKey) { entries.insert(entry, for: key) }

    /// Whether a usable token is held for `key`.
    func holdsToken(_ key: OBOKey, at now: MonotonicTime) -> Bool {
        if case .token? = entries.value(for: key, where: { $0.isUsable(at: now) }) { true } else { false }
    }

    /// Removes whatever is remembered for `key`.
    func remove(_ key: OBOKey) { entries.remove(key) { _ in true } }

    /// Removes the token `id`, but no newer one.
    ///
    /// - Returns: Whether it was there.
    @discardableResult
    func remove(_ key: OBOKey, tokenID id: UInt64) -> Bool {
        var isThere = false
        entries.remove(key) { entry in
            if case .token(let token, _, _) = entry { isThere = token.id == id }
            return isThere
        }
        return isThere
    }

    func sweep(at now: MonotonicTime) { entries.sweep { $0.isUsable(at: now) } }
}
