internal import HTTPSyntax
internal import Testing

@Suite struct CivilDateTests {
    @Test(
        "Counts days from 1970 both ways",
        arguments: [
            (0, 1970, 1, 1), (-1, 1969, 12, 31), (11_016, 2000, 2, 29), (11_017, 2000, 3, 1), (47_540, 2100, 2, 28),
            (47_541, 2100, 3, 1), (-719_528, 0, 1, 1), (2_932_896, 9999, 12, 31),
        ] as [(Int64, Int64, Int64, Int64)])
    func counts(days: Int64, year: Int64, month: Int64, day: Int64) {
        let date = CivilDate(daysSince1970: days)
        #expect([date.year, date.month, date.day] == [year, month, day])
        #expect(CivilDate(year: year, month: month, day: day)?.daysSince1970 == days)
    }

    @Test("Follows every day of the calendar's 400 years by the next one")
    func everyDay() {
        var last = CivilDate(daysSince1970: -62_092)
        for days in Int64(-62_091)...84_006 {
            let date = CivilDate(daysSince1970: days)
            let isNext =
                date.day == last.day + 1 && (date.month, date.year) == (last.month, last.year)
                || date.day == 1 && date.month == last.month + 1 && date.year == last.year && last.day >= 28
                || (date.day, date.month, date.year) == (1, 1, last.year + 1)
            guard isNext, date.daysSince1970 == days else {
                Issue.record("\(date) after \(last)")
                return
            }
            last = date
        }
        #expect(last == CivilDate(year: 2200, month: 1, day: 1))
    }

    @Test(
        "Knows no day that there is not",
        arguments: [
            (2026, 2, 29), (2100, 2, 29), (2026, 4, 31), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32),
            (-1, 1, 1), (10_000, 1, 1), (.max, 1, 1), (2026, .min, 1),
        ] as [(Int64, Int64, Int64)])
    func refuses(year: Int64, month: Int64, day: Int64) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test("The wall clock is past the day on which this was written")
    func wallClock() {
        #expect(WallClock.milliseconds() > 1_767_225_600_000)
        #expect(WallClock.seconds() > 1_767_225_600)
    }
}

@Suite struct RFC3339Tests {
    @Test(
        "Prints instants in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_767_225_600_000, "2026-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_001, "2100-02-28T23:59:59.001Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func prints(milliseconds: Int64, text: String) {
        #expect(RFC3339.text(milliseconds: milliseconds) == text)
        #expect(RFC3339.text(milliseconds: milliseconds, fraction: false) == text.prefix(19) + "Z")
    }

    @Test("Prints the number itself where four digits of a year do not reach")
    func beyond() {
        for milliseconds in [Int64.min, -62_167_219_200_001, 253_402_300_800_000, .max] {
            #expect(RFC3339.text(milliseconds: milliseconds) == String(milliseconds))
        }
    }
}

@Suite struct HTTPDateTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110 section 5.6.7.
    private static let example: Int64 = 784_111_777
    /// 2026-09-21T14:13:20Z.
    private static let now: Int64 = 1_790_000_000

    @Test(
        "Writes the preferred form, and reads it again",
        arguments: [
            (example, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_790_000_000, "Mon, 21 Sep 2026 14:13:20 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (-62_167_219_200, "Sat, 01 Jan 0000 00:00:00 GMT"),
        ] as [(Int64, String)])
    func preferred(seconds: Int64, text: String) {
        #expect(HTTPDate.text(seconds) == text)
        #expect(HTTPDate.seconds(text, now: Self.now) == seconds)
    }

    @Test(
        "Reads the two obsolete forms, as a recipient must",
        arguments: [
            ("Sunday, 06-Nov-94 08:49:37 GMT", example), ("Sun Nov  6 08:49:37 1994", example),
            ("Wed Nov 16 08:49:37 1994", example + 864_000), ("Tuesday, 29-Feb-00 00:00:00 GMT", 951_782_400),
            // 2026 is now: a year within the next fifty is of this century, a later one of the last.
            ("Monday, 21-Sep-26 14:13:20 GMT", now), ("Saturday, 01-Jan-76 00:00:00 GMT", 3_345_062_400),
            ("Monday, 21-Sep-76 14:13:20 GMT", 3_367_923_200), ("Tuesday, 21-Sep-76 14:13:21 GMT", 212_163_201),
            ("Saturday, 01-Jan-77 00:00:00 GMT", 220_924_800),
        ] as [(String, Int64)])
    func obsolete(text: String, seconds: Int64) {
        #expect(HTTPDate.seconds(text, now: Self.now) == seconds)
    }

    @Test("A leap second is a second, and the day of the week need not be right")
    func lenience() {
        #expect(HTTPDate.seconds("Sat, 31 Dec 2016 23:59:60 GMT", now: Self.now) == 1_483_228_800)
        #expect(HTTPDate.seconds("Mon, 06 Nov 1994 08:49:37 GMT", now: Self.now) == Self.example)
    }

    @Test(
        "Reads nothing else",
        arguments: [
            "", "Sun", "Sun,", "soon", "Sun, 06 Nov 1994", "06 Nov 1994 08:49:37 GMT", "Foo, 06 Nov 1994 08:49:37 GMT",
            // What a copy of this rule once read.
            "Sun, 06 Nov 1994 08::49:37 GMT", "Sun, 06 Nov 1994 :08:49:37 GMT", "Sun, 06 Nov 1994 +8:49:37 GMT",
            "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT", "X, 06 Nov 1994 08:49:37 GMT",
            "Sun,  06  Nov  1994  08:49:37  GMT", "Sun, 06 Nov +994 08:49:37 GMT", "Sun, 06 Nov 1994 8:9:7 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
            "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 GMT ",
            " Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37", "Sunday, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT", "Sun Nov 6 08:49:37 1994",
            "Sun Nov  6 08:49:37 94", "Sun Nov  6 08:49:37 1994 GMT", " Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 ０８:49:37 GMT",
        ])
    func refuses(text: String) {
        #expect(HTTPDate.seconds(text, now: Self.now) == nil)
    }
}

@Suite struct RetryAfterTests {
    private static let now: Int64 = 784_111_777

    @Test(
        "Reads seconds and dates (RFC 9110 section 10.2.3)",
        arguments: [
            ("0", 0), ("120", 120), ("007", 7), ("9223372036854775807", .max), ("99999999999999999999", .max),
            ("Sun, 06 Nov 1994 08:49:40 GMT", 3), ("Sun, 06 Nov 1994 08:49:30 GMT", 0),
            ("Sunday, 06-Nov-94 08:49:40 GMT", 3), ("Sun Nov  6 08:49:40 1994", 3),
        ] as [(String, Int64)])
    func reads(value: String, seconds: Int64) {
        #expect(RetryAfter.seconds(value, now: Self.now) == seconds)
    }

    @Test("Reads nothing else", arguments: ["", "-3", "+3", "1.5", "1 ", "3s", "soon", "٣", "08::49:37"])
    func refuses(value: String) {
        #expect(RetryAfter.seconds(value, now: Self.now) == nil)
    }
}
