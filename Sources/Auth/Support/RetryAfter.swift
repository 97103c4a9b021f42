/// The value of a `Retry-After` field, RFC 9110 section 10.2.3: seconds, or a date.
enum RetryAfter {
    /// The wait in seconds.
    ///
    /// - Parameters:
    ///   - value: The field's value.
    ///   - now: Seconds since 1970, to which a date is compared.
    /// - Returns: 0 or more; `nil` for a value of another form.
    static func seconds(_ value: String, now: Int64) -> Int? {
        if let seconds = Int(value) { return max(seconds, 0) }
        return HTTPDate.seconds(value).map { Int(clamping: max($0 - now, 0)) }
    }
}

/// The preferred form of dates in HTTP, RFC 9110 section 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Seconds since 1970, or `nil` for text of another form, the two obsolete ones included.
    static func seconds(_ text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", words[0].hasSuffix(","), let day = number(words[1], 1...31),
            let month = months.firstIndex(where: { $0 == words[2] }), let year = number(words[3], 1970...9999)
        else { return nil }
        let clock = words[4].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3, let hour = number(clock[0], 0...23), let minute = number(clock[1], 0...59),
            let second = number(clock[2], 0...60)
        else { return nil }
        return daysSince1970(year: year, month: Int64(month) + 1, day: day) * 86_400 + hour * 3_600 + minute * 60
            + second
    }

    private static func number(_ text: Substring, _ range: ClosedRange<Int64>) -> Int64? {
        Int64(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// Counts days in the Gregorian calendar, with years that begin in March so that leap days come last.
    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        let era = marchYear / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
