/// What a look-up of a key can bring.
enum KeyLookup: Sendable {
    /// The tenant publishes the key.
    case found(PublishedKey)
    /// It does not; whether a fetch could change that is the flag (E-33).
    case unknown(isWorthFetching: Bool)
    /// There is no usable key set; seconds until the next attempt to get one (E-22).
    case unavailable(retryAfter: Int, isWorthFetching: Bool)

    /// Whether waiting for a fetch could lead to another result.
    var isWorthFetching: Bool {
        switch self {
        case .found: false
        case .unknown(let isWorthFetching), .unavailable(_, let isWorthFetching): isWorthFetching
        }
    }
}

/// The state of the key cache as look-ups see it: published by the actor, read by every request.
struct KeySnapshot: Sendable {
    /// How many unknown ids are remembered (E-35).
    static let maximumUnknown = 1_000

    private(set) var keys: [String: PublishedKey] = [:]
    /// The end of the set's usability (E-36); `nil` before the first set.
    private var usableUntil: MonotonicTime?
    private var unknown: [String: ContinuousClock.Instant] = [:]
    /// When the set was fetched; `nil` before the first one.
    private(set) var fetchedAt: ContinuousClock.Instant?

    /// When an unknown id may cause the next fetch.
    var unknownKeyMayFetch: ContinuousClock.Instant?
    /// When the background fetches next.
    var nextRefresh: ContinuousClock.Instant?
    /// Whether a fetch is running, which every look-up may join.
    var isFetching = false

    func isUsable(at now: ContinuousClock.Instant) -> Bool {
        usableUntil.map { MonotonicTime(now) < $0 } ?? false
    }

    func lookup(_ id: String, at now: ContinuousClock.Instant) -> KeyLookup {
        let isWorthFetching = isFetching || unknownKeyMayFetch.map { now >= $0 } ?? true
        guard isUsable(at: now) else {
            let wait = nextRefresh.map { now.duration(to: $0).components.seconds + 1 } ?? 1
            return .unavailable(retryAfter: Int(min(max(wait, 1), 30)), isWorthFetching: isWorthFetching)
        }
        if let key = keys[id] { return .found(key) }
        if let expiry = unknown[id], now < expiry { return .unknown(isWorthFetching: false) }
        return .unknown(isWorthFetching: isWorthFetching)
    }

    mutating func replace(keys: [String: PublishedKey], usableUntil: MonotonicTime, at now: ContinuousClock.Instant) {
        self.keys = keys
        fetchedAt = now
        self.usableUntil = usableUntil
    }

    /// Remembers for 5 minutes that the newest set lacks `id`, so that it alone causes no further fetch (E-35).
    mutating func remember(unknown id: String, at now: ContinuousClock.Instant) {
        if unknown.count >= Self.maximumUnknown { unknown = unknown.filter { now < $0.value } }
        guard unknown.count < Self.maximumUnknown else { return }
        unknown[id] = now + KeyRefreshPolicy.unknownKeyInterval
    }
}
