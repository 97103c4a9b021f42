internal import Jobs
internal import Testing

@Suite struct UntrustedTextTests {
    @Test(
        "Removes terminal sequences and control characters (TC-05)",
        arguments: [
            ("plain ✓ text\n\tindented", "plain ✓ text\n\tindented"),
            ("\u{1B}[0;31mTypeError\u{1B}[0m: x", "TypeError: x"),
            ("\u{1B}[38;5;196mred\u{1B}[K", "red"),
            ("\u{9B}31mred\u{9B}0m", "red"),
            ("\u{1B}]0;title\u{07}text", "text"),
            ("\u{1B}]8;;https://evil.example\u{1B}\\link\u{1B}]8;;\u{1B}\\", "link"),
            ("\u{1B}]0;never closed\nnext line", "0;never closed\nnext line"),
            ("\u{1B}(Btext\u{1B}7\u{1B}=", "text"),
            ("a\u{0}b\u{8}c\u{7F}d\u{85}e", "abcde"),
            ("user\u{202E}nimda\u{2066}x", "usernimdax"),
            ("one\r\ntwo\rthree\r", "one\ntwo\nthree\n"),
            ("\u{1B}\u{1B}[1mx", "x"),
            ("half a sequence \u{1B}[", "half a sequence "),
            ("é \u{A0}ü £", "é \u{A0}ü £"),
        ])
    func cleans(_ text: String, _ expected: String) {
        #expect(UntrustedText.cleaned(text) == expected)
    }

    @Test(
        "Makes one line of any text",
        arguments: [
            ("", ""), (" ", ""), ("a", "a"), ("a b", "a b"), (" a", "a"), ("a ", "a"), ("a  b", "a b"), ("a\tb", "a b"),
            ("å b", "å b"), ("password=hunter2", "password=[masked]"), ("a\u{7F}b", "ab"), ("a\u{1B}[1mb", "ab"),
            ("12345678 0", "12345678 0"), ("12345678  0", "12345678 0"), ("1234567890", "1234567890"),
            ("12345678901", "1234567890…"), ("1234567890 ", "1234567890"), ("12345678 901", "12345678 9…"),
        ])
    func makesLines(_ text: String, _ expected: String) {
        #expect(UntrustedText.line(text, limit: text.hasPrefix("password") ? 40 : 10) == expected)
    }

    @Test("Keeps one line and a limit")
    func line() {
        #expect(UntrustedText.line("  a\n\n b\t c  ", limit: 80) == "a b c")
        #expect(UntrustedText.line("abcdef", limit: 4) == "abcd…")
        #expect(UntrustedText.line("abcd", limit: 4) == "abcd")
        #expect(UntrustedText.line(String(repeating: "x", count: 5_000_000), limit: 3) == "xxx…")
    }
}

@Suite struct ByteTextTests {
    @Test(
        "Writes instants as ISO 8601",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00Z"), (1_767_225_600_000, "2026-01-01T00:00:00Z"),
            (1_769_991_300_999, "2026-02-02T00:15:00Z"), (951_782_399_000, "2000-02-28T23:59:59Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"), (4_107_542_400_000, "2100-03-01T00:00:00Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59Z"), (253_402_300_800_000, "253402300800000"), (-1, "-1"),
        ])
    func times(_ milliseconds: Int64, _ expected: String) {
        var text = ByteText()
        text.append(time: milliseconds)
        #expect(text.string == expected)
    }

    @Test(
        "Writes durations as people say them",
        arguments: [
            (Int64(0), "0ms"), (350, "350ms"), (1000, "1s"), (59_999, "59s"), (60_000, "1m"), (612_000, "10m 12s"),
            (3_600_000, "1h"), (3_900_000, "1h 5m"), (90_061_000, "1d 1h"), (-5, "0ms"),
        ])
    func durations(_ milliseconds: Int64, _ expected: String) {
        var text = ByteText()
        text.append(duration: milliseconds)
        #expect(text.string == expected)
    }
}
