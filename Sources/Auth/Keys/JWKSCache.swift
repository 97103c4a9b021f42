internal import Logging
internal import NIOConcurrencyHelpers
internal import Observability

/// The signing keys of one Entra ID tenant: fetched at most once at a time, kept while the issuer is away.
///
/// Look-ups read a snapshot behind a lock and never wait for the actor, which owns the fetching.
package actor JWKSCache {
    /// Fetches the key document; must bound its own time.
    package typealias Fetch = @Sendable () async throws(JWKSError) -> JWKSDocument

    /// How long one request waits for a fetch that somebody, perhaps itself, has started (E-34).
    package static let patience: Duration = .seconds(5)

    private let fetch: Fetch
    private let time: TimeSource
    private let metrics = JWKSMetrics()
    private var policy: KeyRefreshPolicy
    private var flight: Flight<Bool>?
    private let published = NIOLockedValueBox(KeySnapshot())

    /// - Parameters:
    ///   - policy: When to fetch, and how long a set may be used.
    ///   - time: The clocks.
    ///   - fetch: Usually ``JWKSFetcher/fetch()``.
    package init(policy: KeyRefreshPolicy = KeyRefreshPolicy(), time: TimeSource = .system, fetch: @escaping Fetch) {
        self.policy = policy
        self.time = time
        self.fetch = fetch
    }

    /// Whether a key set is held that may be used: part of the server's readiness.
    package nonisolated var isReady: Bool { snapshot.isUsable(at: time.now()) }

    /// How many keys are held, usable or not.
    package nonisolated var keyCount: Int { snapshot.keys.count }

    /// How long ago the set was fetched (E-36); `nil` before the first one.
    package nonisolated var age: Duration? { snapshot.fetchedAt.map { $0.duration(to: time.now()) } }

    private nonisolated var snapshot: KeySnapshot { published.withLockedValue { $0 } }

    /// Fetches the keys for the first time; a failure is repeated by ``run()``.
    ///
    /// - Returns: Whether there is a usable set now.
    @discardableResult
    package func load() async -> Bool {
        if policy.lastSuccess == nil { await refresh() }
        return isReady
    }

    /// Keeps the keys fresh until the task is cancelled (E-32).
    package func run() async {
        while !Task.isCancelled {
            let now = time.now()
            if let next = policy.nextRefresh, now < next {
                // Throws when cancelled, which ends the loop.
                try? await time.sleep(now.duration(to: next))
            } else {
                await refresh()
            }
        }
    }

    // MARK: - Look-up

    /// What is known about the key `id` without waiting.
    nonisolated func cachedKey(_ id: String) -> KeyLookup { snapshot.lookup(id, at: time.now()) }

    /// The key `id`; an unknown one may cause a fetch, which is waited for at most ``patience`` (E-33, E-34).
    func key(_ id: String) async -> KeyLookup {
        // Again, on the actor: the fetch that the caller hoped for may have ended meanwhile.
        let known = cachedKey(id)
        guard known.isWorthFetching else { return known }
        let flight = self.flight ?? startForUnknownKey()
        let isNewSet = await flight.outcome(within: Self.patience, time: time) ?? false
        let found = cachedKey(id)
        if isNewSet, case .unknown = found {
            let now = time.now()
            published.withLockedValue { $0.remember(unknown: id, at: now) }
        }
        return found
    }

    private func startForUnknownKey() -> Flight<Bool> {
        policy.unknownKeyFetches(at: time.now())
        return start()
    }

    // MARK: - Fetching

    private func refresh() async {
        let flight = self.flight ?? start()
        _ = await flight.outcome()
    }

    /// Starts a fetch that no caller owns, so that cancelling one leaves it running for the others.
    private func start() -> Flight<Bool> {
        let flight = Flight<Bool>()
        self.flight = flight
        policy.attemptStarts(at: time.now())
        publishState()
        // Unstructured because it must outlive the caller that happened to come first; it ends by the fetch's own
        // deadline. The work is shared, so it logs under an identifier of its own.
        Task {
            await withBackgroundActivity("jwks.refresh") { span in flight.land(await fetchOnce(span)) }
        }
        return flight
    }

    private func fetchOnce(_ span: WorkSpan) async -> Bool {
        do throws(JWKSError) {
            let document = try await fetch()
            try replaceKeys(by: document)
            policy.attemptEnded(succeeded: true, at: time.now(), random: time.random())
            metrics.succeeded(at: time.wallSeconds())
        } catch {
            policy.attemptEnded(succeeded: false, at: time.now(), random: time.random())
            metrics.failed(error)
            span.fail(error.outcome)
            log(error)
        }
        flight = nil
        publishState()
        return policy.failures == 0
    }

    /// Replaces the whole set: a key that the document lacks is unusable from here on (E-32, E-38).
    private func replaceKeys(by document: JWKSDocument) throws(JWKSError) {
        let change = KeySetChange(from: snapshot.keys, to: document)
        guard !change.keys.isEmpty else { throw .noUsableKey }
        let now = time.now()
        let deadline = MonotonicTime(now + policy.maximumStaleness)
        for key in change.keys.values { key.renew(until: deadline) }
        published.withLockedValue { $0.replace(keys: change.keys, usableUntil: deadline, at: now) }
        for key in change.removed { key.withdraw() }
        log(change, skipped: document.skipped)
    }

    /// Publishes what the policy says about the next fetch.
    private func publishState() {
        let mayFetch = policy.unknownKeyMayFetch(at: time.now())
        let (next, isFetching) = (policy.nextRefresh, flight != nil)
        published.withLockedValue {
            $0.unknownKeyMayFetch = mayFetch
            $0.nextRefresh = next
            $0.isFetching = isFetching
        }
    }

    // MARK: - Log

    private func log(_ error: JWKSError) {
        Logger.current.warning(
            "signing keys not refreshed",
            metadata: [
                "error.detail": "\(LogSafeText.clean(error.detail, limit: 256))", "jwks.failures": "\(policy.failures)",
                "jwks.usable": "\(isReady)",
            ])
    }

    private func log(_ change: KeySetChange, skipped: Int) {
        guard change.isNews else { return Logger.current.debug("signing keys unchanged") }
        Logger.current.info(
            "signing keys replaced",
            metadata: [
                "jwks.keys": "\(change.keys.count)", "jwks.added": "\(change.added.count)",
                "jwks.removed": "\(change.removed.count)", "jwks.skipped": "\(skipped + change.rejected)",
            ])
    }
}
