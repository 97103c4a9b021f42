internal import CoreMetrics
internal import Observability
internal import TestSupport
internal import Testing
internal import Tracing

/// From a graph to the request behind it.
@Suite(.patient) struct ExemplarTests {
    private let registry = MetricsRegistry()

    private func exposition() throws -> Exposition {
        try Exposition(registry.exposition(.openMetrics), isOpenMetrics: true)
    }

    /// Runs `work` in a trace.
    private func inTrace(_ trace: TraceContext, _ work: () -> Void) {
        var position = InstrumentationContext.topLevel
        position.position = .remote(trace)
        InstrumentationContext.withValue(position, operation: work)
    }

    @Test("A counter carries the last request that it counted, with correlation and trace")
    func counter() async throws {
        let counter = Counter(label: "x_total", factory: registry)
        counter.increment()
        #expect(try exposition().sample("x_total")?.exemplar == nil, "counted outside of a request")
        for _ in 0..<2 {
            let context = RequestContext(correlationID: CorrelationID())
            let trace = TraceContext()
            await withRequestContext(context) { inTrace(trace) { counter.increment(by: 2) } }
            let sample = try #require(try exposition().sample("x_total"))
            #expect(
                sample.exemplar == [
                    "correlation_id": "\(context.correlationID)", "trace_id": trace.traceID,
                ])
        }
        counter.increment()
        #expect(try exposition().sample("x_total")?.exemplar != nil, "work of nobody's does not erase it")
        let untraced = RequestContext(correlationID: CorrelationID())
        await withRequestContext(untraced) { counter.increment() }
        #expect(
            try exposition().sample("x_total")?.exemplar == ["correlation_id": "\(untraced.correlationID)"],
            "a request without a span has its ID all the same")
    }

    @Test("Each bucket of a histogram carries the last request that fell into it")
    func histogram() async throws {
        let timer = Timer(label: MetricNames.operationDuration, factory: registry)
        let (quick, slow) = (
            RequestContext(correlationID: CorrelationID()), RequestContext(correlationID: CorrelationID())
        )
        await withRequestContext(quick) { timer.recordNanoseconds(1_000_000) }
        let trace = TraceContext()
        await withRequestContext(slow) { inTrace(trace) { timer.recordNanoseconds(400_000_000_000) } }

        let exposition = try exposition()
        let name = "mcp_server_operation_duration_seconds_bucket"
        #expect(
            exposition.sample(name, ["le": "0.01"])?.exemplar?["correlation_id"] == "\(quick.correlationID)")
        #expect(exposition.sample(name, ["le": "0.02"])?.exemplar == nil, "cumulative, but nothing fell into it itself")
        #expect(exposition.sample(name, ["le": "+Inf"])?.exemplar?["correlation_id"] == "\(slow.correlationID)")
        let line = try #require(registry.exposition(.openMetrics).split(separator: "\n").first { $0.contains("400 1") })
        #expect(line.contains("trace_id=\"\(trace.traceID)\"} 400 1"), "the value, then seconds since 1970")
    }

    @Test("The text format has no exemplars: its readers would take them for a fault")
    func textFormat() async throws {
        let counter = Counter(label: "x_total", factory: registry)
        await withRequestContext(RequestContext(correlationID: CorrelationID())) { counter.increment() }
        #expect(registry.exposition().contains("\nx_total 1\n"))
    }
}
