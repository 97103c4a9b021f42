internal import NIOConcurrencyHelpers

/// The calls that are under way, and the clock that they go by: deadlines (C-05), held progress, keep-alives (T-09).
///
/// One look at the list four times a second, rather than timers for each call: a cancelled `Task.sleep` stays in the
/// runtime's queue until it would have ended, which for thousands of calls a second and 60 s each is hundreds of
/// megabytes (measured: 0.7 KiB per call). The lock is held for one dictionary operation.
package final class RunningCalls: Sendable {
    private let calls = NIOLockedValueBox<[ObjectIdentifier: RunningCall]>([:])

    init() {}

    /// Watches the clock until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            // Ends early only by cancellation, which ends the loop as well.
            try? await Task.sleep(for: .milliseconds(250))
            tick(at: .now)
        }
    }

    /// Cancels the calls whose deadline is not after `now`, and has the streams say what is due.
    package func tick(at now: ContinuousClock.Instant) {
        for call in calls.withLockedValue({ Array($0.values) }) { call.tick(at: now) }
    }

    /// Starts `operation` as `call`, which can be cancelled from then on.
    ///
    /// - Parameters:
    ///   - call: The call, not started before.
    ///   - client: Whose leaving cancels the call, or `nil` if nobody's does (C-02).
    ///   - operation: What the tool does, up to the response.
    /// - Returns: The task; whoever starts a call awaits it.
    func start<Success: Sendable>(
        _ call: RunningCall, endsWith client: ClientPresence?, _ operation: @escaping @Sendable () async -> Success
    ) -> Task<Success, Never> {
        calls.withLockedValue { $0[ObjectIdentifier(call)] = call }
        client?.bind(call)
        // Unstructured, because it goes on while its response is streamed, and because only a task of one's own can be
        // cancelled without cancelling the request. A task group racing two children costs three times as much.
        let task = Task.immediate {
            let success = await operation()
            calls.withLockedValue { _ = $0.removeValue(forKey: ObjectIdentifier(call)) }
            client?.forget(call)
            call.end()
            return success
        }
        call.attach { task.cancel() }
        return task
    }
}
