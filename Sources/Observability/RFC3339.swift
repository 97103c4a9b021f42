internal import Glibc

/// Points in time as RFC 3339 prints them, in UTC, by arithmetic alone: it runs on every log line.
package enum RFC3339 {
    /// Milliseconds since 1970-01-01T00:00:00Z by the wall clock.
    package static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// `2026-09-20T10:11:12.345Z`, or `2026-09-20T10:11:12Z`.
    ///
    /// - Parameters:
    ///   - milliseconds: Since 1970-01-01T00:00:00Z; years 0 to 9999 print as four digits.
    ///   - fraction: Whether milliseconds are shown.
    /// - Returns: 24 characters, or 20 without the fraction.
    package static func text(milliseconds: Int64, fraction: Bool = true) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        append(milliseconds: milliseconds, fraction: fraction, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends what ``text(milliseconds:fraction:)`` returns.
    static func append(milliseconds: Int64, fraction: Bool = true, to bytes: inout [UInt8]) {
        let (seconds, rest) = floored(milliseconds, by: 1_000)
        let (days, secondOfDay) = floored(seconds, by: 86_400)
        let (year, month, day) = civil(days: days)
        append(year, digits: 4, then: "-", to: &bytes)
        append(month, digits: 2, then: "-", to: &bytes)
        append(day, digits: 2, then: "T", to: &bytes)
        append(secondOfDay / 3_600, digits: 2, then: ":", to: &bytes)
        append(secondOfDay / 60 % 60, digits: 2, then: ":", to: &bytes)
        append(secondOfDay % 60, digits: 2, then: fraction ? "." : "Z", to: &bytes)
        if fraction { append(rest, digits: 3, then: "Z", to: &bytes) }
    }

    private static func append(_ value: Int64, digits: Int, then end: Unicode.Scalar, to bytes: inout [UInt8]) {
        DecimalText.append(value.magnitude, digits: digits, to: &bytes)
        bytes.append(UInt8(ascii: end))
    }

    private static func floored(_ value: Int64, by unit: Int64) -> (quotient: Int64, remainder: Int64) {
        let remainder = value % unit
        return remainder < 0 ? (value / unit - 1, remainder + unit) : (value / unit, remainder)
    }

    /// Days since 1970-01-01 as a Gregorian date: eras of 400 years that start on 1 March (Hinnant, `civil_from_days`).
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floored(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}
