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
