package import CoreMetrics
internal import NIOConcurrencyHelpers

/// Keeps every series of this process and prints them in the Prometheus text format (K-23).
///
/// The backend behind swift-metrics: counters, gauges, and timers as histograms in seconds. Asking twice for the same
/// name and labels gives the same series.
package final class MetricsRegistry: MetricsFactory {
    private let series = NIOLockedValueBox<[SeriesID: any Series]>([:])

    /// Creates a registry without series.
    package init() {}

    /// The Prometheus text exposition format 0.0.4: families in order of their names, series in order of their labels.
    package func exposition() -> String {
        let all = series.withLockedValue { $0 }
        var text = ""
        var family = ""
        for (id, series) in all.sorted(by: { $0.key < $1.key }) {
            if id.name != family {
                family = id.name
                text += "# HELP \(family) \(MetricNames.help[family] ?? "Reported by a library.")\n"
                text += "# TYPE \(family) \(series.type)\n"
            }
            series.write(id, to: &text)
        }
        return text
    }

    private func series<S: Series>(_ label: String, _ dimensions: [(String, String)], make: () -> S) -> S {
        let id = SeriesID(name: PrometheusText.name(label), dimensions: dimensions)
        return series.withLockedValue { all in
            if let known = all[id] as? S { return known }
            let new = make()
            // A label that two kinds of metric share is a mistake in the code; the first one keeps the name.
            if all[id] == nil { all[id] = new }
            return new
        }
    }
}

extension MetricsRegistry {
    /// A counter; by convention its name ends in `_total`.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions) { CounterSeries() }
    }

    /// A gauge.
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions) { GaugeSeries() }
    }

    /// A histogram when `aggregate` is true, else a gauge.
    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else { return series(label, dimensions) { GaugeSeries() } }
        return series(label, dimensions) { HistogramSeries(bounds: MetricNames.buckets(for: label)) }
    }

    /// A histogram of seconds.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions) { HistogramSeries(bounds: MetricNames.buckets(for: label)) }
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

/// One series' identity: metric name and labels, the labels in the order of their names.
struct SeriesID: Hashable, Comparable {
    let name: String
    /// `{a="x",b="y"}` without the braces.
    let labels: String

    init(name: String, dimensions: [(String, String)]) {
        self.name = name
        labels = dimensions.sorted { $0.0 < $1.0 }
            .map { "\(PrometheusText.name($0.0))=\"\(PrometheusText.escaped($0.1))\"" }
            .joined(separator: ",")
    }

    static func < (left: Self, right: Self) -> Bool { (left.name, left.labels) < (right.name, right.labels) }
}

/// How Prometheus writes names, labels and numbers.
enum PrometheusText {
    /// `name` with everything but letters, digits, `_` and `:` replaced by `_`.
    static func name(_ name: String) -> String {
        let bytes = name.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: ":"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A label's value with backslash, quote and line feed escaped.
    static func escaped(_ value: String) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// A number in the shortest form that reads back equal: `5`, `0.25`.
    static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
    }

    /// `name{labels,extra} value` and a line end.
    static func line(_ id: SeriesID, suffix: String = "", extra: String? = nil, _ value: String) -> String {
        let labels = [id.labels, extra ?? ""].filter { !$0.isEmpty }.joined(separator: ",")
        return labels.isEmpty ? "\(id.name)\(suffix) \(value)\n" : "\(id.name)\(suffix){\(labels)} \(value)\n"
    }
}
