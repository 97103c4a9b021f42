internal import NIOConcurrencyHelpers

/// A clock that stands still until a test moves it, so that no test waits for time to pass.
package final class ManualClock: Sendable {
    private struct Sleeper {
        let end: ContinuousClock.Instant
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct Watcher {
        let count: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var elapsed: Duration = .zero
        var wallOffset: Int64 = 0
        var sleepers: [Int: Sleeper] = [:]
        var watchers: [Watcher] = []
        var nextID = 0
    }

    private let start = ContinuousClock.now
    private let startOfWall: Int64
    private let state = NIOLockedValueBox(State())

    /// A clock whose wall time begins at `seconds` since 1970.
    package init(wallSeconds seconds: Int64 = 1_790_000_000) { startOfWall = seconds }

    /// The monotonic time.
    package var now: ContinuousClock.Instant { start + state.withLockedValue { $0.elapsed } }

    /// The wall time, in seconds since 1970.
    package var wallSeconds: Int64 {
        state.withLockedValue { startOfWall + $0.elapsed.components.seconds + $0.wallOffset }
    }

    /// Moves both clocks and wakes everyone whose time has come.
    package func advance(by duration: Duration) {
        let due = state.withLockedValue { state in
            state.elapsed += duration
            let now = start + state.elapsed
            let due = state.sleepers.filter { $0.value.end <= now }
            for id in due.keys { state.sleepers.removeValue(forKey: id) }
            return due.values.sorted { $0.end < $1.end }
        }
        for sleeper in due { sleeper.continuation.resume(returning: true) }
    }

    /// Moves the wall clock only, as an administrator or a time server does.
    package func shiftWall(by seconds: Int64) { state.withLockedValue { $0.wallOffset += seconds } }

    /// Sleeps until ``advance(by:)`` has moved the clock so far.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    package func sleep(for duration: Duration) async throws {
        let id = state.withLockedValue { state in
            state.nextID += 1
            return state.nextID
        }
        let end = now + duration
        let isOver = await withTaskCancellationHandler {
            await withCheckedContinuation { register(Sleeper(end: end, continuation: $0), id: id) }
        } onCancel: {
            let sleeper = state.withLockedValue { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(returning: false)
        }
        guard isOver else { throw CancellationError() }
    }

    /// Waits until at least `count` tasks sleep on this clock: what a test does instead of sleeping itself.
    package func untilSleeping(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLockedValue { state in
                guard state.sleepers.count < count else { return true }
                state.watchers.append(Watcher(count: count, continuation: continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    private func register(_ sleeper: Sleeper, id: Int) {
        let (answer, watchers): (Bool?, [Watcher]) = state.withLockedValue { state in
            // A cancellation before this line has found no sleeper; one after it waits for the lock.
            if Task.isCancelled { return (false, []) }
            if start + state.elapsed >= sleeper.end { return (true, []) }
            state.sleepers[id] = sleeper
            let reached = state.watchers.filter { $0.count <= state.sleepers.count }
            state.watchers.removeAll { $0.count <= state.sleepers.count }
            return (nil, reached)
        }
        for watcher in watchers { watcher.continuation.resume() }
        if let answer { sleeper.continuation.resume(returning: answer) }
    }
}
