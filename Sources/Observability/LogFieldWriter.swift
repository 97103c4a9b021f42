internal import Systemd

/// A field's name in each form that a log can have, made once.
struct LogKey: Sendable {
    /// `auth.ms`.
    let name: String
    /// ` auth.ms=`, as a line of text has it.
    let text: [UInt8]
    /// `"auth_ms"`, as a JSON line has it.
    let json: [UInt8]
    /// `AUTH_MS`, as the journal has it.
    let journal: String
    /// What a JSON line makes of the value.
    let kind: LogField.Kind

    init(_ name: String) {
        self.name = name
        text = Array(" \(name)=".utf8)
        json = Array("\"\(LogField.jsonName(name))\"".utf8)
        journal = Journal.fieldName(for: name)
        kind = LogField.kind(of: name)
    }
}

/// One form of a record: takes its fields one after the other, in the order in which they are to stand.
protocol LogFieldWriter {
    /// Adds a field whose name is made only now.
    mutating func add(_ name: String, _ value: String)
    /// Adds a field whose value may hold any character.
    mutating func add(_ key: LogKey, _ value: String)
    /// Adds a field whose value consists of visible ASCII characters other than quotes and backslashes.
    mutating func add(_ key: LogKey, plain append: (inout [UInt8]) -> Void)
}

extension LogFieldWriter {
    /// Adds a text, if there is one.
    mutating func add(_ key: LogKey, _ value: String?) {
        if let value { add(key, value) }
    }

    /// Adds a word of ours, from a closed set.
    mutating func add(_ key: LogKey, word: String) {
        add(key, plain: { $0 += word.utf8 })
    }

    /// Adds a whole number, if there is one.
    mutating func add(_ key: LogKey, _ value: Int?) {
        guard let value else { return }
        add(key, plain: { DecimalText.append(Int64(value), to: &$0) })
    }

    /// Adds a time in milliseconds with three decimals, if there is one.
    mutating func add(_ key: LogKey, milliseconds value: Duration?) {
        guard let value else { return }
        add(key, plain: { value.appendLogMilliseconds(to: &$0) })
    }
}

/// The fields of a record as a list, for whoever wants to look at them.
struct LogFieldList: LogFieldWriter {
    private(set) var fields: [(key: String, value: String)] = []

    mutating func add(_ name: String, _ value: String) { fields.append((key: name, value: value)) }

    mutating func add(_ key: LogKey, _ value: String) { add(key.name, value) }

    mutating func add(_ key: LogKey, plain append: (inout [UInt8]) -> Void) {
        var bytes: [UInt8] = []
        append(&bytes)
        add(key.name, String(decoding: bytes, as: UTF8.self))
    }
}

/// Whole numbers as text.
enum DecimalText {
    /// Appends the digits of `value`.
    static func append(_ value: Int64, to bytes: inout [UInt8]) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        append(value.magnitude, digits: 1, to: &bytes)
    }

    /// Appends at least `digits` digits of `value`, with zeros in front.
    static func append(_ value: UInt64, digits: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = value
        while rest > 0 || bytes.count - start < digits {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
            rest = quotient
        }
        bytes[start...].reverse()
    }
}
