internal import HTTPTransport
internal import NIOConcurrencyHelpers
internal import Observability
internal import Telemetry
internal import TestSupport

/// An exporter whose collector and clock the test plays.
final class ExportRig {
    var configuration = ExportConfiguration(url: "http://127.0.0.1:4318/v1/traces")
    let transport: ScriptedCollector
    let clock = ManualClock()

    init(_ answers: ScriptedCollector.Answer...) { transport = ScriptedCollector(answers) }

    func exporter(
        resource: TelemetryResource = TelemetryResource(serviceName: "jobs", version: "1", instance: "i")
    ) -> SpanExporter {
        var surroundings = SpanExporter.Surroundings()
        surroundings.now = { [clock] in clock.now }
        surroundings.sleep = { [clock] in try await clock.sleep(for: $0) }
        surroundings.random = { 0.5 }
        return SpanExporter(configuration, resource: resource, transport: transport, surroundings: surroundings)
    }

    /// A span with a number in its name.
    static func span(_ number: Int = 0) -> FinishedSpan { FinishedSpan("span \(number)", TraceContext(), start: 1) }
}

/// Answers exports as told, the last answer for ever, and keeps them.
final class ScriptedCollector: HTTPSending {
    typealias Answer = Result<HTTPResponse, TransportError>

    private struct State {
        var answers: [Answer]
        var requests: [HTTPRequest] = []
        var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state: NIOLockedValueBox<State>

    init(_ answers: [Answer]) { state = NIOLockedValueBox(State(answers: answers)) }

    var requests: [HTTPRequest] { state.withLockedValue { $0.requests } }

    /// Waits for so many requests.
    func requests(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLockedValue { state in
                guard state.requests.count < count else { return true }
                state.observers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let (answer, observers) = state.withLockedValue { state in
            state.requests.append(request)
            let answer = state.answers.count > 1 ? state.answers.removeFirst() : state.answers.first
            let count = state.requests.count
            let reached = state.observers.filter { $0.count <= count }
            state.observers.removeAll { $0.count <= count }
            return (answer ?? .success(HTTPResponse(status: 200)), reached)
        }
        for observer in observers { observer.continuation.resume() }
        return try answer.get()
    }
}
