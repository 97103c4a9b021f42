internal import NIOConcurrencyHelpers
internal import Observability

/// One piece of shared work, and everyone who waits for its outcome (E-34, E-64).
///
/// Nobody owns the work: a waiter that is cancelled, or out of patience, leaves alone.
final class Flight<Outcome: Sendable>: Sendable {
    private struct State {
        var outcome: Outcome?
        var waiters: [Int: CheckedContinuation<Outcome?, Never>] = [:]
        var nextID = 0
    }

    /// Where in a trace the work is found, for those who wait for it.
    let trace: TraceContext?
    private let state = NIOLockedValueBox(State())

    init(trace: TraceContext? = nil) { self.trace = trace }

    /// Hands `outcome` to everyone who waits now or later.
    ///
    /// Only the first call counts.
    func land(_ outcome: Outcome) {
        let waiters = state.withLockedValue { state in
            guard state.outcome == nil else { return [Int: CheckedContinuation<Outcome?, Never>]() }
            state.outcome = outcome
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values { waiter.resume(returning: outcome) }
    }

    /// Waits for the outcome, but not for ever.
    ///
    /// - Returns: `nil` when the calling task is cancelled or `limit` has passed first.
    func outcome(within limit: Duration, time: TimeSource) async -> Outcome? {
        if let landed = state.withLockedValue({ $0.outcome }) { return landed }
        return await withTaskGroup(of: Outcome?.self) { group in
            group.addTask { await self.outcome() }
            group.addTask {
                // Cancelled means that the outcome came first, or that nobody waits any more.
                try? await time.sleep(limit)
                return nil
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? nil
        }
    }

    /// Waits for the outcome as long as the work takes, which must bound itself.
    ///
    /// - Returns: `nil` when the calling task is cancelled first.
    func outcome() async -> Outcome? {
        let id = state.withLockedValue { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in register(waiter, id: id) }
        } onCancel: {
            let waiter = state.withLockedValue { $0.waiters.removeValue(forKey: id) }
            waiter?.resume(returning: nil)
        }
    }

    private func register(_ waiter: CheckedContinuation<Outcome?, Never>, id: Int) {
        let known: Outcome?? = state.withLockedValue { state in
            if let outcome = state.outcome { return .some(outcome) }
            // A cancellation before this line has found no waiter to resume; one after it waits for the lock.
            if Task.isCancelled { return .some(nil) }
            state.waiters[id] = waiter
            return .none
        }
        if let known { waiter.resume(returning: known) }
    }
}
