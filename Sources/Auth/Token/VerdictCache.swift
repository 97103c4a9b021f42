internal import OpenSSL

/// Positive verdicts by the SHA-256 of their token, so that a client's second call costs no signature check (E-24).
///
/// An entry is worth something until the token's `exp`, and only while the tenant publishes the key that signed it.
struct VerdictCache: Sendable {
    private let entries: ShardedCache<SHA256Digest, VerifiedIdentity>
    private let time: TimeSource

    init(capacity: Int, time: TimeSource) {
        entries = ShardedCache(capacity: capacity)
        self.time = time
    }

    func identity(for digest: SHA256Digest) -> VerifiedIdentity? {
        let (wall, now) = (time.wallSeconds(), MonotonicTime(time.now()))
        return entries.value(for: digest) { $0.isUsable(wall: wall, now: now) }
    }

    func insert(_ identity: VerifiedIdentity, for digest: SHA256Digest) { entries.insert(identity, for: digest) }

    /// Removes what is worth nothing any more.
    func sweep() {
        let (wall, now) = (time.wallSeconds(), MonotonicTime(time.now()))
        entries.sweep { $0.isUsable(wall: wall, now: now) }
    }
}

extension VerifiedIdentity {
    fileprivate func isUsable(wall: Int64, now: MonotonicTime) -> Bool { wall < expiresAt && key.isUsable(at: now) }
}
