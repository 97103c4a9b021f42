internal import NIOConcurrencyHelpers

/// The stream of one call: what is said before the response, as pieces of an HTTP body (PRG-04, T-08).
final class CallStream: Sendable {
    /// Pieces that a client which does not read may leave behind: two notifications a second for 5 minutes are 600.
    private static let maximumWaiting = 1_024

    /// The pieces in order, for one reader, until the tool has ended.
    let pieces: AsyncStream<[UInt8]>
    /// What the client wants its progress notifications to carry; `nil` when it wants none (PRG-01).
    private let progressToken: RequestID?
    /// The least important log messages that the client wants; `nil` when it wants none (MOD-08).
    private let logLevel: ClientLogLevel?
    private let sink: AsyncStream<[UInt8]>.Continuation
    private let pacing: NIOLockedValueBox<StreamPacing>

    init(_ intervals: StreamIntervals, progressToken: RequestID?, logLevel: ClientLogLevel?) {
        (pieces, sink) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.maximumWaiting))
        pacing = NIOLockedValueBox(StreamPacing(intervals, start: .now))
        self.progressToken = progressToken
        self.logLevel = logLevel
    }

    /// Where the tool reports; nowhere if the client did not ask.
    var reporter: ProgressReporter {
        guard let progressToken else { return .none }
        return ProgressReporter { [self] update in
            // Sent under the lock, so that what grows from report to report also arrives so (PRG-02).
            pacing.withLockedValue { pacing in
                if let output = pacing.report(update, at: .now) { send(.progress(progressToken, output)) }
            }
        }
    }

    /// Where the tool writes; nowhere if the client did not ask.
    var log: ClientLog {
        guard let logLevel else { return .none }
        return ClientLog { [self] level, text in
            guard level >= logLevel else { return }
            pacing.withLockedValue { $0.sent(at: .now) }
            send(.message(level, text))
        }
    }

    /// Sends what has become due by `now`.
    func tick(at now: ContinuousClock.Instant) {
        pacing.withLockedValue { pacing in
            switch pacing.tick(at: now) {
            case .progress(let update)?: if let progressToken { send(.progress(progressToken, update)) }
            case .keepAlive?: sink.yield(ServerSentEvents.keepAlive)
            case nil: break
            }
        }
    }

    /// Nothing follows but the response (PRG-02).
    func finish() { sink.finish() }

    private func send(_ notification: Notification) { sink.yield(ServerSentEvents.event(notification.message)) }
}
