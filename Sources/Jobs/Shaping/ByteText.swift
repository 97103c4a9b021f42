/// Text as bytes that grows by appending: digests and times are written into it without a `String` per piece.
package struct ByteText {
    /// What was appended.
    package private(set) var bytes: [UInt8] = []

    /// An empty text with room for `capacity` bytes.
    package init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    var count: Int { bytes.count }
    var isEmpty: Bool { bytes.isEmpty }
    /// The text; whatever was appended is valid UTF-8.
    package var string: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(byte: UInt8) { bytes.append(byte) }

    mutating func append(_ literal: StaticString) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func append(contentsOf other: ArraySlice<UInt8>) { bytes.append(contentsOf: other) }

    /// The text without a line break at its end, cut after a line when it is longer than `limit` bytes.
    func string(limit: Int) -> String {
        guard bytes.count > limit else {
            return String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
        }
        let marker = "[cut]"
        let head = bytes[..<(limit - marker.utf8.count)]
        let end = head.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return String(decoding: head[..<end], as: UTF8.self) + marker
    }

    /// Takes back what was appended after the text had `count` bytes.
    mutating func truncate(to count: Int) { bytes.removeLast(bytes.count - count) }

    mutating func append(_ number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        append(digitsOf: number.magnitude, width: 1)
    }

    /// Appends `number` with at least `width` digits.
    mutating func append(digitsOf number: UInt64, width: Int) {
        var rest = number
        let start = bytes.count
        var digits = 0
        while rest > 0 || digits < width {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: remainder))
            rest = quotient
            digits += 1
        }
        bytes[start...].reverse()
    }
}

extension ByteText {
    /// The last instant that four-digit years can show: 9999-12-31T23:59:59.999Z.
    private static let lastMillisecond: Int64 = 253_402_300_799_999

    /// Appends an instant in seconds, such as `2026-01-01T00:00:00Z`.
    ///
    /// - Parameter milliseconds: Milliseconds since the epoch, UTC (D-02). Beyond year 9999 the number itself is written.
    package mutating func append(time milliseconds: Int64) {
        guard (0...Self.lastMillisecond).contains(milliseconds) else { return append(milliseconds) }
        let seconds = milliseconds / 1000
        let date = CivilDate(daysSinceEpoch: seconds / 86400)
        append(digitsOf: UInt64(date.year), width: 4)
        bytes.append(UInt8(ascii: "-"))
        append(digitsOf: UInt64(date.month), width: 2)
        bytes.append(UInt8(ascii: "-"))
        append(digitsOf: UInt64(date.day), width: 2)
        bytes.append(UInt8(ascii: "T"))
        let secondOfDay = UInt64(seconds % 86400)
        append(digitsOf: secondOfDay / 3600, width: 2)
        bytes.append(UInt8(ascii: ":"))
        append(digitsOf: secondOfDay / 60 % 60, width: 2)
        bytes.append(UInt8(ascii: ":"))
        append(digitsOf: secondOfDay % 60, width: 2)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// Appends a span of time as people say it: `350ms`, `12s`, `10m 12s`, `1h 5m`, `3d 4h`.
    package mutating func append(duration milliseconds: Int64) {
        guard milliseconds >= 1000 else {
            append(max(0, milliseconds))
            return append("ms")
        }
        let seconds = milliseconds / 1000
        switch seconds {
        case ..<60: append(seconds, "s", 0, "")
        case ..<3600: append(seconds / 60, "m", seconds % 60, "s")
        case ..<86400: append(seconds / 3600, "h", seconds / 60 % 60, "m")
        default: append(seconds / 86400, "d", seconds / 3600 % 24, "h")
        }
    }

    private mutating func append(_ large: Int64, _ largeUnit: StaticString, _ small: Int64, _ smallUnit: StaticString) {
        append(large)
        append(largeUnit)
        guard small > 0 else { return }
        bytes.append(UInt8(ascii: " "))
        append(small)
        append(smallUnit)
    }
}
