/// Points in time as RFC 3339 section 5.6 prints them, in UTC: on every line of a log, and twice on every line of a list.
package enum RFC3339 {
    /// From 0000-01-01T00:00:00Z to 9999-12-31T23:59:59.999Z: what four digits of a year can say.
    private static let printable: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// `2026-09-20T10:11:12.345Z`, or `2026-09-20T10:11:12Z`.
    ///
    /// - Parameters:
    ///   - milliseconds: Since 1970-01-01T00:00:00Z.
    ///   - fraction: Whether milliseconds are shown.
    /// - Returns: 24 characters, or 20 without the fraction; the number itself outside of the years 0 to 9999.
    package static func text(milliseconds: Int64, fraction: Bool = true) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        append(milliseconds: milliseconds, fraction: fraction, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends what ``text(milliseconds:fraction:)`` returns.
    package static func append(milliseconds: Int64, fraction: Bool = true, to bytes: inout [UInt8]) {
        guard printable.contains(milliseconds) else { return bytes.append(contentsOf: String(milliseconds).utf8) }
        let (seconds, rest) = milliseconds.dividedDown(by: 1_000)
        let (days, second) = seconds.dividedDown(by: 86_400)
        let date = CivilDate(daysSince1970: days)
        // One append of a filled-in pattern.
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { text in
            let pattern: StaticString = fraction ? "0000-00-00T00:00:00.000Z" : "0000-00-00T00:00:00Z0000"
            for index in 0..<24 { unsafe text[index] = pattern.utf8Start[index] }
            func put(_ value: Int64, at index: Int) {
                unsafe text[index] += UInt8(truncatingIfNeeded: value / 10)
                unsafe text[index + 1] += UInt8(truncatingIfNeeded: value % 10)
            }
            put(date.year / 100, at: 0)
            put(date.year % 100, at: 2)
            put(date.month, at: 5)
            put(date.day, at: 8)
            put(second / 3_600, at: 11)
            put(second / 60 % 60, at: 14)
            put(second % 60, at: 17)
            if fraction {
                put(rest / 10, at: 20)
                unsafe text[22] += UInt8(truncatingIfNeeded: rest % 10)
            }
            unsafe bytes.append(contentsOf: text[..<(fraction ? 24 : 20)])
        }
    }
}
