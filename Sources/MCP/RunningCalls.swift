internal import NIOConcurrencyHelpers

/// The calls that are under way, and the clock that they go by: deadlines (C-05), held progress, keep-alives (T-09).
///
/// One look at the list four times a second, and none while it is empty, rather than timers for each call: a cancelled
/// `Task.sleep` stays in the runtime's queue until it would have ended, which for thousands of calls a second and 60 s
/// each is hundreds of megabytes (measured: 0.7 KiB per call). The lock is held for one dictionary operation.
package final class RunningCalls: Sendable {
    private struct State {
        var calls: [ObjectIdentifier: RunningCall] = [:]
        /// ``run()``, while there is nothing to look at.
        var sleeper: CheckedContinuation<Void, Never>?
    }

    private let state = NIOLockedValueBox(State())

    init() {}

    /// Watches the clock until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            await untilSomethingRuns()
            // Ends early only by cancellation, which ends the loop as well.
            try? await Task.sleep(for: .milliseconds(250))
            tick(at: .now)
        }
    }

    /// Cancels the calls whose deadline is not after `now`, and has the streams say what is due.
    package func tick(at now: ContinuousClock.Instant) {
        for call in state.withLockedValue({ Array($0.calls.values) }) { call.tick(at: now) }
    }

    /// Starts `operation` as `call`, which can be cancelled from then on.
    ///
    /// - Parameters:
    ///   - call: The call, not started before.
    ///   - client: Whose leaving cancels the call, or `nil` if nobody's does (C-02).
    ///   - operation: What the tool does, up to the response.
    /// - Returns: The task; whoever starts a call awaits it, or the call's beginning.
    func start(
        _ call: RunningCall, endsWith client: ClientPresence?, _ operation: @escaping @Sendable () async -> Answer
    ) -> Task<Answer, Never> {
        add(call)
        client?.bind(call)
        // Unstructured, because it goes on while its response is streamed, which every call that lasts may come to, and
        // because only a task of one's own can be cancelled without cancelling the request. A task group racing two
        // children costs three times as much.
        let task = Task.immediate {
            let answer = await operation()
            state.withLockedValue { _ = $0.calls.removeValue(forKey: ObjectIdentifier(call)) }
            client?.forget(call)
            call.end(answer)
            return answer
        }
        call.attach { task.cancel() }
        return task
    }

    private func add(_ call: RunningCall) {
        let sleeper = state.withLockedValue { state in
            state.calls[ObjectIdentifier(call)] = call
            defer { state.sleeper = nil }
            return state.sleeper
        }
        sleeper?.resume()
    }

    /// Returns when there is a call, or the task is cancelled.
    private func untilSomethingRuns() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { sleeper in
                let mustWait = state.withLockedValue { state in
                    // A cancellation before this line has found nobody to wake; one after it waits for the lock.
                    guard state.calls.isEmpty, !Task.isCancelled else { return false }
                    state.sleeper = sleeper
                    return true
                }
                if !mustWait { sleeper.resume() }
            }
        } onCancel: {
            let sleeper = state.withLockedValue { state in
                defer { state.sleeper = nil }
                return state.sleeper
            }
            sleeper?.resume()
        }
    }
}
