internal import Synchronization

/// Where the time of one request goes, summed up by whoever spends it; read once, for the access line.
///
/// One object per request, shared by all copies of its context. Calls that run side by side add up, so that a sum may
/// exceed the request's whole time.
package final class RequestPhases: Sendable {
    private let tokenNanoseconds = Atomic<Int64>(0)
    private let upstreamNanoseconds = Atomic<Int64>(0)
    private let calls = Atomic<Int>(0)

    /// Nothing was spent yet.
    package init() {}

    /// Time the request has waited for a token for the workspace, from a cache or fresh.
    package var workspaceToken: Duration { .nanoseconds(tokenNanoseconds.load(ordering: .relaxed)) }
    /// Time it has spent in calls to the workspace, without the wait for a free slot.
    package var upstream: Duration { .nanoseconds(upstreamNanoseconds.load(ordering: .relaxed)) }
    /// How many calls those were, repetitions included.
    package var upstreamCalls: Int { calls.load(ordering: .relaxed) }

    /// Adds a wait for a workspace token.
    package func addWorkspaceToken(_ duration: Duration) {
        tokenNanoseconds.wrappingAdd(duration.wholeNanoseconds, ordering: .relaxed)
    }

    /// Adds one call to the workspace.
    package func addUpstreamCall(_ duration: Duration) {
        upstreamNanoseconds.wrappingAdd(duration.wholeNanoseconds, ordering: .relaxed)
        calls.wrappingAdd(1, ordering: .relaxed)
    }
}
