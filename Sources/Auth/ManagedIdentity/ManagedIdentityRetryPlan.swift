/// How a failed request for a managed identity's token is repeated: a value, so that a table tests it (E-117).
package struct ManagedIdentityRetryPlan: Sendable {
    /// What went wrong, as far as the plan cares.
    package enum Obstacle: Sendable, Equatable {
        /// A fault that may pass within seconds.
        case passing
        /// An answer that a repetition within this call would not change.
        case final
    }

    /// What to do after a failure.
    package enum Action: Sendable, Equatable {
        /// Ask again after this pause.
        case retry(after: Duration)
        /// Report the failure.
        case giveUp
    }

    /// The pauses between attempts.
    package static let pauses: [Duration] = [.seconds(1), .seconds(2), .seconds(4)]

    private let deadline: ContinuousClock.Instant
    private var failures = 0

    /// - Parameter deadline: No retry starts after it (E-98).
    package init(deadline: ContinuousClock.Instant) { self.deadline = deadline }

    /// Says what to do after an attempt failed.
    package mutating func failed(_ obstacle: Obstacle, at now: ContinuousClock.Instant) -> Action {
        guard obstacle == .passing, failures < Self.pauses.count else { return .giveUp }
        let pause = Self.pauses[failures]
        guard now + pause < deadline else { return .giveUp }
        failures += 1
        return .retry(after: pause)
    }
}

/// How long a failure is remembered before the platform is asked again: users fail fast meanwhile (E-117).
package struct ManagedIdentityPause: Sendable {
    /// While the metadata service is being updated.
    package static let whileUpdating: Duration = .seconds(10)
    /// How often in a row that is believed.
    package static let maximumUpdating = 7
    /// The longest pause.
    package static let longest: Duration = .seconds(60)

    private var failures = 0
    private var updates = 0

    /// Nothing has failed yet.
    package init() {}

    /// The pause after one more failure: 5, 10, 20, 40, 60 s; 10 s during an update.
    package mutating func next(isUpdating: Bool) -> Duration {
        if isUpdating, updates < Self.maximumUpdating {
            updates += 1
            return Self.whileUpdating
        }
        updates = isUpdating ? updates : 0
        failures = min(failures + 1, 8)
        return min(.seconds(5 << (failures - 1)), Self.longest)
    }
}
