/// When Entra ID throttles several users at once, it throttles the whole server.
///
/// Then nobody asks for a while, and after it one request goes first (E-97, E-99). A value without clock or I/O.
struct SharedThrottle<Key: Hashable & Sendable>: Sendable {
    enum Admission: Equatable {
        /// Ask.
        case go
        /// Do not ask before so many seconds have passed.
        case wait(seconds: Int)
    }

    /// So many different users throttled within ``window`` mean all of them.
    static var threshold: Int { 3 }
    static var window: Duration { .seconds(10) }

    private struct Report {
        let at: ContinuousClock.Instant
        let until: ContinuousClock.Instant
    }

    private var reports: [Key: Report] = [:]
    private var closedUntil: ContinuousClock.Instant?
    private var probe: Key?

    /// Whether an exchange for `key` may start.
    mutating func admit(_ key: Key, at now: ContinuousClock.Instant) -> Admission {
        guard let closedUntil else { return .go }
        if now < closedUntil { return .wait(seconds: Int(now.duration(to: closedUntil).components.seconds) + 1) }
        guard probe == nil else { return .wait(seconds: 1) }
        probe = key
        return .go
    }

    /// Records how the exchange of an admitted `key` ended.
    ///
    /// - Parameters:
    ///   - key: Whose exchange it was.
    ///   - seconds: How long to wait, or `nil` when Entra ID did answer the request.
    ///   - now: The time.
    mutating func ended(_ key: Key, throttledFor seconds: Int?, at now: ContinuousClock.Instant) {
        let wasProbe = probe == key
        if wasProbe { probe = nil }
        guard let seconds else {
            if wasProbe { (closedUntil, reports) = (nil, [:]) }
            return
        }
        let until = now + .seconds(seconds)
        reports = reports.filter { now - $0.value.at <= Self.window }
        reports[key] = Report(at: now, until: until)
        if wasProbe {
            closedUntil = until
        } else if reports.count >= Self.threshold {
            closedUntil = reports.values.map(\.until).min()
        }
    }
}
