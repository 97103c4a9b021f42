internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability

/// The spans that wait for their export: a bounded list that drops and counts what finds no room.
///
/// Adding takes a lock for one append, whoever exports meanwhile.
package final class SpanQueue: SpanSink {
    private struct State {
        var spans: [FinishedSpan] = []
        var hasEnded = false
    }

    /// Yields when a batch is full, or when somebody wants an export.
    let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation
    private let state = NIOLockedValueBox(State())
    private let capacity: Int
    private let batch: Int
    private let dropped = Counter(label: MetricNames.spans, dimensions: [("outcome", "dropped")])

    /// - Parameters:
    ///   - capacity: Spans that may wait; at least `batch`.
    ///   - batch: Spans that wake the exporter, and that it takes at a time.
    package init(capacity: Int, batch: Int) {
        self.capacity = capacity
        self.batch = batch
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Queues the span, or drops and counts it.
    package func add(_ span: FinishedSpan) {
        let (isAdded, isFull) = state.withLockedValue { state in
            guard !state.hasEnded, state.spans.count < capacity else { return (false, false) }
            state.spans.append(span)
            return (true, state.spans.count % batch == 0)
        }
        if !isAdded { dropped.increment() }
        if isFull { waker.yield() }
    }

    /// Asks for an export of what is there.
    func wake() { waker.yield() }

    /// The next batch, oldest spans first; empty when nothing waits.
    func take() -> [FinishedSpan] {
        state.withLockedValue { state in
            let taken = Array(state.spans.prefix(batch))
            state.spans.removeFirst(taken.count)
            return taken
        }
    }

    /// Puts back what was taken and not sent; the newest spans go if there is no room for all.
    func putBack(_ spans: [FinishedSpan]) {
        let excess = state.withLockedValue { state in
            state.spans.insert(contentsOf: spans, at: 0)
            let excess = max(state.spans.count - capacity, 0)
            state.spans.removeLast(excess)
            return excess
        }
        if excess > 0 { dropped.increment(by: excess) }
    }

    /// Drops and counts what is left, and whatever comes from now on.
    func close() {
        let left = state.withLockedValue { state in
            state.hasEnded = true
            defer { state.spans = [] }
            return state.spans.count
        }
        if left > 0 { dropped.increment(by: left) }
    }
}
