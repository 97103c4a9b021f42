internal import HTTPSyntax

/// Reads a bound of a time range as people and assistants write it (P-80).
enum TimeBound {
    static let examples =
        "Write an ISO 8601 time such as 2026-02-02T00:15:00Z, a date such as 2026-02-02 (UTC), "
        + "or how long ago, such as 24h or 7d."

    /// - Parameters:
    ///   - text: What the caller wrote.
    ///   - now: Milliseconds since the epoch, from which `24h` counts back.
    ///   - isEnd: Whether a date means the end of its day.
    /// - Returns: Milliseconds since the epoch, or `nil` when `text` is none of the three forms.
    static func milliseconds(_ text: String, now: Int64, isEnd: Bool) -> Int64? {
        if text == "now" { return now }
        return ago(text).map { max(0, now - $0) } ?? instant(text, isEnd: isEnd)
    }

    /// `90s`, `30m`, `24h`, `7d`, `2w`.
    private static func ago(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        guard let unit = text.last.flatMap({ units[$0] }), let count = digits(text.dropLast()), count < 1_000_000
        else { return nil }
        return count * unit * 1000
    }

    private static func instant(_ text: String, isEnd: Bool) -> Int64? {
        guard let day = date(text.prefix(10)) else { return nil }
        let start = day * 86_400_000
        let rest = text.dropFirst(10)
        guard let mark = rest.first else { return isEnd ? start + 86_399_999 : start }
        guard mark == "T" || mark == "t" || mark == " ", let (time, zone) = split(rest.dropFirst()),
            let clock = clock(time), let offset = offset(zone)
        else { return nil }
        return start + clock - offset
    }

    /// Days since the epoch of `2026-02-02`; a day that does not exist is none.
    private static func date(_ text: Substring) -> Int64? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.count) == [4, 2, 2], let year = digits(parts[0]), year >= 1970,
            let month = digits(parts[1]), let day = digits(parts[2])
        else { return nil }
        return CivilDate(year: year, month: month, day: day)?.daysSince1970
    }

    /// Time of day and zone; without a zone it is UTC.
    private static func split(_ text: Substring) -> (time: Substring, zone: Substring)? {
        let border = text.firstIndex { "Zz+-".contains($0) } ?? text.endIndex
        return (text[..<border], text[border...])
    }

    /// Milliseconds of `00:15`, `00:15:30`, `00:15:30.250`.
    private static func clock(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, parts[0].count == 2, parts[1].count == 2,
            let hour = digits(parts[0]), hour < 24, let minute = digits(parts[1]), minute < 60
        else { return nil }
        let start = (hour * 60 + minute) * 60_000
        guard parts.count == 3 else { return start }
        let second = parts[2].split(separator: ".", omittingEmptySubsequences: false)
        guard second.count <= 2, second[0].count == 2, let whole = digits(second[0]), whole <= 60 else { return nil }
        guard second.count == 2 else { return start + whole * 1000 }
        guard let fraction = digits((second[1] + "00").prefix(3)), !second[1].isEmpty else { return nil }
        return start + whole * 1000 + fraction
    }

    /// Milliseconds east of UTC of ``, `Z`, `+01:00`, `-0530`.
    private static func offset(_ text: Substring) -> Int64? {
        guard let sign = text.first else { return 0 }
        let rest = text.dropFirst()
        if sign == "Z" || sign == "z" { return rest.isEmpty ? 0 : nil }
        let numbers = rest.filter { $0 != ":" }
        guard numbers.count == 4, let hours = digits(numbers.prefix(2)), hours < 24,
            let minutes = digits(numbers.suffix(2)), minutes < 60
        else { return nil }
        return (hours * 60 + minutes) * (sign == "-" ? -60_000 : 60_000)
    }

    private static func digits(_ text: some StringProtocol) -> Int64? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }
}
