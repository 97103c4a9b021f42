internal import CoreMetrics
internal import NIOConcurrencyHelpers
internal import Synchronization

/// One metric with one set of label values.
protocol Series: AnyObject, Sendable {
    /// Appends the sample lines.
    func write(_ name: SeriesName, of family: MetricFamily, to text: inout ExpositionWriter)
}

/// A number that only grows, and where it last grew.
final class CounterSeries: CounterHandler, Series {
    private let value = Atomic<Int64>(0)
    private let exemplar = NIOLockedValueBox<Exemplar?>(nil)

    func increment(by amount: Int64) {
        value.wrappingAdd(amount, ordering: .relaxed)
        guard let latest = Exemplar.current(Double(amount)) else { return }
        exemplar.withLockedValue { $0 = latest }
    }

    func reset() { value.store(0, ordering: .relaxed) }

    func write(_ name: SeriesName, of family: MetricFamily, to text: inout ExpositionWriter) {
        let exemplar = text.format == .openMetrics ? exemplar.withLockedValue { $0 } : nil
        text.sample(family, name, integer: value.load(ordering: .relaxed), exemplar: exemplar)
    }
}

/// A number that goes up and down.
final class GaugeSeries: MeterHandler, RecorderHandler, Series {
    private let value = NIOLockedValueBox<Double>(0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLockedValue { $0 = value } }
    func increment(by amount: Double) { value.withLockedValue { $0 += amount } }
    func decrement(by amount: Double) { value.withLockedValue { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func write(_ name: SeriesName, of family: MetricFamily, to text: inout ExpositionWriter) {
        text.sample(family, name, number: value.withLockedValue { $0 })
    }
}

/// A gauge that is set just before each scrape; not printed while it is `nil`.
final class ObservedSeries: Series {
    private let value = NIOLockedValueBox<Double?>(nil)

    func observe(_ value: Double?) { self.value.withLockedValue { $0 = value } }

    func write(_ name: SeriesName, of family: MetricFamily, to text: inout ExpositionWriter) {
        guard let value = value.withLockedValue({ $0 }) else { return }
        text.sample(family, name, number: value)
    }
}

/// How often values fell below each of a fixed list of bounds, and which request was the last to do so.
final class HistogramSeries: TimerHandler, RecorderHandler, Series {
    private struct State {
        var counts: [UInt64]
        var sum: Double = 0
        /// Empty until a value is recorded in a request.
        var exemplars: [Exemplar?] = []
    }

    private let bounds: [Double]
    private let state: NIOLockedValueBox<State>

    /// - Parameter bounds: Upper bounds in rising order; the last bucket, +Inf, is implied.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = NIOLockedValueBox(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        let exemplar = Exemplar.current(value)
        state.withLockedValue { state in
            state.counts[bucket] += 1
            state.sum += value
            guard let exemplar else { return }
            if state.exemplars.isEmpty { state.exemplars = Array(repeating: nil, count: state.counts.count) }
            state.exemplars[bucket] = exemplar
        }
    }

    func write(_ name: SeriesName, of family: MetricFamily, to text: inout ExpositionWriter) {
        let state = state.withLockedValue { $0 }
        let exemplars = text.format == .openMetrics ? state.exemplars : []
        var cumulative: UInt64 = 0
        for (index, count) in state.counts.enumerated() {
            cumulative += count
            text.bucket(index, family, name, cumulative, exemplar: exemplars.isEmpty ? nil : exemplars[index])
        }
        text.sum(family, name, state.sum)
        text.count(family, name, cumulative)
    }
}
