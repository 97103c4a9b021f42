internal import JSON
internal import NIOConcurrencyHelpers

/// A collector on a real socket: takes OTLP in JSON and keeps the spans.
package struct OTLPReceiver: Sendable {
    /// One span, as it came over the wire.
    package struct Span: Sendable {
        private let json: JSONValue

        init(_ json: JSONValue) { self.json = json }

        /// What was done.
        package var name: String { json["name"]?.text ?? "" }
        /// 32 hexadecimal digits.
        package var traceID: String { json["traceId"]?.text ?? "" }
        /// 16 hexadecimal digits.
        package var spanID: String { json["spanId"]?.text ?? "" }
        /// 16 hexadecimal digits, `nil` for the first span of a trace.
        package var parentID: String? { json["parentSpanId"]?.text }
        /// `tracestate`.
        package var state: String? { json["traceState"]?.text }
        /// 1 internal, 2 server, 3 client.
        package var kind: Int64? { json["kind"]?.integer }
        /// Whether it failed.
        package var isError: Bool { json["status"]?["code"] == .integer(2) }
        /// Nanoseconds since 1970.
        package var start: UInt64 { json["startTimeUnixNano"]?.text.flatMap { UInt64($0) } ?? 0 }
        /// Nanoseconds since 1970.
        package var end: UInt64 { json["endTimeUnixNano"]?.text.flatMap { UInt64($0) } ?? 0 }
        /// The span ids of its links.
        package var links: [String] { (json["links"]?.array ?? []).compactMap { $0["spanId"]?.text } }
        /// All of it, as text.
        package var text: String { String(decoding: json.serialized, as: UTF8.self) }

        /// An attribute: a text, or a number as text.
        package subscript(attribute: String) -> String? {
            let pair = json["attributes"]?.array?.first { $0["key"]?.text == attribute }
            return pair?["value"]?["stringValue"]?.text ?? pair?["value"]?["intValue"]?.text
        }
    }

    /// Waiting came to an end that nobody wanted.
    package struct Missing: Error, CustomStringConvertible {
        /// What was there instead.
        package let description: String
    }

    private struct State {
        var spans: [Span] = []
        var bodies: [[UInt8]] = []
        var observers: [AsyncStream<Void>.Continuation] = []
    }

    /// The base address, for `OTEL_EXPORTER_OTLP_ENDPOINT`.
    package let url: String
    private let state: NIOLockedValueBox<State>

    /// The spans so far.
    package var spans: [Span] { state.withLockedValue { $0.spans } }
    /// The bodies so far.
    package var bodies: [[UInt8]] { state.withLockedValue { $0.bodies } }
    /// The settings that send a server's spans here, soon.
    package var settings: [String: String] {
        [
            "OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
            "OTEL_BSP_SCHEDULE_DELAY": "50",
        ]
    }

    /// The spans, as soon as they satisfy `condition`; the test's own time limit bounds the wait.
    package func spans(until condition: ([Span]) -> Bool) async throws -> [Span] {
        for await _ in changes() {
            let spans = spans
            if condition(spans) { return spans }
        }
        throw Missing(description: "the spans never came; there were \(spans.map(\.name))")
    }

    private func changes() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        state.withLockedValue { $0.observers.append(continuation) }
        continuation.yield()
        return stream
    }

    fileprivate func receive(_ body: [UInt8]) {
        let document = try? JSONDocument(parsing: body, limits: .upstream)
        let resources = document.map { JSONValue($0.root) }?["resourceSpans"]?.array ?? []
        let scopes = resources.flatMap { $0["scopeSpans"]?.array ?? [] }
        let spans = scopes.flatMap { $0["spans"]?.array ?? [] }.map(Span.init)
        let observers = state.withLockedValue { state in
            state.spans += spans
            state.bodies.append(body)
            return state.observers
        }
        for observer in observers { observer.yield() }
    }

    /// Runs `body` beside a collector.
    ///
    /// - Parameters:
    ///   - status: The status line's end, for the request with this number, from 0; a 200 unless said otherwise.
    ///   - body: What to do.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    package static func withReceiver<R: Sendable>(
        answering status: @escaping @Sendable (Int) -> String = { _ in "200 OK" },
        _ body: (OTLPReceiver) async throws -> R
    ) async throws -> R {
        let state = NIOLockedValueBox(State())
        return try await withScriptedServer { connection in
            while let request = try await connection.readRequest() {
                let number = state.withLockedValue { $0.bodies.count }
                let status = status(number)
                let receiver = OTLPReceiver(url: "", state: state)
                // What is refused is not kept.
                if status.hasPrefix("2") {
                    receiver.receive(request.body)
                } else {
                    state.withLockedValue { $0.bodies.append([]) }
                }
                try await connection.answer("{}", status: status, fields: "Content-Type: application/json\r\n")
            }
        } _: { server in
            try await body(OTLPReceiver(url: server.url, state: state))
        }
    }
}
