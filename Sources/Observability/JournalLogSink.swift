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
        let own = [
            ("MESSAGE", record.message), ("PRIORITY", String(priority(of: record.level))),
            ("SYSLOG_IDENTIFIER", identifier), ("MODULE", record.module), ("CODE_FILE", record.file),
            ("CODE_FUNC", record.function), ("CODE_LINE", String(record.line)),
        ]
        return (own + record.fields.map { (Journal.fieldName(for: $0.key), $0.value) })
            .map { (name: $0.0, value: Array($0.1.utf8)) }
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
