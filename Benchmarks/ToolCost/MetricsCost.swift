internal import CoreMetrics
internal import Observability

/// What metrics cost: a scrape, and one measurement.
enum MetricsCost {
    typealias Report = (_ name: String, _ value: Double, _ unit: String, _ budget: Double) -> Void

    static func measure(_ report: Report) async {
        // A series of Prometheus' is a line: 100 histograms of 17 and 300 counters are 2,000 of them.
        let sizes = [(100, 300, "2,000 series", 5.0), (1_000, 1_000, "2,000 sets of labels", 20)]
        for (histograms, counters, series, budget) in sizes {
            let registry = await registry(histograms: histograms, counters: counters)
            for format in ExpositionFormat.allCases {
                let time = milliseconds(ofScraping: registry, format)
                let bytes = registry.bytes(format).count
                print("metrics: \(series), \(format): \(bytes) bytes")
                report("scraping \(series), \(format)", time, "ms", budget)
            }
        }
        let timer = Timer(label: MetricNames.operationDuration, factory: MetricsRegistry())
        let counter = Counter(label: MetricNames.tokenRejections, factory: MetricsRegistry())
        report("recording into a histogram", nanoseconds { timer.recordNanoseconds(70_000_000) }, "ns", 250)
        report("counting", nanoseconds { counter.increment() }, "ns", 250)
        await withRequestContext(RequestContext(correlationID: CorrelationID())) {
            report(
                "recording into a histogram with an exemplar", nanoseconds { timer.recordNanoseconds(70_000_000) },
                "ns",
                500)
            report("counting with an exemplar", nanoseconds { counter.increment() }, "ns", 500)
        }
    }

    /// With an exemplar in every bucket, and labels as long as ours.
    private static func registry(histograms: Int, counters: Int) async -> MetricsRegistry {
        let registry = MetricsRegistry()
        for number in 0..<histograms {
            let labels = [
                ("mcp_method_name", "tools/call"), ("gen_ai_tool_name", "get_run_output"),
                ("mcp_protocol_version", "2026-07-28"), ("error_type", "\(number)"),
            ]
            let timer = Timer(label: MetricNames.operationDuration, dimensions: labels, factory: registry)
            await withRequestContext(RequestContext(correlationID: CorrelationID())) {
                for exponent in 0..<39 { timer.recordNanoseconds(Int64(1) << exponent) }
            }
        }
        for number in 0..<counters {
            let counter = Counter(
                label: MetricNames.tokenRejections, dimensions: [("reason", "\(number)")], factory: registry)
            await withRequestContext(RequestContext(correlationID: CorrelationID())) { counter.increment() }
        }
        return registry
    }

    private static func milliseconds(ofScraping registry: MetricsRegistry, _ format: ExpositionFormat) -> Double {
        let repetitions = 50
        _ = registry.bytes(format)
        let start = ToolCost.cpuMicroseconds()
        for _ in 0..<repetitions { _ = registry.bytes(format) }
        return Double(ToolCost.cpuMicroseconds() - start) / Double(repetitions) / 1_000
    }

    private static func nanoseconds(_ work: () -> Void) -> Double {
        let repetitions = 1_000_000
        let start = ToolCost.cpuMicroseconds()
        for _ in 0..<repetitions { work() }
        return Double(ToolCost.cpuMicroseconds() - start) * 1_000 / Double(repetitions)
    }
}
