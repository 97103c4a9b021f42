internal import Logging
package import Systemd

/// Writes records to the systemd journal with a field for every fact, so that `journalctl CORRELATION_ID=...` finds
/// one request (K-21).
///
/// Fields: `MESSAGE`, `PRIORITY`, `SYSLOG_IDENTIFIER`, `MODULE`, `CODE_FILE`, `CODE_FUNC`, `CODE_LINE`, then every
/// field of the record in upper case with `_` for other characters.
package struct JournalLogSink: LogSink {
    private let identifier: String

    /// - Parameter identifier: What `journalctl -t` selects.
    package init(identifier: String) { self.identifier = identifier }

    /// Sends one journal entry per record; what the journal does not take is lost.
    package func write(_ records: [LogRecord]) -> Int {
        records.reduce(0) { lost, record in Journal.send(fields(of: record)) < 0 ? lost + 1 : lost }
    }

    /// The entry of one record.
    package func fields(of record: LogRecord) -> [Journal.Field] {
        var entry = JournalEntry()
        entry.put("MESSAGE", record.message)
        entry.put("PRIORITY", String(priority(of: record.level)))
        entry.put("SYSLOG_IDENTIFIER", identifier)
        entry.put("MODULE", record.module)
        entry.put("CODE_FILE", record.file)
        entry.put("CODE_FUNC", record.function)
        entry.put("CODE_LINE", String(record.line))
        record.describe(to: &entry)
        return entry.fields
    }

    /// syslog's severities, RFC 5424 section 6.2.1.
    private func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}

/// A journal entry that is being written.
private struct JournalEntry: LogFieldWriter {
    private(set) var fields: [Journal.Field] = []

    init() { fields.reserveCapacity(40) }

    mutating func put(_ name: String, _ value: String) { fields.append((name: name, value: Array(value.utf8))) }

    mutating func add(_ name: String, _ value: String) { put(Journal.fieldName(for: name), value) }

    mutating func add(_ key: LogKey, _ value: String) { put(key.journal, value) }

    mutating func add(_ key: LogKey, plain append: (inout [UInt8]) -> Void) {
        var value: [UInt8] = []
        append(&value)
        fields.append((name: key.journal, value: value))
    }
}
