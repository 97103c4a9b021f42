internal import Glibc

/// A day of the Gregorian calendar, by arithmetic alone: no locale, no time zone, no allocation.
///
/// - SeeAlso: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years start in March, so that the leap day
///   is the last of its year.
package struct CivilDate: Sendable, Equatable {
    /// As the proleptic Gregorian calendar counts them, 0 before 1.
    package let year: Int64
    /// 1 to 12.
    package let month: Int64
    /// 1 to 31.
    package let day: Int64

    /// A day by its name.
    ///
    /// - Returns: `nil` for a day that no year from 0 to 9999 has, such as 30 February.
    package init?(year: Int64, month: Int64, day: Int64) {
        guard (0...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        self.year = year
        self.month = month
        self.day = day
        guard CivilDate(daysSince1970: daysSince1970) == self else { return nil }
    }

    /// The day that is `days` after 1970-01-01, before it if negative.
    package init(daysSince1970 days: Int64) {
        let (era, dayOfEra) = (days + 719_468).dividedDown(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days after 1970-01-01, negative before it.
    package var daysSince1970: Int64 {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).dividedDown(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

/// The clock that people read, which somebody can set: for dates, never for measuring a time or keeping a deadline.
package enum WallClock {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package static func milliseconds() -> Int64 {
        var time = timespec()
        // Fails only for an unknown clock or a bad address, clock_gettime(2).
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    package static func seconds() -> Int64 { milliseconds() / 1_000 }
}

extension Int64 {
    /// Quotient and remainder of a division that rounds down, so that the remainder is never negative.
    func dividedDown(by unit: Int64) -> (quotient: Int64, remainder: Int64) {
        let remainder = self % unit
        return remainder < 0 ? (self / unit - 1, remainder + unit) : (self / unit, remainder)
    }
}
