internal import CoreMetrics
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.patient) struct MetricsRegistryTests {
    private let registry = MetricsRegistry()

    /// The lines of one family.
    private func lines(_ name: String, _ format: ExpositionFormat = .text) -> String {
        registry.exposition(format).split(separator: "\n").filter { $0.contains(name) }.joined(separator: "\n")
    }

    @Test("Prints counters with sorted labels, and one series per set of labels")
    func counters() {
        for _ in 0..<2 {
            Counter(label: "calls_total", dimensions: [("b", "2"), ("a", "1")], factory: registry).increment()
        }
        Counter(label: "calls_total", dimensions: [("a", "0"), ("b", "2")], factory: registry).increment(by: 5)

        #expect(
            lines("calls") == """
                # HELP calls_total Reported by a library.
                # TYPE calls_total counter
                calls_total{a="0",b="2"} 5
                calls_total{a="1",b="2"} 2
                """)
        #expect(
            lines("calls", .openMetrics) == """
                # HELP calls Reported by a library.
                # TYPE calls counter
                calls_total{a="0",b="2"} 5
                calls_total{a="1",b="2"} 2
                """)
    }

    @Test("In OpenMetrics a counter of a library gets the suffix that it lacks")
    func foreignCounter() {
        Counter(label: "lib.requests", factory: registry).increment()

        #expect(lines("lib_requests").hasSuffix("\nlib_requests 1"))
        #expect(lines("lib_requests", .openMetrics).hasSuffix("# TYPE lib_requests counter\nlib_requests_total 1"))
    }

    @Test("Prints a timer as a cumulative histogram in seconds with the bounds of O-04")
    func histogram() {
        let timer = Timer(label: MetricNames.operationDuration, dimensions: [("m", "x")], factory: registry)
        timer.recordNanoseconds(15_000_000)
        timer.recordNanoseconds(400_000_000_000)

        let name = "mcp_server_operation_duration_seconds"
        let text = registry.exposition()
        #expect(text.contains("# TYPE \(name) histogram\n\(name)_bucket{m=\"x\",le=\"0.01\"} 0\n"))
        #expect(text.contains("\(name)_bucket{m=\"x\",le=\"0.02\"} 1\n"))
        #expect(text.contains("\(name)_bucket{m=\"x\",le=\"300\"} 1\n\(name)_bucket{m=\"x\",le=\"+Inf\"} 2\n"))
        #expect(text.contains("\(name)_sum{m=\"x\"} 400.015\n\(name)_count{m=\"x\"} 2\n"))

        let open = registry.exposition(.openMetrics)
        #expect(
            open.contains("# TYPE \(name) histogram\n# UNIT \(name) seconds\n\(name)_bucket{m=\"x\",le=\"0.01\"} 0\n"))
        #expect(open.contains("\(name)_bucket{m=\"x\",le=\"300.0\"} 1\n"), "bounds are floating point numbers")
    }

    @Test("A gauge goes up and down, and knows the numbers that have names")
    func gauge() {
        let meter = Meter(label: "in_flight", factory: registry)
        meter.increment()
        meter.increment()
        meter.decrement()
        #expect(lines("in_flight").hasSuffix("# TYPE in_flight gauge\nin_flight 1"))
        for (value, text) in [(0.25, "0.25"), (-3, "-3"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN")] {
            meter.set(value)
            #expect(lines("in_flight").hasSuffix("\nin_flight \(text)"))
        }
    }

    @Test("The build is an info metric in OpenMetrics, a gauge otherwise")
    func info() {
        Gauge(label: MetricNames.buildInfo, dimensions: [("version", "1")], factory: registry).record(1)

        #expect(lines("build").hasSuffix("build_info gauge\ndatabricks_jobs_mcp_build_info{version=\"1\"} 1"))
        #expect(
            lines("build", .openMetrics)
                .hasSuffix(
                    "# TYPE databricks_jobs_mcp_build info\ndatabricks_jobs_mcp_build_info{version=\"1\"} 1"))
    }

    @Test("Names and label values cannot break either format")
    func escaping() throws {
        Counter(label: "9odd.name-total", dimensions: [("k:e.y", "a\"b\\c\nd")], factory: registry).increment()

        #expect(registry.exposition().contains("_9odd_name_total{k_e_y=\"a\\\"b\\\\c\\nd\"} 1\n"))
        for format in ExpositionFormat.allCases {
            let exposition = try Exposition(registry.exposition(format), isOpenMetrics: format == .openMetrics)
            #expect(exposition.sample("_9odd_name_total")?.labels == ["k_e_y": "a\"b\\c\nd"])
        }
    }

    @Test("A figure that is observed is looked up at each reading, and absent while it is not known")
    func observation() {
        registry.observe(["jwks_keys", "process_cpu_seconds_total", "jwks_age_seconds"]) { [3, 0.5, nil] }

        #expect(lines("jwks_keys").hasSuffix("gauge\njwks_keys 3"))
        #expect(lines("process_cpu").hasSuffix("counter\nprocess_cpu_seconds_total 0.5"))
        #expect(lines("process_cpu", .openMetrics).contains("# UNIT process_cpu_seconds seconds"))
        #expect(lines("jwks_age").isEmpty, "no header either")
    }

    @Test("Beyond the bound new series count nothing but themselves; those that are there go on")
    func bound() {
        let registry = MetricsRegistry(limit: 4)
        for name in ["a_total", "b_total", "c_total", "a_total"] {
            Counter(label: name, factory: registry).increment()
        }
        Timer(label: "d_seconds", factory: registry).recordNanoseconds(1)
        Meter(label: "e", factory: registry).set(1)
        Gauge(label: "f", factory: registry).record(1)

        let text = registry.exposition()
        #expect(text.contains("\na_total 2\n") && text.contains("\nb_total 1\n"))
        #expect(!text.contains("c_total") && !text.contains("d_seconds"))
        #expect(text.contains("\nmetrics_series 4\n") && text.contains("\nmetrics_series_refused_total 4\n"))
        #expect(registry.seriesCount == 4)
    }

    @Test("A name that two kinds of metric claim stays the first one's")
    func clash() {
        Counter(label: "shared", factory: registry).increment()
        Meter(label: "shared", factory: registry).set(7)
        Meter(label: "shared", dimensions: [("a", "b")], factory: registry).set(7)

        #expect(lines("shared") == "# HELP shared Reported by a library.\n# TYPE shared counter\nshared 1")
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
