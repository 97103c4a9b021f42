/// How many exchanges one user may cause in a minute: somebody who holds many tokens must not keep others waiting
/// (E-160).
///
/// A value without clock or I/O.
struct ExchangeRate<User: Hashable & Sendable>: Sendable {
    /// A person with several clients causes a handful an hour.
    static var limit: Int { 60 }
    static var window: Duration { .seconds(60) }

    private struct Window {
        let start: ContinuousClock.Instant
        var count = 0
    }

    private var windows: [User: Window] = [:]

    /// Counts one exchange.
    ///
    /// - Returns: `nil` when it may start, else the seconds until one may.
    mutating func admit(_ user: User, at now: ContinuousClock.Instant) -> Int? {
        var window = windows[user] ?? Window(start: now)
        if now - window.start >= Self.window { window = Window(start: now) }
        guard window.count < Self.limit else {
            return Int(now.duration(to: window.start + Self.window).components.seconds) + 1
        }
        window.count += 1
        windows[user] = window
        return nil
    }

    /// Forgets the minutes that are over, so that only users of the last minute are kept.
    mutating func prune(at now: ContinuousClock.Instant) {
        windows = windows.filter { now - $0.value.start < Self.window }
    }
}
