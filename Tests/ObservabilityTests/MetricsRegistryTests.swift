internal import CoreMetrics
internal import Observability
internal import Testing

@Suite struct MetricsRegistryTests {
    private let registry = MetricsRegistry()

    @Test("Prints counters with sorted labels, and one series per set of labels")
    func counters() {
        for _ in 0..<2 {
            Counter(label: "calls_total", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()
        }
        Counter(label: "calls_total", dimensions: [("a", "0"), ("b", "2")], factory: registry).increment(by: 5)

        #expect(
            registry.exposition() == """
                # HELP calls_total Reported by a library.
                # TYPE calls_total counter
                calls_total{a="0",b="2"} 5
                calls_total{a="1",b="2"} 2

                """)
    }

    @Test("Prints a timer as a cumulative histogram in seconds with the bounds of O-04")
    func histogram() {
        let timer = Timer(label: MetricNames.operationDuration, dimensions: [("m", "x")], factory: registry)
        timer.recordNanoseconds(15_000_000)
        timer.recordNanoseconds(400_000_000_000)

        let text = registry.exposition()
        #expect(text.contains("# TYPE mcp_server_operation_duration_seconds histogram\n"))
        #expect(text.contains("mcp_server_operation_duration_seconds_bucket{m=\"x\",le=\"0.01\"} 0\n"))
        #expect(text.contains("mcp_server_operation_duration_seconds_bucket{m=\"x\",le=\"0.02\"} 1\n"))
        #expect(text.contains("mcp_server_operation_duration_seconds_bucket{m=\"x\",le=\"300\"} 1\n"))
        #expect(text.contains("mcp_server_operation_duration_seconds_bucket{m=\"x\",le=\"+Inf\"} 2\n"))
        #expect(text.contains("mcp_server_operation_duration_seconds_sum{m=\"x\"} 400.015\n"))
        #expect(text.contains("mcp_server_operation_duration_seconds_count{m=\"x\"} 2\n"))
    }

    @Test("A gauge goes up and down")
    func gauge() {
        let meter = Meter(label: "in_flight", factory: registry)
        meter.increment()
        meter.increment()
        meter.decrement()

        #expect(registry.exposition().contains("# TYPE in_flight gauge\nin_flight 1\n"))
    }

    @Test("Names and label values cannot break the format")
    func escaping() {
        Counter(label: "odd.name-total", dimensions: [("k", "a\"b\\c\nd")], factory: registry).increment()

        #expect(registry.exposition().contains("odd_name_total{k=\"a\\\"b\\\\c\\nd\"} 1\n"))
    }

    @Test("Every metric of the catalogue has a help text and, if it counts, a name that says so")
    func catalogue() {
        for (name, help) in MetricNames.help {
            #expect(help.hasSuffix("."))
            #expect(name.allSatisfy { $0.isLetter || $0 == "_" })
        }
    }

    @Test("Counts from many threads lose nothing")
    func concurrent() async {
        let registry = registry
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 { Counter(label: "shared_total", factory: registry).increment() }
                }
            }
        }

        #expect(registry.exposition().contains("shared_total 8000\n"))
    }
}
