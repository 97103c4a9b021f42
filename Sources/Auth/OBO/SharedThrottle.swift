/// When Entra ID throttles several users at once, it throttles the whole server (E-97, E-99).
///
/// Then those it has refused wait, a minute at most; whoever it has not refused still goes, but one at a time, and the
/// first who is served opens the way for all. So nobody waits for what another was told, and Entra ID is asked no faster
/// than it answers. A value without clock or I/O.
struct SharedThrottle<User: Hashable & Sendable>: Sendable {
    enum Admission {
        /// Ask; where a probe is given, others wait for it, and it belongs into ``ended``.
        case go(probe: Flight<Void>?)
        /// Entra ID has refused this user: not before so many seconds have passed.
        case wait(seconds: Int)
        /// Another user asks first: ask again after that.
        case after(Flight<Void>)
    }

    /// So many different users throttled within ``window`` mean all of them; many tokens of one user are one user.
    static var threshold: Int { 3 }
    static var window: Duration { .seconds(10) }
    /// However long Entra ID says, somebody asks again after this.
    static var longestClosure: Duration { .seconds(60) }

    private struct Refusal {
        let at: ContinuousClock.Instant
        let until: ContinuousClock.Instant
    }

    /// The users that were refused within ``longestClosure``, each once.
    private var refusals: [User: Refusal] = [:]
    private var closedUntil: ContinuousClock.Instant?
    private var probe: Flight<Void>?

    /// Whether an exchange for `user` may start.
    mutating func admit(_ user: User, at now: ContinuousClock.Instant) -> Admission {
        guard let closedUntil else { return .go(probe: nil) }
        if let own = refusals[user], now < min(own.until, closedUntil) {
            return .wait(seconds: Int(now.duration(to: min(own.until, closedUntil)).components.seconds) + 1)
        }
        if let probe { return .after(probe) }
        let probe = Flight<Void>()
        self.probe = probe
        return .go(probe: probe)
    }

    /// Records how the exchange of an admitted `user` ended.
    ///
    /// - Parameters:
    ///   - user: Whose exchange it was.
    ///   - ended: What ``admit`` gave it, to be landed afterwards.
    ///   - seconds: How long to wait, or `nil` when Entra ID did not throttle the request.
    ///   - now: The time.
    mutating func ended(
        _ user: User, probe ended: Flight<Void>?, throttledFor seconds: Int?, at now: ContinuousClock.Instant
    ) {
        let wasProbe = ended != nil
        if wasProbe { probe = nil }
        guard let seconds else {
            if wasProbe { (closedUntil, refusals) = (nil, [:]) }
            return
        }
        let until = min(now + .seconds(seconds), now + Self.longestClosure)
        refusals = refusals.filter { now < $0.value.until }
        refusals[user] = Refusal(at: now, until: until)
        let recent = refusals.values.filter { now - $0.at <= Self.window }
        if wasProbe {
            closedUntil = until
        } else if recent.count >= Self.threshold {
            closedUntil = recent.map(\.until).min()
        }
    }
}
