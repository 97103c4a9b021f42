internal import HTTPSyntax

/// Clocks, sleep and chance as the client sees them: injected, so that tests neither wait nor guess.
package struct Surroundings: Sendable {
    /// The clock for deadlines and delays.
    package var now: @Sendable () -> ContinuousClock.Instant
    /// Milliseconds since the epoch, for what people read and for `Retry-After` dates.
    package var epochMilliseconds: @Sendable () -> Int64
    /// Suspends until an instant; throws `CancellationError` when the task is cancelled.
    package var sleep: @Sendable (_ deadline: ContinuousClock.Instant) async throws -> Void
    /// A random number from 0 to 1.
    package var random: @Sendable () -> Double

    /// Creates surroundings; what is not given is real.
    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        epochMilliseconds: @escaping @Sendable () -> Int64 = WallClock.milliseconds,
        sleep: @escaping @Sendable (_ deadline: ContinuousClock.Instant) async throws -> Void = {
            try await ContinuousClock().sleep(until: $0)
        },
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.now = now
        self.epochMilliseconds = epochMilliseconds
        self.sleep = sleep
        self.random = random
    }
}
