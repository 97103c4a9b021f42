/// The dates of HTTP, RFC 9110 section 5.6.7.
package enum HTTPDate {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the form that is sent.
    ///
    /// - Parameter seconds: Since 1970-01-01T00:00:00Z.
    /// - Returns: 29 characters for the years 0 to 9999.
    package static func text(_ seconds: Int64) -> String {
        let (days, second) = seconds.dividedDown(by: 86_400)
        let date = CivilDate(daysSince1970: days)
        let weekday = weekdays[Int((days + 4).dividedDown(by: 7).remainder)]  // 1970 began on a Thursday
        let clock = RFC3339.text(milliseconds: second * 1_000, fraction: false).dropFirst(11).dropLast()
        let year = String(date.year)
        return "\(weekday), \(date.day < 10 ? "0" : "")\(date.day) \(months[Int(date.month) - 1]) "
            + "\(String(repeating: "0", count: max(0, 4 - year.utf8.count)))\(year) \(clock) GMT"
    }

    /// Reads all three forms, as a recipient must: the one that is sent, that of RFC 850 and that of `asctime`.
    ///
    /// The day of the week has to be one, and not the right one.
    ///
    /// - Parameters:
    ///   - text: The whole value of a field.
    ///   - now: Seconds since 1970, by which the two-digit years of RFC 850 are understood: at most 50 years ahead.
    /// - Returns: Seconds since 1970, or `nil` for text of another form and for days and times that do not exist.
    package static func seconds(_ text: String, now: Int64) -> Int64? {
        var reader = Reader(rest: text.utf8[...])
        let moment: Moment?
        if reader.name(of: longWeekdays) != nil {
            moment = obsolete(&reader, now: now)
        } else if reader.name(of: weekdays) != nil {
            moment = reader.take(", ") ? present(&reader) : asctime(&reader)
        } else {
            moment = nil
        }
        guard let moment, let date = moment.date, reader.rest.isEmpty else { return nil }
        return date.daysSince1970 * 86_400 + moment.second
    }

    fileprivate static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let longWeekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]

    private typealias Moment = (date: CivilDate?, second: Int64)

    /// `06 Nov 1994 08:49:37 GMT`.
    private static func present(_ reader: inout Reader) -> Moment? {
        guard let day = reader.number(digits: 2), let month = reader.month(between: " "),
            let year = reader.number(digits: 4), reader.take(" "), let second = reader.clock(then: " GMT")
        else { return nil }
        return (CivilDate(year: year, month: month, day: day), second)
    }

    /// `, 06-Nov-94 08:49:37 GMT`.
    private static func obsolete(_ reader: inout Reader, now: Int64) -> Moment? {
        guard reader.take(", "), let day = reader.number(digits: 2), let month = reader.month(between: "-"),
            let shortYear = reader.number(digits: 2), reader.take(" "), let second = reader.clock(then: " GMT")
        else { return nil }
        let (days, secondOfToday) = now.dividedDown(by: 86_400)
        let today = CivilDate(daysSince1970: days)
        let latest = today.year + 50
        var year = latest - (latest - shortYear).dividedDown(by: 100).remainder
        if year == latest, (month, day, second) > (today.month, today.day, secondOfToday) { year -= 100 }
        return (CivilDate(year: year, month: month, day: day), second)
    }

    /// ` Nov  6 08:49:37 1994`.
    private static func asctime(_ reader: inout Reader) -> Moment? {
        guard let month = reader.month(between: " "), let day = reader.number(digits: reader.take(" ") ? 1 : 2),
            reader.take(" "), let second = reader.clock(then: " "), let year = reader.number(digits: 4)
        else { return nil }
        return (CivilDate(year: year, month: month, day: day), second)
    }
}

/// What is left of a date.
private struct Reader {
    var rest: Substring.UTF8View

    mutating func take(_ literal: String) -> Bool {
        guard rest.starts(with: literal.utf8) else { return false }
        rest = rest.dropFirst(literal.utf8.count)
        return true
    }

    /// A number of just so many digits.
    mutating func number(digits: Int) -> Int64? {
        let text = rest.prefix(digits)
        guard text.count == digits, text.allSatisfy(\.isDigit) else { return nil }
        rest = rest.dropFirst(digits)
        return text.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    /// The place of the name that stands here.
    mutating func name(of names: [String]) -> Int? { names.firstIndex { take($0) } }

    /// 1 to 12, of a name between two separators.
    mutating func month(between separator: String) -> Int64? {
        guard take(separator), let index = name(of: HTTPDate.months), take(separator) else { return nil }
        return Int64(index) + 1
    }

    /// The second of the day of `08:49:37`; 60 is a leap second.
    mutating func clock(then end: String) -> Int64? {
        guard let hour = number(digits: 2), hour < 24, take(":"), let minute = number(digits: 2), minute < 60,
            take(":"), let second = number(digits: 2), second <= 60, take(end)
        else { return nil }
        return (hour * 60 + minute) * 60 + second
    }
}

/// The value of a `Retry-After` field, RFC 9110 section 10.2.3: seconds, or a date.
package enum RetryAfter {
    /// How long to wait.
    ///
    /// - Parameters:
    ///   - value: The field's value.
    ///   - now: Seconds since 1970, to which a date is compared; one in the past means "at once".
    /// - Returns: Seconds, 0 or more, without any bound above: the caller has one. `nil` for a value of another form.
    package static func seconds(_ value: String, now: Int64) -> Int64? {
        if !value.isEmpty, value.utf8.allSatisfy(\.isDigit) { return Int64(value) ?? .max }
        return HTTPDate.seconds(value, now: now).map { max($0 - now, 0) }
    }
}
