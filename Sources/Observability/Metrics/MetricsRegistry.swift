package import CoreMetrics
internal import Logging
internal import NIOConcurrencyHelpers

/// Keeps every series of this process and prints them in the formats of Prometheus and OpenMetrics (K-23).
///
/// The backend behind swift-metrics: counters, gauges, and timers as histograms in seconds. Asking twice for the same
/// name and labels gives the same series.
package final class MetricsRegistry: MetricsFactory {
    /// How many series there are at most; further ones count nothing, and are counted themselves.
    ///
    /// More than twice ``MetricCatalogue/maximumSeries``, so that no input can crowd out a series of ours.
    package static let maximumSeries = 5_000

    private struct Entry {
        let family: MetricFamily
        var series: [String: (name: SeriesName, series: any Series)] = [:]
    }

    /// A family with its series in their order.
    private struct SortedEntry {
        let family: MetricFamily
        let series: [(name: SeriesName, series: any Series)]
    }

    private struct Observation {
        let series: [ObservedSeries]
        let read: @Sendable () -> [Double?]
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var count = 0
        var refused = 0
        var observations: [Observation] = []
        /// What the last scrape had sorted; gone when a series is added.
        var sorted: [SortedEntry]?
        var lastSize = 0
    }

    private let state = NIOLockedValueBox(State())
    private let limit: Int

    /// - Parameter limit: How many series there are at most.
    package init(limit: Int = maximumSeries) {
        self.limit = limit
        observe([MetricNames.metricsSeries, MetricNames.metricsSeriesRefused]) { [weak self] in
            self?.state.withLockedValue { [Double($0.count), Double($0.refused)] } ?? []
        }
    }

    /// How many series there are.
    package var seriesCount: Int { state.withLockedValue { $0.count } }

    // MARK: - Reading

    /// Has figures looked up whenever the metrics are read: those that would cost more to keep than to find out.
    ///
    /// - Parameters:
    ///   - names: Metrics without labels.
    ///   - read: Their values in the same order, `nil` for one that is not known. Must be cheap and must not wait.
    package func observe(_ names: [String], read: @escaping @Sendable () -> [Double?]) {
        let series = names.map { name in
            self.series(name, [], kind: MetricCatalogue.description(of: name)?.kind ?? .gauge) { _ in ObservedSeries() }
                // Only when there are too many; then it is observed and not shown.
                ?? ObservedSeries()
        }
        state.withLockedValue { $0.observations.append(Observation(series: series, read: read)) }
    }

    /// All metrics as text, for people and tests.
    package func exposition(_ format: ExpositionFormat = .text) -> String {
        String(decoding: bytes(format), as: UTF8.self)
    }

    /// All metrics: families in the order of their names, series in the order of their labels.
    package func bytes(_ format: ExpositionFormat) -> [UInt8] {
        for observation in state.withLockedValue({ $0.observations }) {
            for (series, value) in zip(observation.series, observation.read()) { series.observe(value) }
        }
        let (entries, lastSize) = state.withLockedValue { state in
            let sorted = state.sorted ?? Self.sorted(state.entries)
            state.sorted = sorted
            return (sorted, state.lastSize)
        }
        var text = ExpositionWriter(format, capacity: lastSize + 4_096)
        for entry in entries {
            text.family(entry.family) { text in
                for (name, series) in entry.series { series.write(name, of: entry.family, to: &text) }
            }
        }
        text.end()
        let size = text.bytes.count
        state.withLockedValue { $0.lastSize = max($0.lastSize, size) }
        return text.bytes
    }

    private static func sorted(_ entries: [String: Entry]) -> [SortedEntry] {
        entries.values.sorted { $0.family.name < $1.family.name }.map { entry in
            SortedEntry(family: entry.family, series: entry.series.values.sorted { $0.name.labels < $1.name.labels })
        }
    }

    // MARK: - Making

    /// - Returns: `nil` when there are too many already.
    private func series<S: Series>(
        _ label: String, _ dimensions: [(String, String)], kind: MetricDescription.Kind,
        make: (MetricDescription.Kind) -> S
    ) -> S? {
        let (name, labels) = (MetricText.name(label), SeriesName(dimensions))
        let (made, isFirstRefusal) = state.withLockedValue { state -> (S?, Bool) in
            let family = state.entries[name]?.family ?? MetricFamily(name, kind: kind)
            if let known = state.entries[name]?.series[labels.labels] {
                // A label that two kinds of metric share is a mistake in the code; the first one keeps the name.
                return (known.series as? S ?? make(kind), false)
            }
            guard family.kind == kind else { return (make(kind), false) }
            guard state.count < limit else {
                state.refused += 1
                return (nil, state.refused == 1)
            }
            let new = make(kind)
            state.entries[name, default: Entry(family: family)].series[labels.labels] = (labels, new)
            state.count += 1
            state.sorted = nil
            return (new, false)
        }
        if isFirstRefusal { Logger.current.error("too many metric series", metadata: ["metric.name": "\(name)"]) }
        return made
    }

    /// What the catalogue says of `label` when it is a histogram there, else the buckets of a request.
    private static func histogram(_ label: String) -> MetricDescription.Kind {
        guard let kind = MetricCatalogue.description(of: label)?.kind, !kind.bounds.isEmpty else {
            return .requestDurations
        }
        return kind
    }

    private static func gauge(_ label: String) -> MetricDescription.Kind {
        MetricCatalogue.description(of: label)?.kind == .info ? .info : .gauge
    }
}

extension MetricsRegistry {
    /// A counter; by convention its name ends in `_total`.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, kind: .counter) { _ in CounterSeries() } ?? NOOPMetricsHandler.instance
    }

    /// A gauge.
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, kind: Self.gauge(label)) { _ in GaugeSeries() } ?? NOOPMetricsHandler.instance
    }

    /// A histogram when `aggregate` is true, else a gauge.
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else {
            return series(label, dimensions, kind: Self.gauge(label)) { _ in GaugeSeries() }
                ?? NOOPMetricsHandler.instance
        }
        return series(label, dimensions, kind: Self.histogram(label)) { HistogramSeries(bounds: $0.bounds) }
            ?? NOOPMetricsHandler.instance
    }

    /// A histogram of seconds.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, kind: Self.histogram(label)) { HistogramSeries(bounds: $0.bounds) }
            ?? NOOPMetricsHandler.instance
    }

    // Series live as long as the process: their number is bounded by the closed label sets.
    /// Keeps the series.
    package func destroyCounter(_ handler: any CounterHandler) {}
    /// Keeps the series.
    package func destroyMeter(_ handler: any MeterHandler) {}
    /// Keeps the series.
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Keeps the series.
    package func destroyTimer(_ handler: any TimerHandler) {}
}
