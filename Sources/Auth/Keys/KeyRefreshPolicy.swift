/// When the signing keys are fetched: a value without I/O or clock, so that tables test it (E-32, E-33, E-36).
package struct KeyRefreshPolicy: Sendable {
    /// From one success to the next background refresh, give or take 5 % (E-32).
    package static let interval: Duration = .seconds(3600)
    /// From any attempt to the next one that an unknown key id may cause (E-33).
    package static let unknownKeyInterval: Duration = .seconds(300)
    /// The longest wait before the next attempt while there is no usable set.
    package static let longestStartBackoff: Duration = .seconds(30)

    /// How long a set stays usable after it was fetched (E-36).
    package let maximumStaleness: Duration

    /// When the background should fetch next; `nil` before the first attempt, which means at once.
    package private(set) var nextRefresh: ContinuousClock.Instant?
    /// When the last usable document came.
    package private(set) var lastSuccess: ContinuousClock.Instant?
    /// Attempts that failed since then.
    package private(set) var failures = 0
    private var lastAttempt: ContinuousClock.Instant?
    private var freeRefreshIsUsed = false

    /// - Parameter maximumStaleness: `JWKS_MAX_STALE`.
    package init(maximumStaleness: Duration = .seconds(24 * 3600)) { self.maximumStaleness = maximumStaleness }

    /// Records that a fetch starts.
    package mutating func attemptStarts(at now: ContinuousClock.Instant) { lastAttempt = now }

    /// Records how a fetch ended, and decides when the background fetches next.
    ///
    /// After a failure: without a usable set after 1 s, doubling to 30 s, so that a server started before Entra ID is
    /// reachable becomes ready by itself; with one after 1 minute, doubling to an hour.
    /// - Parameters:
    ///   - succeeded: Whether there is a new set.
    ///   - now: The time.
    ///   - random: 0 up to 1, so that many servers do not fetch in step.
    package mutating func attemptEnded(succeeded: Bool, at now: ContinuousClock.Instant, random: Double) {
        guard !succeeded else {
            (lastSuccess, failures) = (now, 0)
            nextRefresh = now + Self.interval * (0.95 + 0.1 * random)
            return
        }
        let doublings = min(failures, 10)
        failures += 1
        let jitter = 0.8 + 0.4 * random
        guard let lastSuccess, hasUsableSet(at: now) else {
            nextRefresh = now + min(.seconds(1 << doublings), Self.longestStartBackoff) * jitter
            return
        }
        let wait = min(.seconds(60 << doublings), Self.interval) * jitter
        nextRefresh = min(now + wait, lastSuccess + maximumStaleness)
    }

    /// Whether there is a set that may be used.
    package func hasUsableSet(at now: ContinuousClock.Instant) -> Bool {
        lastSuccess.map { now - $0 < maximumStaleness } ?? false
    }

    /// When a key id that the set lacks may cause a fetch: at once the first time, then 5 minutes after any attempt.
    ///
    /// Without a usable set the background is trying already, so there the first one is not free.
    package func unknownKeyMayFetch(at now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        guard let lastAttempt else { return now }
        return !freeRefreshIsUsed && hasUsableSet(at: now) ? now : lastAttempt + Self.unknownKeyInterval
    }

    /// Records that an unknown key id causes a fetch.
    package mutating func unknownKeyFetches(at now: ContinuousClock.Instant) {
        if hasUsableSet(at: now) { freeRefreshIsUsed = true }
    }
}
