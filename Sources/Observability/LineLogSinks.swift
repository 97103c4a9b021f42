internal import HTTPSyntax
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
            var line = TextLine(bytes)
            bytes = []
            RFC3339.append(milliseconds: record.time, to: &line.bytes)
            line.bytes += " \(level(record.level)) ".utf8
            line.append(oneLine: record.message)
            record.describe(to: &line)
            bytes = line.bytes
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
}

/// A line of text that is being written: ` key=value`, quoted where a reader could mistake its end.
private struct TextLine: LogFieldWriter {
    var bytes: [UInt8]

    init(_ bytes: consuming [UInt8]) { self.bytes = bytes }

    mutating func add(_ name: String, _ value: String) {
        bytes.append(UInt8(ascii: " "))
        bytes += name.utf8
        bytes.append(UInt8(ascii: "="))
        append(quotedIfNeeded: value)
    }

    mutating func add(_ key: LogKey, _ value: String) {
        bytes += key.text
        append(quotedIfNeeded: value)
    }

    mutating func add(_ key: LogKey, plain append: (inout [UInt8]) -> Void) {
        bytes += key.text
        append(&bytes)
    }

    /// In quotes, a quote and a backslash are escaped, so that no value can end itself and begin another field.
    private mutating func append(quotedIfNeeded value: String) {
        guard value.isEmpty || !value.utf8.allSatisfy(Self.isPlain) else { return bytes += value.utf8 }
        bytes.append(UInt8(ascii: "\""))
        append(oneLine: value, escaping: true)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Beyond ASCII there are blanks and line ends as well; quotes hurt nobody there.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// A line break inside a value must not look like a new record, nor a terminal sequence like our own.
    mutating func append(oneLine text: String, escaping: Bool = false) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": bytes += "\\n".utf8
            case "\t": bytes += "\\t".utf8
            case "\r": bytes += "\\r".utf8
            case "\"", "\\":
                if escaping { bytes.append(UInt8(ascii: "\\")) }
                bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case "\u{20}"..."\u{7E}": bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            case "\u{0}"..."\u{9F}", "\u{2028}", "\u{2029}": bytes.append(UInt8(ascii: "?"))
            default: bytes += UTF8.encode(scalar).map { Array($0) } ?? []
            }
        }
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
        FileDescriptorWriter.write(records, to: descriptor) { record, bytes in
            var line = JSONLine(record)
            record.describe(to: &line)
            bytes += line.finished()
        }
    }
}

/// A JSON line that is being written.
private struct JSONLine: LogFieldWriter {
    private static let time = Array(#""time""#.utf8)
    private var json = JSONWriter(capacity: 1_024)

    init(_ record: LogRecord) {
        json.beginObject()
        json.key(quoted: Self.time)
        json.raw { Self.quote(&$0) { RFC3339.append(milliseconds: record.time, to: &$0) } }
        for (name, value) in [
            ("level", record.level.rawValue), ("message", record.message), ("module", record.module),
        ] {
            json.key(name)
            json.string(value)
        }
    }

    mutating func finished() -> [UInt8] {
        json.endObject()
        return json.bytes
    }

    mutating func add(_ name: String, _ value: String) {
        json.key(LogField.jsonName(name))
        switch LogField.kind(of: name) {
        case .text: json.string(value)
        case .number: if LogField.isNumber(value) { json.raw(Array(value.utf8)) } else { json.null() }
        case .boolean: json.bool(value == "true")
        }
    }

    mutating func add(_ key: LogKey, _ value: String) {
        json.key(quoted: key.json)
        json.string(value)
    }

    mutating func add(_ key: LogKey, plain append: (inout [UInt8]) -> Void) {
        json.key(quoted: key.json)
        json.raw { if key.kind == .text { Self.quote(&$0, append) } else { append(&$0) } }
    }

    private static func quote(_ bytes: inout [UInt8], _ append: (inout [UInt8]) -> Void) {
        bytes.append(UInt8(ascii: "\""))
        append(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}
