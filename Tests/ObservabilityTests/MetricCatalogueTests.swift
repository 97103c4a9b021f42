internal import CoreMetrics
internal import Foundation
internal import Observability
internal import Testing

@Suite struct MetricCatalogueTests {
    @Test("docs/metrics.md says what the table says; UPDATE_SNAPSHOTS=1 swift test --filter MetricCatalogue writes it")
    func page() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "docs/metrics.md")
        if ProcessInfo.processInfo.environment["UPDATE_SNAPSHOTS"] != nil {
            try MetricsPage.text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == MetricsPage.text)
    }

    @Test("Every metric has a name that says its kind, a sentence, and something to look for")
    func descriptions() {
        #expect(Set(MetricCatalogue.all.map(\.name)).count == MetricCatalogue.all.count)
        for metric in MetricCatalogue.all {
            #expect(metric.name.allSatisfy { $0.isASCII && ($0.isLowercase || $0 == "_") }, "\(metric.name)")
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect((metric.kind == .info) == metric.name.hasSuffix("_info"), "\(metric.name)")
            #expect(metric.help.hasSuffix(".") && !metric.help.contains { "\"\\\n".contains($0) }, "\(metric.name)")
            #expect(metric.advice.hasSuffix("."), "\(metric.name)")
            if case .histogram(let bounds) = metric.kind { #expect(bounds == bounds.sorted() && !bounds.isEmpty) }
            for label in metric.labels { #expect(Set(label.values).count == label.values.count, "\(label.name)") }
        }
    }

    @Test("No label is named after a user, a job, a run or a request (E-166)")
    func labelNames() {
        let names = Set(MetricCatalogue.all.flatMap(\.labels).map(\.name))
        for forbidden in ["oid", "tid", "user", "job", "run", "correlation", "trace", "client", "azp"] {
            #expect(!names.contains { $0.split(separator: "_").contains(Substring(forbidden)) }, "\(forbidden)")
        }
    }

    @Test("All series that there can be fit into the registry twice")
    func bound() {
        #expect(MetricCatalogue.maximumSeries * 2 < MetricsRegistry.maximumSeries)
    }

    @Test("The registry makes histograms with the bounds of the table")
    func bounds() {
        let registry = MetricsRegistry()
        Timer(label: MetricNames.eventLoopLag, factory: registry).recordNanoseconds(1)
        #expect(registry.exposition().contains("event_loop_lag_seconds_bucket{le=\"0.0005\"} 1\n"))
    }
}

/// docs/metrics.md.
private enum MetricsPage {
    static var text: String {
        let (series, samples) = MetricCatalogue.all.reduce((0, 0)) { sum, metric in
            (sum.0 + metric.maximumSeries, sum.1 + metric.maximumSeries * metric.samplesPerSeries)
        }
        return head + MetricCatalogue.chapters.map(chapter).joined()
            + """
            ## How many there can be

            Every label has a closed set of values, so all of the above is at most \(series) series, or \(samples) as
            Prometheus counts them, where a bucket is a series. Most combinations cannot occur; a server that has seen
            everything has some hundred. No user, job, run or request is ever a label. A registry that holds
            \(MetricsRegistry.maximumSeries) series takes no more.

            """
    }

    private static let head = """
        # Metrics

        <!-- Written from Sources/Observability/Metrics/MetricCatalogue*.swift by
        UPDATE_SNAPSHOTS=1 swift test --filter MetricCatalogue. -->

        `GET /metrics` on the listener for operators, `127.0.0.1:9464` by default (`METRICS_HOST`, `METRICS_PORT`), answers
        in the Prometheus text format 0.0.4, or in OpenMetrics 1.0.0 when `Accept` prefers
        `application/openmetrics-text`, as Prometheus does.

        In OpenMetrics the counters and the buckets of histograms carry exemplars: the last request that they counted, with
        `correlation_id` and `trace_id`. The correlation ID is the one in the answer's `X-Correlation-ID` and in the log.
        Prometheus keeps them when it runs with `--enable-feature=exemplar-storage`. Work that several requests share, such
        as a fetch of the signing keys, has an identifier of its own, which the log has too; an On-Behalf-Of exchange has
        that of the request that started it.

        OpenMetrics writes whole bounds as `le="1.0"`, the text format as `le="1"`. Prometheus 3 stores both as `1.0`.


        """

    private static func chapter(_ title: String, _ metrics: [MetricDescription]) -> String {
        "## \(title)\n\n" + metrics.map(section).joined(separator: "\n") + "\n"
    }

    private static func section(_ metric: MetricDescription) -> String {
        var text = "### `\(metric.name)`\n\n\(kind(metric)). \(metric.help)\n\n\(metric.advice)\n"
        guard !metric.labels.isEmpty else { return text }
        text += "\n| Label | Values |\n| --- | --- |\n"
        for label in metric.labels {
            let values = label.values.map { $0.isEmpty ? "(empty)" : "`\($0)`" }.joined(separator: ", ")
            let note = label.note.isEmpty ? "" : values.isEmpty ? label.note : "; \(label.note)"
            text += "| `\(label.name)` | \(values)\(note) |\n"
        }
        return text + "\nAt most \(metric.maximumSeries) series.\n"
    }

    private static func kind(_ metric: MetricDescription) -> String {
        switch metric.kind {
        case .counter: "Counter"
        case .gauge: "Gauge"
        case .info: "Info"
        case .histogram(let bounds):
            "Histogram, buckets up to \(bounds.map { $0 == $0.rounded() ? "\(Int($0))" : "\($0)" }.joined(separator: ", "))"
        }
    }
}
