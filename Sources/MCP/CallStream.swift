internal import NIOConcurrencyHelpers

/// The stream of one call: what is said before the response, as pieces of an HTTP body (PRG-04, T-08).
///
/// Costs a lock until something is said. Pieces are sent under the lock, so that what grows from report to report also
/// arrives so (PRG-02).
final class CallStream: Sendable {
    private struct State {
        var pacing: StreamPacing
        var pieces: (stream: AsyncStream<[UInt8]>, continuation: AsyncStream<[UInt8]>.Continuation)?
    }

    /// Pieces that a client which does not read may leave behind: two notifications a second for 5 minutes are 600.
    private static let maximumWaiting = 1_024

    /// What the client wants its progress notifications to carry; `nil` when it wants none (PRG-01).
    let progressToken: RequestID?
    /// The least important log messages that the client wants; `nil` when it wants none (MOD-08).
    let logLevel: ClientLogLevel?
    private let state: NIOLockedValueBox<State>

    init(
        _ intervals: StreamIntervals, start: ContinuousClock.Instant, progressToken: RequestID? = nil,
        logLevel: ClientLogLevel? = nil
    ) {
        state = NIOLockedValueBox(State(pacing: StreamPacing(intervals, start: start)))
        self.progressToken = progressToken
        self.logLevel = logLevel
    }

    /// The pieces in order, for one reader, until the tool has ended; `nil` while nothing was said.
    var pieces: AsyncStream<[UInt8]>? { state.withLockedValue { $0.pieces?.stream } }

    /// Takes a report of the tool's.
    ///
    /// - Returns: Whether something was sent.
    func report(_ update: ProgressUpdate, at now: ContinuousClock.Instant) -> Bool {
        state.withLockedValue { state in
            guard let progressToken, let output = state.pacing.report(update, at: now) else { return false }
            return Self.send(ServerSentEvents.event(.progress(progressToken, output)), &state)
        }
    }

    /// Takes a message of the tool's.
    ///
    /// - Returns: Whether it was sent.
    func write(_ level: ClientLogLevel, _ text: String, at now: ContinuousClock.Instant) -> Bool {
        guard let logLevel, level >= logLevel else { return false }
        return state.withLockedValue { state in
            state.pacing.sent(at: now)
            return Self.send(ServerSentEvents.event(.message(level, text)), &state)
        }
    }

    /// Sends what has become due by `now`.
    ///
    /// - Returns: Whether that was anything.
    func tick(at now: ContinuousClock.Instant) -> Bool {
        state.withLockedValue { state in
            switch state.pacing.tick(at: now) {
            case .progress(let update)?:
                guard let progressToken else { return false }
                return Self.send(ServerSentEvents.event(.progress(progressToken, update)), &state)
            case .keepAlive?: return Self.send(ServerSentEvents.keepAlive, &state)
            case nil: return false
            }
        }
    }

    /// Nothing follows but the response (PRG-02).
    func finish() { state.withLockedValue { $0.pieces }?.continuation.finish() }

    private static func send(_ piece: [UInt8], _ state: inout State) -> Bool {
        let pieces =
            state.pieces ?? AsyncStream<[UInt8]>.makeStream(bufferingPolicy: .bufferingOldest(maximumWaiting))
        pieces.continuation.yield(piece)
        state.pieces = pieces
        return true
    }
}
