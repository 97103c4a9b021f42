internal import CoreMetrics
internal import Glibc
internal import Logging
internal import NIOConcurrencyHelpers

/// Hands log records to a thread of its own, so that a slow disk, pipe or journal cannot stall a request.
///
/// Bounded: when the sink falls behind by ``capacity`` records, further ones are dropped, counted in
/// `log_records_dropped_total`, and reported by a record of their own once there is room again.
package final class LogQueue: @unchecked Sendable {
    // The unchecked conformance holds because every access to `pending`, `dropped` and `isFinished` happens between
    // `lock()` and `unlock()` of `condition`.
    private enum Work: Sendable { case none, some }

    private let sink: any LogSink
    private let capacity: Int
    private let condition = ConditionLock(value: Work.none)
    private let finished = ConditionLock(value: false)
    private var pending: [LogRecord] = []
    private var dropped = 0
    private var isFinished = false

    /// Starts the log thread.
    ///
    /// - Parameters:
    ///   - sink: Where the records go.
    ///   - capacity: How many records may wait, at least 1.
    package init(sink: any LogSink, capacity: Int = 10_000) {
        self.sink = sink
        self.capacity = capacity
        startThread()
    }

    /// Adds one record; never blocks longer than it takes to append to an array.
    package func append(_ record: LogRecord) {
        condition.lock()
        if isFinished || pending.count >= capacity {
            dropped += 1
        } else {
            pending.append(record)
        }
        condition.unlock(withValue: .some)
    }

    /// Writes what waits and ends the thread; later records are dropped.
    ///
    /// Blocks at most `seconds`.
    package func finish(withinSeconds seconds: Double = 2) {
        condition.lock()
        isFinished = true
        condition.unlock(withValue: .some)
        if finished.lock(whenValue: true, timeoutSeconds: seconds) { finished.unlock() }
    }

    private func startThread() {
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<LogQueue>.fromOpaque(context).takeRetainedValue().drainUntilFinished()
                }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        precondition(status == 0, "cannot start the log thread: error \(status)")
        pthread_detach(thread)
    }

    private func drainUntilFinished() {
        // Counters are made here and not in `init`: logging starts before the metrics backend is installed.
        var dropCounter: Counter?
        while true {
            condition.lock(whenValue: .some)
            let isLast = isFinished
            condition.unlock()
            // A burst of records costs one wake-up and one write.
            if !isLast { usleep(5_000) }
            condition.lock()
            let (records, lost, finishing) = (pending, dropped, isFinished)
            pending.removeAll(keepingCapacity: records.count < 1_024)
            dropped = 0
            condition.unlock(withValue: .none)
            if !records.isEmpty { sink.write(records) }
            if lost > 0 {
                let counter = dropCounter ?? Counter(label: MetricNames.logRecordsDropped)
                dropCounter = counter
                counter.increment(by: lost)
                if !finishing { sink.write([Self.report(dropped: lost)]) }
            }
            if finishing { break }
        }
        finished.lock()
        finished.unlock(withValue: true)
    }

    private static func report(dropped: Int) -> LogRecord {
        LogRecord(
            time: RFC3339.now(), level: .warning, message: "log records dropped", module: "Observability",
            fields: [(key: "log.dropped", value: String(dropped))], file: #fileID, function: #function, line: #line)
    }
}
