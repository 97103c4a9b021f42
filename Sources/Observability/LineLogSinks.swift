internal import Glibc
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
    package func write(_ records: [LogRecord]) {
        var text = ""
        for record in records {
            text += "\(RFC3339.text(milliseconds: record.time)) \(level(record.level)) \(oneLine(record.message))"
            for (key, value) in record.fields { text += " \(key)=\(quotedIfNeeded(value))" }
            text += "\n"
        }
        FileDescriptorWriter.write(Array(text.utf8), to: descriptor)
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
/// Members: `time` (RFC 3339), `level`, `message`, `module`, then every field under its key with dots as underscores.
package struct JSONLogSink: LogSink {
    private let descriptor: CInt

    /// - Parameter descriptor: An open file descriptor; it stays open.
    package init(descriptor: CInt) { self.descriptor = descriptor }

    /// Writes one line per record.
    package func write(_ records: [LogRecord]) {
        var lines: [UInt8] = []
        for record in records {
            lines += line(for: record)
            lines.append(UInt8(ascii: "\n"))
        }
        FileDescriptorWriter.write(lines, to: descriptor)
    }

    private func line(for record: LogRecord) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        for (name, value) in [
            ("time", RFC3339.text(milliseconds: record.time)), ("level", record.level.rawValue),
            ("message", record.message), ("module", record.module),
        ] + record.fields.map({ (LogField.jsonName($0.key), $0.value) }) {
            writer.key(name)
            writer.string(value)
        }
        writer.endObject()
        return writer.bytes
    }
}

/// Names of metadata keys outside swift-log.
enum LogField {
    /// `correlation.id` as JSON member: `correlation_id`.
    static func jsonName(_ key: String) -> String {
        String(decoding: key.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }
}

/// Writes whole buffers to a file descriptor.
package enum FileDescriptorWriter {
    /// Writes all of `bytes`, waiting when a pipe is full; gives up silently when nobody can read any more.
    package static func write(_ bytes: [UInt8], to descriptor: CInt) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count > 0 {
                written += count
            } else if errno == EAGAIN {
                var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe poll(&poller, 1, 1_000)
            } else if errno != EINTR {
                return
            }
        }
    }
}
