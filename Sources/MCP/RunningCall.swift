internal import NIOConcurrencyHelpers

/// A call that has reached its tool: what can end it early, what it says meanwhile, and what its reply begins with.
///
/// The lock is held for a few assignments.
final class RunningCall: Sendable {
    /// Why a call was cancelled.
    enum Interruption {
        /// It took longer than it may (C-05).
        case overdue
        /// Its client has hung up (C-01).
        case abandoned
    }

    /// How a reply begins: with the whole answer, or with a stream if that is opened before there is one (T-06).
    enum Beginning: Sendable {
        case answer(Answer)
        case stream(AsyncStream<[UInt8]>)
    }

    private struct State {
        var cancel: (@Sendable () -> Void)?
        var interruption: Interruption?
        var hasEnded = false
        /// What the call says; of a client that asked for nothing, only once the silence has lasted too long.
        var stream: CallStream?
        var beginning: Beginning?
        var waiter: CheckedContinuation<Beginning, Never>?
    }

    let deadline: ContinuousClock.Instant
    private let start: ContinuousClock.Instant
    /// `nil` when the client takes no stream.
    private let intervals: StreamIntervals?
    private let state: NIOLockedValueBox<State>

    /// - Parameters:
    ///   - start: When the call began.
    ///   - limit: How long it may take.
    ///   - intervals: How often its stream speaks; `nil` when the client takes none.
    ///   - stream: What the client asked to be told, if it did.
    init(
        start: ContinuousClock.Instant = .now, limit: Duration, intervals: StreamIntervals?, stream: CallStream? = nil
    ) {
        self.start = start
        deadline = start + limit
        self.intervals = intervals
        state = NIOLockedValueBox(State(stream: stream))
    }

    /// Why the call was cancelled, if it was; the first reason counts.
    var interruption: Interruption? { state.withLockedValue { $0.interruption } }

    // MARK: Being heard

    /// Where the tool reports; nowhere if the client did not ask.
    var reporter: ProgressReporter {
        guard let stream = stream, stream.progressToken != nil else { return .none }
        return ProgressReporter { [self] update in
            if stream.report(update, at: .now) { begin(with: stream) }
        }
    }

    /// Where the tool writes; nowhere if the client did not ask.
    var log: ClientLog {
        guard let stream = stream, stream.logLevel != nil else { return .none }
        return ClientLog { [self] level, text in
            if stream.write(level, text, at: .now) { begin(with: stream) }
        }
    }

    /// Looks at the clock: cancels the call when it is late, else says what is due.
    func tick(at now: ContinuousClock.Instant) {
        guard now < deadline else { return interrupt(.overdue) }
        guard let intervals, let stream = stream(at: now, intervals) else { return }
        if stream.tick(at: now) { begin(with: stream) }
    }

    private var stream: CallStream? { state.withLockedValue { $0.stream } }

    /// The stream of the call, which is made when a call has been silent for so long that it opens one (T-06).
    private func stream(at now: ContinuousClock.Instant, _ intervals: StreamIntervals) -> CallStream? {
        state.withLockedValue { state in
            if state.stream == nil, !state.hasEnded, now - start >= intervals.keepAlive {
                state.stream = CallStream(intervals, start: start)
            }
            return state.stream
        }
    }

    // MARK: The reply

    /// Waits for what the reply begins with; for one caller.
    func beginning() async -> Beginning {
        await withCheckedContinuation { waiter in
            let known = state.withLockedValue { state in
                if state.beginning == nil { state.waiter = waiter }
                return state.beginning
            }
            if let known { waiter.resume(returning: known) }
        }
    }

    private func begin(with stream: CallStream) {
        if let pieces = stream.pieces { begin(.stream(pieces)) }
    }

    /// Only the first time counts.
    private func begin(_ beginning: Beginning) {
        let waiter = state.withLockedValue { state -> CheckedContinuation<Beginning, Never>? in
            guard state.beginning == nil else { return nil }
            state.beginning = beginning
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(returning: beginning)
    }

    /// The tool has ended.
    func end(_ answer: Answer) {
        let stream = state.withLockedValue { state in
            state.hasEnded = true
            state.cancel = nil
            return state.stream
        }
        begin(.answer(answer))
        stream?.finish()
    }

    // MARK: The end before the end

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

    private func interrupt(_ interruption: Interruption) {
        let cancel = state.withLockedValue { state -> (@Sendable () -> Void)? in
            guard state.interruption == nil, !state.hasEnded else { return nil }
            state.interruption = interruption
            return state.cancel
        }
        cancel?()
    }
}
