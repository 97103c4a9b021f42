internal import Auth
internal import HTTPTransport
internal import JSON
internal import Logging
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability
internal import TestSupport

extension TimeSource {
    /// The test's clock, and no chance: every jitter is in the middle of its range.
    init(_ clock: ManualClock, random: Double = 0.5) {
        self.init(
            wallSeconds: { clock.wallSeconds }, now: { clock.now }, sleep: { try await clock.sleep(for: $0) },
            random: { random })
    }
}

/// A transport that a closure answers; it keeps what was sent.
final class StubTransport: HTTPSending {
    typealias Answer = @Sendable (HTTPRequest) async throws(TransportError) -> HTTPResponse

    private let answer: NIOLockedValueBox<Answer>
    private let log = NIOLockedValueBox<[HTTPRequest]>([])

    init(_ answer: @escaping Answer) { self.answer = NIOLockedValueBox(answer) }

    /// Answers in turn; the last answer stays.
    convenience init(answering responses: [Result<HTTPResponse, TransportError>]) {
        let rest = NIOLockedValueBox(responses)
        self.init { _ throws(TransportError) in
            let next = rest.withLockedValue { $0.count > 1 ? $0.removeFirst() : $0[0] }
            return try next.get()
        }
    }

    var requests: [HTTPRequest] { log.withLockedValue { $0 } }

    func answer(with answer: @escaping Answer) { self.answer.withLockedValue { $0 = answer } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        log.withLockedValue { $0.append(request) }
        let answer = answer.withLockedValue { $0 }
        return try await answer(request)
    }
}

extension HTTPResponse {
    /// A JSON answer.
    static func json(_ status: Int, _ object: JSONObject, headers: HeaderList = [:]) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: TokenMint.bytes(object))
    }
}

/// Holds callers back until the test opens it, and says how many there are.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrivals = 0
        var held: [CheckedContinuation<Void, Never>] = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = NIOLockedValueBox(State())

    var arrivals: Int { state.withLockedValue { $0.arrivals } }

    /// Waits for ``open()``.
    func pass() async {
        await withCheckedContinuation { continuation in
            let (isOpen, watchers) = state.withLockedValue { state in
                state.arrivals += 1
                if !state.isOpen { state.held.append(continuation) }
                let reached = state.watchers.filter { $0.count <= state.arrivals }
                state.watchers.removeAll { $0.count <= state.arrivals }
                return (state.isOpen, reached)
            }
            for watcher in watchers { watcher.continuation.resume() }
            if isOpen { continuation.resume() }
        }
    }

    /// Lets everyone through, now and later.
    func open() {
        let held = state.withLockedValue { state in
            state.isOpen = true
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    /// Waits until so many have arrived.
    func untilArrived(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLockedValue { state in
                guard state.arrivals < count else { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }
}

/// Keeps every log record of a test.
final class RecordedLog: Sendable {
    struct Record: Sendable {
        let level: Logger.Level
        let message: String
        let metadata: [String: String]

        /// Everything that a reader of the log would see.
        var text: String { "\(message) " + metadata.map { "\($0)=\($1)" }.sorted().joined(separator: " ") }
    }

    private let all = NIOLockedValueBox<[Record]>([])

    var records: [Record] { all.withLockedValue { $0 } }

    func records(_ message: String) -> [Record] { records.filter { $0.message == message } }

    /// A logger that writes here, down to trace.
    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(log: self) }
        logger.logLevel = .trace
        return logger
    }

    fileprivate func append(_ record: Record) { all.withLockedValue { $0.append(record) } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider? = .requestContext
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
            log.append(
                Record(level: event.level, message: "\(event.message)", metadata: all.mapValues { "\($0)" }))
        }
    }
}

/// Runs `body` with a log and a metrics registry of its own.
func withObservation<R>(_ body: (RecordedLog, MetricsRegistry) async throws -> R) async throws -> R {
    let log = RecordedLog()
    let registry = MetricsRegistry()
    return try await withMetricsFactory(registry) {
        try await withLogger(log.logger) { _ in try await body(log, registry) }
    }
}

extension MetricsRegistry {
    /// The value of one series, by the text before the blank in the exposition.
    func value(_ series: String) -> String? {
        exposition().split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .map { String($0.dropFirst(series.count + 1)) }
    }
}
