internal import CoreMetrics
internal import NIOConcurrencyHelpers
internal import Synchronization

/// One series that can print itself.
protocol Series: AnyObject, Sendable {
    /// The word of the `# TYPE` line.
    var type: String { get }
    /// Appends the sample lines.
    func write(_ id: SeriesID, to text: inout String)
}

/// A number that only grows.
final class CounterSeries: CounterHandler, Series {
    private let value = Atomic<Int64>(0)
    let type = "counter"

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }

    func write(_ id: SeriesID, to text: inout String) {
        text += PrometheusText.line(id, String(value.load(ordering: .relaxed)))
    }
}

/// A number that goes up and down.
final class GaugeSeries: MeterHandler, RecorderHandler, Series {
    private let value = NIOLockedValueBox<Double>(0)
    let type = "gauge"

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLockedValue { $0 = value } }
    func increment(by amount: Double) { value.withLockedValue { $0 += amount } }
    func decrement(by amount: Double) { value.withLockedValue { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func write(_ id: SeriesID, to text: inout String) {
        text += PrometheusText.line(id, PrometheusText.number(value.withLockedValue { $0 }))
    }
}

/// How often values fell below each of a fixed list of bounds.
final class HistogramSeries: TimerHandler, RecorderHandler, Series {
    private struct State {
        var counts: [UInt64]
        var sum: Double = 0
    }

    private let bounds: [Double]
    private let state: NIOLockedValueBox<State>
    let type = "histogram"

    /// - Parameter bounds: Upper bounds in rising order; the last bucket, +Inf, is implied.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = NIOLockedValueBox(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLockedValue {
            $0.counts[bucket] += 1
            $0.sum += value
        }
    }

    func write(_ id: SeriesID, to text: inout String) {
        let state = state.withLockedValue { $0 }
        var cumulative: UInt64 = 0
        for (index, count) in state.counts.enumerated() {
            cumulative += count
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            text += PrometheusText.line(id, suffix: "_bucket", extra: "le=\"\(bound)\"", String(cumulative))
        }
        text += PrometheusText.line(id, suffix: "_sum", String(state.sum))
        text += PrometheusText.line(id, suffix: "_count", String(cumulative))
    }
}
