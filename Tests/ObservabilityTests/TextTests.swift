internal import Observability
internal import Testing

@Suite struct LogSafeTextTests {
    @Test(
        "Replaces what could forge a log line or a terminal sequence (E-153)",
        arguments: [
            ("plain value", "plain value"), ("a\nb\r\tc", "a?b??c"), ("\u{1B}[31mred", "?[31mred"),
            ("say \"hi\" \\o/", "say ?hi? ?o/"), ("bidi \u{202E}abc", "bidi ?abc"), ("line\u{2028}sep", "line?sep"),
            ("nul\u{0}", "nul?"), ("größe", "größe"),
        ])
    func cleans(text: String, cleaned: String) {
        #expect(LogSafeText.clean(text) == cleaned)
    }

    @Test("Cuts at the limit and shows the cut")
    func cuts() {
        #expect(LogSafeText.clean(String(repeating: "x", count: 200), limit: 10) == "xxxxxxxxxx…")
        #expect(LogSafeText.clean("xxxxxxxxxx", limit: 10) == "xxxxxxxxxx")
    }

    @Test(
        "A client's request id is visible ASCII of at most 128 characters (K-20)",
        arguments: [
            ("abc-123", true), ("", false), ("with space", false), ("tab\t", false), ("größe", false),
            (String(repeating: "x", count: 128), true), (String(repeating: "x", count: 129), false),
        ])
    func visible(text: String, isVisible: Bool) {
        #expect(LogSafeText.isVisibleASCII(text) == isVisible)
    }
}

@Suite struct RFC3339Tests {
    @Test(
        "Prints instants in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_767_225_600_000, "2026-01-01T00:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_399_001, "2100-02-28T23:59:59.001Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func prints(milliseconds: Int64, text: String) {
        #expect(RFC3339.text(milliseconds: milliseconds) == text)
        #expect(RFC3339.text(milliseconds: milliseconds, fraction: false) == text.prefix(19) + "Z")
    }
}
