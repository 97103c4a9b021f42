internal import Glibc
internal import NIOConcurrencyHelpers

/// The `Date` of a response, RFC 9110 section 6.6.1: made once per second.
enum HTTPDate {
    private static let latest = NIOLockedValueBox<(second: Int, text: String)>((-1, ""))

    /// The present date.
    static func now() -> String {
        let second = Glibc.time(nil)
        return latest.withLockedValue { latest in
            if latest.second != second { latest = (second, text(second)) }
            return latest.text
        }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, RFC 9110 section 5.6.7.
    ///
    /// - Parameter second: Since 1970-01-01T00:00:00Z, which was a Thursday; not negative.
    /// - Returns: 29 characters for years of four digits.
    static func text(_ second: Int) -> String {
        let (days, secondOfDay) = (second / 86_400, second % 86_400)
        let (year, month, day) = civil(days: days)
        let clock = [secondOfDay / 3_600, secondOfDay / 60 % 60, secondOfDay % 60].map(twoDigits)
        return "\(weekdays[days % 7]), \(twoDigits(day)) \(months[month - 1]) \(year) "
            + "\(clock.joined(separator: ":")) GMT"
    }

    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// The day of the Gregorian calendar: counts in years that begin in March, so that a leap day is their last.
    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468  // days from 0000-03-01
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        return (
            yearOfEra + era * 400 + (month < 10 ? 0 : 1), month < 10 ? month + 3 : month - 9,
            dayOfYear - (153 * month + 2) / 5 + 1
        )
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
