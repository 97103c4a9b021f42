/// How often and how long a failed Databricks call is repeated (D-116, D-117, D-119).
package struct RetryPolicy: Sendable, Equatable {
    /// Tries in all, the first one included.
    package var attempts = 3
    /// Upper bound of the first random delay; it doubles with every failure (full jitter).
    package var firstDelay: Duration = .milliseconds(250)
    /// Bound on one try.
    package var attemptTimeout: Duration = .seconds(15)
    /// Bound on one tool call with all its tries and pages, inside the deadline of the call.
    package var budget: Duration = .seconds(25)
    /// A try that could not get at least this much time is not started.
    package var shortestAttempt: Duration = .milliseconds(200)

    /// The default policy.
    package init() {}
}

/// What is repeated and when: a value without I/O or clock, so that a table of rows tests it.
///
/// Reads and `run-now` follow the same plan, because `run-now` always carries an idempotency token (D-92c, D-117).
package struct RetryPlan {
    /// What to do after a failure.
    package enum Action: Equatable {
        /// Try again after this delay.
        case retry(after: Duration)
        /// Do not; `retryAfter` is what the service asked for, to be passed to the caller.
        case giveUp(retryAfter: Duration?)
    }

    private let policy: RetryPolicy
    private let deadline: ContinuousClock.Instant
    /// Failures so far.
    package private(set) var failures = 0

    /// A plan for one call.
    package init(policy: RetryPolicy, deadline: ContinuousClock.Instant) {
        self.policy = policy
        self.deadline = deadline
    }

    /// Says what to do after a failure.
    ///
    /// - Parameters:
    ///   - isTransient: Whether the failure can pass by itself (D-116).
    ///   - requestedDelay: `Retry-After` or `RetryInfo.retry_delay`; it wins over our own delay.
    ///   - jitter: A random number from 0 to 1.
    ///   - now: When it failed.
    /// - Returns: Whether and when to try again.
    package mutating func failed(
        isTransient: Bool, requestedDelay: Duration?, jitter: Double, at now: ContinuousClock.Instant
    ) -> Action {
        failures += 1
        guard isTransient else { return .giveUp(retryAfter: nil) }
        guard failures < policy.attempts else { return .giveUp(retryAfter: requestedDelay) }
        let bound = policy.firstDelay * (1 << (failures - 1))
        let delay = requestedDelay ?? bound * jitter
        guard now + delay + policy.shortestAttempt <= deadline else { return .giveUp(retryAfter: requestedDelay) }
        return .retry(after: delay)
    }
}
