internal import CoreMetrics
internal import Observability
internal import TestSupport
internal import Testing

/// From a graph to the request behind it.
@Suite struct ExemplarTests {
    private let registry = MetricsRegistry()

    private func exposition() throws -> Exposition {
        try Exposition(registry.exposition(.openMetrics), isOpenMetrics: true)
    }

    @Test("A counter carries the last request that it counted, with correlation and trace")
    func counter() async throws {
        let counter = Counter(label: "x_total", factory: registry)
        counter.increment()
        #expect(try exposition().sample("x_total")?.exemplar == nil, "counted outside of a request")
        for _ in 0..<2 {
            let context = RequestContext(correlationID: CorrelationID())
            await withRequestContext(context) { counter.increment(by: 2) }
            let sample = try #require(try exposition().sample("x_total"))
            #expect(
                sample.exemplar == [
                    "correlation_id": "\(context.correlationID)", "trace_id": context.trace.traceID,
                ])
        }
        counter.increment()
        #expect(try exposition().sample("x_total")?.exemplar != nil, "work of nobody's does not erase it")
    }

    @Test("Each bucket of a histogram carries the last request that fell into it")
    func histogram() async throws {
        let timer = Timer(label: MetricNames.operationDuration, factory: registry)
        let (quick, slow) = (
            RequestContext(correlationID: CorrelationID()), RequestContext(correlationID: CorrelationID())
        )
        await withRequestContext(quick) { timer.recordNanoseconds(1_000_000) }
        await withRequestContext(slow) { timer.recordNanoseconds(400_000_000_000) }

        let exposition = try exposition()
        let name = "mcp_server_operation_duration_seconds_bucket"
        #expect(
            exposition.sample(name, ["le": "0.01"])?.exemplar?["correlation_id"] == "\(quick.correlationID)")
        #expect(exposition.sample(name, ["le": "0.02"])?.exemplar == nil, "cumulative, but nothing fell into it itself")
        #expect(exposition.sample(name, ["le": "+Inf"])?.exemplar?["correlation_id"] == "\(slow.correlationID)")
        let line = try #require(registry.exposition(.openMetrics).split(separator: "\n").first { $0.contains("400 1") })
        #expect(line.contains("trace_id=\"\(slow.trace.traceID)\"} 400 1"), "the value, then seconds since 1970")
    }

    @Test("The text format has no exemplars: its readers would take them for a fault")
    func textFormat() async throws {
        let counter = Counter(label: "x_total", factory: registry)
        await withRequestContext(RequestContext(correlationID: CorrelationID())) { counter.increment() }
        #expect(registry.exposition().contains("\nx_total 1\n"))
    }
}
