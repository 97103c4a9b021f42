internal import NIOConcurrencyHelpers

/// Cancels calls that run past their deadline (C-05).
///
/// One look at the list of running calls four times a second, rather than a timer for each: a cancelled `Task.sleep`
/// stays in the runtime's queue until it would have ended, which for thousands of calls a second and 60 s each is
/// hundreds of megabytes (measured: 0.7 KiB per call). The lock is held for one dictionary operation.
package final class CallDeadlines: Sendable {
    private struct Call {
        let deadline: ContinuousClock.Instant
        let cancel: @Sendable () -> Void
        var isOverdue = false
    }

    private struct State {
        var nextID = 0
        var calls: [Int: Call] = [:]
    }

    private let state = NIOLockedValueBox(State())

    init() {}

    /// Watches the deadlines until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            // Ends early only by cancellation, which ends the loop as well.
            try? await Task.sleep(for: .milliseconds(250))
            cancelOverdue(at: .now)
        }
    }

    /// Cancels the calls whose deadline is not after `now`.
    package func cancelOverdue(at now: ContinuousClock.Instant) {
        let overdue = state.withLockedValue { state in
            let ids = state.calls.filter { $0.value.deadline <= now && !$0.value.isOverdue }.map(\.key)
            for id in ids { state.calls[id]?.isOverdue = true }
            return ids.compactMap { state.calls[$0]?.cancel }
        }
        for cancel in overdue { cancel() }
    }

    /// Runs `operation` and cancels it once `deadline` has passed; waits for it in any case.
    ///
    /// - Parameters:
    ///   - deadline: When the operation must have ended.
    ///   - endsWithCaller: Whether cancelling the calling task cancels the operation as well.
    ///   - operation: What is limited.
    /// - Returns: What the operation returned, and whether it was cancelled for being late.
    func limit<Success: Sendable>(
        until deadline: ContinuousClock.Instant, endsWithCaller: Bool,
        _ operation: @escaping @Sendable () async -> Success
    ) async -> (success: Success, isOverdue: Bool) {
        // Unstructured, because only a task of one's own can be cancelled from outside without cancelling the request;
        // it is awaited right below, whatever happens. A task group racing two children costs three times as much.
        let task = Task.immediate { await operation() }
        let id = state.withLockedValue { state in
            state.nextID += 1
            state.calls[state.nextID] = Call(deadline: deadline) { task.cancel() }
            return state.nextID
        }
        let success = await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            if endsWithCaller { task.cancel() }
        }
        let call = state.withLockedValue { $0.calls.removeValue(forKey: id) }
        return (success, call?.isOverdue ?? false)
    }
}
