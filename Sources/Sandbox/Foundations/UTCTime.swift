/// A moment taken apart in the proleptic Gregorian calendar, UTC.
struct UTCTime {
    static let millisecondsPerDay: Int64 = 86_400_000

    let year: Int64
    let month: Int64
    let day: Int64
    let secondOfDay: Int64

    private let daysSince1970: Int64

    /// Takes apart seconds since 1970; the date part is the algorithm `civil_from_days` of Howard Hinnant.
    init(seconds: Int64) {
        daysSince1970 = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
        secondOfDay = seconds - daysSince1970 * 86_400
        let shifted = daysSince1970 + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    private var clock: String {
        "\(padded(secondOfDay / 3600)):\(padded(secondOfDay / 60 % 60)):\(padded(secondOfDay % 60))"
    }

    /// `2026-02-02`, as `{{job.start_time.iso_date}}` becomes.
    var isoDate: String { "\(padded(year, 4))-\(padded(month))-\(padded(day))" }

    /// `2026-09-20 10:11:12Z`, as in Entra's error bodies.
    var entraTimestamp: String { "\(isoDate) \(clock)Z" }

    /// `Sun, 20 Sep 2026 10:11:12 GMT`: an HTTP date, RFC 9110 section 5.6.7.
    var httpDate: String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]  // 1 January 1970 was a Thursday
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekday = weekdays[Int((daysSince1970 % 7 + 7) % 7)]
        return "\(weekday), \(padded(day)) \(months[Int(month - 1)]) \(padded(year, 4)) \(clock) GMT"
    }

    private func padded(_ number: Int64, _ width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
