internal import JSON
internal import Logging

/// Writes records as text for people: `2026-09-20T10:11:12.345Z INFO  request answered http.status=200`.
package struct TextLogSink: LogSink {
    private let descriptor: CInt
    private let isColoured: Bool

    /// - Parameters:
    ///   - descriptor: An open file descriptor; it stays open.
    ///   - isColoured: Whether levels are coloured with ANSI sequences, for terminals.
    package init(descriptor: CInt, isColoured: Bool) {
        self.descriptor = descriptor
        self.isColoured = isColoured
    }

    /// Writes one line per record.
    package func write(_ records: [LogRecord]) -> Int {
        FileDescriptorWriter.write(records, to: descriptor) { record, bytes in
            var text = "\(RFC3339.text(milliseconds: record.time)) \(level(record.level)) \(oneLine(record.message))"
            for (key, value) in record.fields { text += " \(key)=\(quotedIfNeeded(value))" }
            bytes += text.utf8
        }
    }

    private func level(_ level: Logger.Level) -> String {
        let word = level.rawValue.uppercased()
        let padded = word + String(repeating: " ", count: max(0, 7 - word.count))
        guard isColoured else { return padded }
        let colour =
            switch level {
            case .trace, .debug: "2"
            case .info, .notice: "32"
            case .warning: "33"
            case .error, .critical: "31"
            }
        return "\u{1B}[\(colour)m\(padded)\u{1B}[0m"
    }

    private func quotedIfNeeded(_ value: String) -> String {
        let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") && $0 != 0x7F }
        return isPlain ? value : "\"\(oneLine(value))\""
    }

    /// A line break inside a value must not look like a new record.
    private func oneLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return text }
        var line = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\t": line += "\\t"
            case "\r": line += "\\r"
            default: line.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? "?" : scalar)
            }
        }
        return line
    }
}

/// Writes records as JSON, one object a line, for containers and log shippers (K-21).
///
/// Members: `time` (RFC 3339), `level`, `message`, `module`, then every field under its key with dots as underscores,
/// as a string, or as a number or a boolean where ``LogField`` says so.
package struct JSONLogSink: LogSink {
    private let descriptor: CInt

    /// - Parameter descriptor: An open file descriptor; it stays open.
    package init(descriptor: CInt) { self.descriptor = descriptor }

    /// Writes one line per record.
    package func write(_ records: [LogRecord]) -> Int {
        FileDescriptorWriter.write(records, to: descriptor) { $1 += line(for: $0) }
    }

    private func line(for record: LogRecord) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        for (name, value) in [
            ("time", RFC3339.text(milliseconds: record.time)), ("level", record.level.rawValue),
            ("message", record.message), ("module", record.module),
        ] {
            writer.key(name)
            writer.string(value)
        }
        for (key, value) in record.fields {
            writer.key(LogField.jsonName(key))
            write(value, LogField.kind(of: key), to: &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    private func write(_ value: String, _ kind: LogField.Kind, to writer: inout JSONWriter) {
        switch kind {
        case .text: writer.string(value)
        case .number: if LogField.isNumber(value) { writer.raw(Array(value.utf8)) } else { writer.null() }
        case .boolean: writer.bool(value == "true")
        }
    }
}
