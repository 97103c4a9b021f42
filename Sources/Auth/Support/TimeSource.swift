internal import HTTPSyntax

/// The clocks of this module, so that a test can move time instead of waiting for it.
///
/// Times inside tokens are compared with the wall clock; ages, throttles and deadlines with a clock that nobody can
/// set (E-162).
package struct TimeSource: Sendable {
    /// Seconds since 1970 by the wall clock.
    package let wallSeconds: @Sendable () -> Int64
    /// The monotonic clock.
    package let now: @Sendable () -> ContinuousClock.Instant
    /// Sleeps on the monotonic clock; throws `CancellationError` when the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void
    /// A random number from 0 up to, not including, 1: the jitter of retries and refreshes.
    package let random: @Sendable () -> Double

    /// Creates clocks from their functions.
    package init(
        wallSeconds: @escaping @Sendable () -> Int64, now: @escaping @Sendable () -> ContinuousClock.Instant,
        sleep: @escaping @Sendable (Duration) async throws -> Void, random: @escaping @Sendable () -> Double
    ) {
        self.wallSeconds = wallSeconds
        self.now = now
        self.sleep = sleep
        self.random = random
    }

    /// The clocks of this machine.
    package static let system = TimeSource(
        wallSeconds: WallClock.seconds,
        now: { ContinuousClock.now },
        sleep: { try await Task.sleep(for: $0, clock: .continuous) },
        random: { Double.random(in: 0..<1) })
}

extension TimeSource {
    /// `duration` scaled by a random factor between `1 - share` and `1 + share`.
    func jittered(_ duration: Duration, by share: Double) -> Duration {
        duration * (1 - share + 2 * share * random())
    }
}
