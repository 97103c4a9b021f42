internal import HTTPSyntax

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
        // From the back into 20 bytes on the stack, as many as the sign and 19 digits of the smallest number take.
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            var start = 20
            var rest = number.magnitude
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                start -= 1
                unsafe buffer[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
                rest = quotient
            } while rest > 0
            if number < 0 {
                start -= 1
                unsafe buffer[start] = UInt8(ascii: "-")
            }
            unsafe bytes.append(contentsOf: buffer[start...])
        }
    }
}

extension ByteText {
    /// Appends an instant in seconds, such as `2026-01-01T00:00:00Z`.
    ///
    /// - Parameter milliseconds: Milliseconds since the epoch, UTC (D-02). What no run can have, a moment before the epoch
    ///   or beyond the year 9999, is written as the number itself.
    package mutating func append(time milliseconds: Int64) {
        guard milliseconds >= 0 else { return append(milliseconds) }
        RFC3339.append(milliseconds: milliseconds, fraction: false, to: &bytes)
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
