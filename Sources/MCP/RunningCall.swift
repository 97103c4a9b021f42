internal import NIOConcurrencyHelpers

/// A call that has reached its tool: what can end it early, and what it says meanwhile.
///
/// The lock is held for one assignment.
final class RunningCall: Sendable {
    /// Why a call was cancelled.
    enum Interruption {
        /// It took longer than it may (C-05).
        case overdue
        /// Its client has hung up (C-01).
        case abandoned
    }

    private struct State {
        var cancel: (@Sendable () -> Void)?
        var interruption: Interruption?
        var hasEnded = false
    }

    let deadline: ContinuousClock.Instant
    /// `nil` when the client takes no stream.
    let stream: CallStream?
    /// Ends with the call, which may be long after its reply has begun.
    let span: OperationSpan?
    private let state = NIOLockedValueBox(State())

    init(deadline: ContinuousClock.Instant, stream: CallStream?, span: OperationSpan?) {
        self.deadline = deadline
        self.stream = stream
        self.span = span
    }

    /// Why the call was cancelled, if it was; the first reason counts.
    var interruption: Interruption? { state.withLockedValue { $0.interruption } }

    /// Gives the call the means to be cancelled; uses it at once if that is overdue.
    func attach(_ cancel: @escaping @Sendable () -> Void) {
        let isInterrupted = state.withLockedValue { state in
            if !state.hasEnded { state.cancel = cancel }
            return state.interruption != nil
        }
        if isInterrupted { cancel() }
    }

    /// The client has hung up.
    func abandon() { interrupt(.abandoned) }

    /// Looks at the clock: cancels the call when it is late, else lets its stream say what is due.
    func tick(at now: ContinuousClock.Instant) {
        if deadline <= now { interrupt(.overdue) } else { stream?.tick(at: now) }
    }

    /// The tool has ended.
    func end() {
        state.withLockedValue { state in
            state.hasEnded = true
            state.cancel = nil
        }
        stream?.finish()
    }

    private func interrupt(_ interruption: Interruption) {
        let cancel = state.withLockedValue { state -> (@Sendable () -> Void)? in
            guard state.interruption == nil, !state.hasEnded else { return nil }
            state.interruption = interruption
            return state.cancel
        }
        cancel?()
    }
}
