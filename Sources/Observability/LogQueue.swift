internal import CoreMetrics
internal import Glibc
internal import HTTPSyntax
internal import Logging
internal import NIOConcurrencyHelpers

/// Hands log records to a thread of its own, so that a slow disk, pipe or journal cannot stall a request.
///
/// Bounded in records and in bytes: when the sink falls behind by either ``Limits``, further records are dropped,
/// counted at once in `log_records_dropped_total`, and reported by a record of their own once there is room again.
/// So are records that the sink could not deliver.
package final class LogQueue: @unchecked Sendable {
    // The unchecked conformance holds because every access to `pending`, `pendingBytes`, `dropped` and `isFinished`
    // happens between `lock()` and `unlock()` of `condition`.
    private enum Work: Sendable { case none, some }

    /// What may wait for the sink.
    package struct Limits: Sendable {
        /// Records, at least 1.
        package var records = 10_000
        /// Bytes of their texts; a record of any size is taken while nothing waits.
        package var bytes = 16 << 20

        /// The defaults.
        package init() {}
    }

    private let sink: any LogSink
    private let limits: Limits
    private let condition = ConditionLock(value: Work.none)
    private let finished = ConditionLock(value: false)
    private let dropCounter = NIOLockedValueBox<Counter?>(nil)
    private var pending: [LogRecord] = []
    private var pendingBytes = 0
    private var dropped = 0
    private var isFinished = false

    /// Starts the log thread.
    ///
    /// - Parameters:
    ///   - sink: Where the records go.
    ///   - limits: How much may wait.
    package init(sink: any LogSink, limits: Limits = Limits()) {
        self.sink = sink
        self.limits = limits
        startThread()
    }

    /// Adds one record; never blocks longer than it takes to append to an array.
    package func append(_ record: LogRecord) {
        let weight = record.weight
        condition.lock()
        let hasRoom =
            !isFinished && pending.count < limits.records
            && (pending.isEmpty || pendingBytes + weight <= limits.bytes)
        if hasRoom {
            pending.append(record)
            pendingBytes += weight
        } else {
            dropped += 1
        }
        condition.unlock(withValue: .some)
        if !hasRoom { count(lost: 1) }
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
        while true {
            condition.lock(whenValue: .some)
            let isLast = isFinished
            condition.unlock()
            // A burst of records costs one wake-up and one write.
            if !isLast { usleep(5_000) }
            condition.lock()
            let (records, alreadyDropped, finishing) = (pending, dropped, isFinished)
            pending.removeAll(keepingCapacity: records.count < 1_024)
            pendingBytes = 0
            dropped = 0
            condition.unlock(withValue: .none)
            let undelivered = records.isEmpty ? 0 : sink.write(records)
            if undelivered > 0 { count(lost: undelivered) }
            let lost = alreadyDropped + undelivered
            // Where the sink delivers nothing, one report after the other would be lost for each record that is.
            if lost > 0, undelivered < max(records.count, 1) { _ = sink.write([Self.report(dropped: lost)]) }
            if finishing { break }
        }
        finished.lock()
        finished.unlock(withValue: true)
    }

    /// The counter is made here and not in `init`: logging starts before the metrics backend is installed.
    private func count(lost: Int) {
        let counter = dropCounter.withLockedValue { counter in
            let made = counter ?? Counter(label: MetricNames.logRecordsDropped)
            counter = made
            return made
        }
        counter.increment(by: lost)
    }

    private static func report(dropped: Int) -> LogRecord {
        LogRecord(
            time: WallClock.milliseconds(), level: .warning, message: "log records dropped", module: "Observability",
            fields: [(key: "log.dropped", value: String(dropped))], file: #fileID, function: #function, line: #line)
    }
}
