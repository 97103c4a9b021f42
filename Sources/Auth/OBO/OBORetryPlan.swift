/// How a failed exchange is repeated: at most once.
///
/// A value without I/O or clock, so that a table tests it (E-95, E-96).
package struct OBORetryPlan: Sendable {
    /// What to do after a failure.
    package enum Action: Sendable, Equatable {
        /// Send the same request again after this pause.
        case retry(after: Duration)
        /// Report the failure.
        case giveUp
        /// Report that Entra ID throttles, for so many seconds.
        case giveUpThrottled(seconds: Int)
    }

    /// What went wrong, as far as the plan cares.
    package enum Obstacle: Sendable, Equatable {
        /// No answer, for a reason that may pass: no connection, a timeout, a connection cut off.
        case noAnswer
        /// A failure that passes, or a status of 408 or 500 and above; seconds of `Retry-After`, if there is one.
        case transient(retryAfter: Int?)
        /// Too many requests; seconds of `Retry-After`, if there is one.
        case throttled(retryAfter: Int?)
        /// Entra ID takes us for a loop: never ask again at once.
        case loop(retryAfter: Int?)
        /// An answer that a repetition would not change.
        case final
    }

    /// The longest `Retry-After` that is waited for within a call (E-96).
    package static let longestWaitSeconds = 3
    /// `Retry-After` of an answer 429 that has none (E-96).
    package static let defaultThrottleSeconds = 5
    /// The pause after an accusation of looping (50196).
    package static let loopSeconds = 60
    /// The cap on `Retry-After` (E-96).
    package static let maximumThrottleSeconds = 3_600

    private let deadline: ContinuousClock.Instant
    private var hasRetried = false

    /// - Parameter deadline: No retry starts after it (E-98).
    package init(deadline: ContinuousClock.Instant) { self.deadline = deadline }

    /// Says what to do after an attempt failed.
    ///
    /// - Parameters:
    ///   - obstacle: How it failed.
    ///   - now: The time.
    ///   - random: 0 up to 1: the pause of 1 s varies by half (E-95).
    /// - Returns: Whether and when to try again.
    package mutating func failed(_ obstacle: Obstacle, at now: ContinuousClock.Instant, random: Double) -> Action {
        switch obstacle {
        case .final:
            .giveUp
        case .loop(let seconds):
            .giveUpThrottled(seconds: Self.capped(max(seconds ?? 0, Self.loopSeconds)))
        case .throttled(let seconds):
            wait(seconds: seconds ?? Self.defaultThrottleSeconds, at: now)
        case .transient(let seconds?):
            wait(seconds: seconds, at: now)
        case .noAnswer, .transient(nil):
            retry(after: .milliseconds(Int64(500 + 1_000 * random)), at: now) ?? .giveUp
        }
    }

    private mutating func wait(seconds: Int, at now: ContinuousClock.Instant) -> Action {
        let seconds = Self.capped(seconds)
        let isShort = seconds <= Self.longestWaitSeconds
        return (isShort ? retry(after: .seconds(seconds), at: now) : nil) ?? .giveUpThrottled(seconds: seconds)
    }

    private mutating func retry(after pause: Duration, at now: ContinuousClock.Instant) -> Action? {
        guard !hasRetried, now + pause < deadline else { return nil }
        hasRetried = true
        return .retry(after: pause)
    }

    private static func capped(_ seconds: Int) -> Int { min(max(seconds, 1), maximumThrottleSeconds) }
}
