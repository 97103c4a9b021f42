internal import NIOConcurrencyHelpers

extension DatabricksClient {
    /// How many calls there are, and what keeps others from being made.
    package struct Load: Sendable, Equatable {
        /// Calls under way.
        package var calls = 0
        /// Calls that wait for a slot.
        package var waiting = 0
        /// Calls that sit out a pause.
        package var pausing = 0
        /// Pauses of single users, one for each endpoint.
        package var userPauses = 0
        /// Endpoints on which all users pause.
        package var sharedPauses = 0

        /// Describes a load.
        package init(
            calls: Int = 0, waiting: Int = 0, pausing: Int = 0, userPauses: Int = 0, sharedPauses: Int = 0
        ) {
            (self.calls, self.waiting, self.pausing) = (calls, waiting, pausing)
            (self.userPauses, self.sharedPauses) = (userPauses, sharedPauses)
        }
    }

    /// How it is now.
    package nonisolated var load: Load {
        let now = surroundings.now()
        return slots.withLockedValue { slots in
            Load(
                calls: slots.admission.activeCount, waiting: slots.admission.waitingCount,
                pausing: slots.pausing.total, userPauses: slots.coolDowns.userPauses(at: now),
                sharedPauses: slots.coolDowns.sharedPauses)
        }
    }
}
