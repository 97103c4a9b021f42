internal import HTTPTransport
internal import Metrics
internal import Observability
internal import Telemetry
internal import TestSupport
internal import Testing

@Suite(.patient) struct SpanExporterTests {
    /// Runs `body` beside the exporter of `rig` and lets that end; the counters say what became of the spans.
    private static func outcome(
        _ rig: ExportRig, _ body: (SpanExporter) async -> Void
    ) async -> [String: Int] {
        let registry = MetricsRegistry()
        await withMetricsFactory(registry) {
            let exporter = rig.exporter()
            await withDiscardingTaskGroup { group in
                group.addTask { await exporter.run() }
                await body(exporter)
                exporter.finish()
            }
        }
        return counts(registry)
    }

    private static func counts(_ registry: MetricsRegistry) -> [String: Int] {
        var counts: [String: Int] = [:]
        for line in registry.exposition().split(separator: "\n") {
            guard let match = line.firstMatch(of: /^otel_spans_total\{outcome="([a-z]+)"\} ([0-9]+)$/) else { continue }
            if let count = Int(match.2), count > 0 { counts[String(match.1)] = count }
        }
        return counts
    }

    @Test("A full batch goes at once, the rest after the delay")
    func batches() async {
        let rig = ExportRig()
        rig.configuration.batch = 3
        let counts = await Self.outcome(rig) { exporter in
            for number in 0..<3 { exporter.queue.add(ExportRig.span(number)) }
            await rig.transport.requests(1)
            exporter.queue.add(ExportRig.span(3))
            await rig.clock.untilSleeping()
            #expect(rig.transport.requests.count == 1)
            rig.clock.advance(by: rig.configuration.delay)
            await rig.transport.requests(2)
        }
        #expect(counts == ["exported": 4])
    }

    @Test("No request is larger than a batch, however many spans wait")
    func bounded() async {
        let rig = ExportRig()
        rig.configuration.batch = 2
        let counts = await Self.outcome(rig) { exporter in
            for number in 0..<5 { exporter.queue.add(ExportRig.span(number)) }
        }
        #expect(rig.transport.requests.count == 3)
        #expect(counts == ["exported": 5])
    }

    @Test("What finds no room is dropped and counted, and nobody waits")
    func full() async {
        let rig = ExportRig()
        (rig.configuration.capacity, rig.configuration.batch) = (4, 4)
        let registry = MetricsRegistry()
        await withMetricsFactory(registry) {
            let exporter = rig.exporter()
            for number in 0..<10 { exporter.queue.add(ExportRig.span(number)) }
            exporter.finish()
            await exporter.run()
            exporter.queue.add(ExportRig.span())
        }
        #expect(Self.counts(registry) == ["exported": 4, "dropped": 7])
    }

    @Test(
        "An answer or its absence that may pass is followed by another try, after what the collector asks for",
        arguments: [
            (ScriptedCollector.Answer.success(HTTPResponse(status: 429, headers: ["Retry-After": "7"])), 7),
            (.success(HTTPResponse(status: 502)), 1), (.success(HTTPResponse(status: 503)), 1),
            (.success(HTTPResponse(status: 504)), 1), (.failure(TransportError(.connect, requestWasSent: false)), 1),
            (.failure(TransportError(.timeout, requestWasSent: true)), 1),
        ] as [(ScriptedCollector.Answer, Int64)])
    func retries(first: ScriptedCollector.Answer, seconds: Int64) async {
        let rig = ExportRig(first, .success(HTTPResponse(status: 200)))
        rig.configuration.batch = 1
        rig.configuration.delay = .seconds(3_600)
        let counts = await Self.outcome(rig) { exporter in
            exporter.queue.add(ExportRig.span())
            // The delay, and the pause.
            await rig.clock.untilSleeping(2)
            #expect(rig.transport.requests.count == 1)
            rig.clock.advance(by: .seconds(seconds))
            await rig.transport.requests(2)
        }
        #expect(counts == ["exported": 1])
    }

    @Test("Whatever else is answered would be answered again", arguments: [400, 401, 404, 413, 500, 302])
    func final(status: Int) async {
        let rig = ExportRig(.success(HTTPResponse(status: status)))
        rig.configuration.batch = 1
        let counts = await Self.outcome(rig) { exporter in
            exporter.queue.add(ExportRig.span())
            await rig.transport.requests(1)
        }
        #expect(rig.transport.requests.count == 1)
        #expect(counts == ["failed": 1])
    }

    @Test("A collector that stays away is given up on, so that newer spans have a chance")
    func givesUp() async {
        let rig = ExportRig(.success(HTTPResponse(status: 503)))
        rig.configuration.batch = 1
        rig.configuration.delay = .seconds(3_600)
        let counts = await Self.outcome(rig) { exporter in
            exporter.queue.add(ExportRig.span())
            for attempt in 1...3 {
                await rig.clock.untilSleeping(2)
                #expect(rig.transport.requests.count == attempt)
                rig.clock.advance(by: .seconds(1 << (attempt - 1)))
                await rig.transport.requests(attempt + 1)
            }
        }
        #expect(rig.transport.requests.count == 4)
        #expect(counts == ["failed": 1])
    }

    @Test("The end interrupts a pause, and the batch is tried once more")
    func finishInPause() async {
        let rig = ExportRig(.success(HTTPResponse(status: 503)), .success(HTTPResponse(status: 200)))
        rig.configuration.batch = 1
        let counts = await Self.outcome(rig) { exporter in
            exporter.queue.add(ExportRig.span())
            await rig.clock.untilSleeping(2)
        }
        #expect(rig.transport.requests.count == 2)
        #expect(counts == ["exported": 1])
    }

    @Test("At the end a collector that is away is asked once, and the rest is dropped")
    func finishWithoutCollector() async {
        let rig = ExportRig(.failure(TransportError(.connect, requestWasSent: false)))
        rig.configuration.batch = 2
        let registry = MetricsRegistry()
        await withMetricsFactory(registry) {
            let exporter = rig.exporter()
            exporter.finish()
            for number in 0..<5 { exporter.queue.add(ExportRig.span(number)) }
            await exporter.run()
        }
        let counts = Self.counts(registry)
        #expect(rig.transport.requests.count <= 2)
        #expect(counts.values.reduce(0, +) == 5)
        #expect(counts["exported"] == nil)
    }

    @Test(
        "Spans that the collector refuses are counted as such",
        arguments: [
            (ExportConfiguration.Encoding.json, Array(#"{"partialSuccess":{"rejectedSpans":"2"}}"#.utf8)),
            (.json, Array(#"{"partialSuccess":{"rejectedSpans":2,"errorMessage":"no"}}"#.utf8)),
            (.protobuf, [10, 6, 8, 2, 18, 2, 110, 111]),
        ])
    func partialSuccess(encoding: ExportConfiguration.Encoding, body: [UInt8]) async {
        let rig = ExportRig(.success(HTTPResponse(status: 200, body: body)))
        rig.configuration.encoding = encoding
        let counts = await Self.outcome(rig) { exporter in
            for number in 0..<3 { exporter.queue.add(ExportRig.span(number)) }
        }
        #expect(counts == ["exported": 1, "failed": 2])
    }

    @Test(
        "An unreadable answer is an answer",
        arguments: [[], [10, 200], [255, 255], Array("<html>".utf8)] as [[UInt8]])
    func unreadableAnswer(body: [UInt8]) async {
        let rig = ExportRig(.success(HTTPResponse(status: 200, body: body)))
        let counts = await Self.outcome(rig) { $0.queue.add(ExportRig.span()) }
        #expect(counts == ["exported": 1])
    }

    @Test("The collector's fields go with each request, and the time limit")
    func request() async throws {
        let rig = ExportRig()
        rig.configuration.headers = [("api-key", Secret("k-1"))]
        rig.configuration.timeout = .seconds(2)
        _ = await Self.outcome(rig) { $0.queue.add(ExportRig.span()) }
        let request = try #require(rig.transport.requests.first)
        #expect(request.url == "http://127.0.0.1:4318/v1/traces")
        #expect(request.headers["api-key"] == "k-1")
        #expect(request.headers["User-Agent"] == "databricks-jobs-mcp/1")
        #expect(request.timeout == .seconds(2))
    }
}
