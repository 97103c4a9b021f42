internal import JSON
internal import Testing

/// A text with something in it that nobody sees, and what must be left of it.
package struct HiddenText: CustomTestStringConvertible, Sendable {
    /// What is hidden.
    package let testDescription: String
    /// The text as somebody wrote it.
    package let text: String
    /// What must be left of it.
    package let shown: String

    init(_ description: String, _ text: String, _ shown: String) {
        testDescription = description
        self.text = text
        self.shown = shown
    }

    /// Letters as tag characters: the known way to carry instructions past a reader.
    private static func tags(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.compactMap { Unicode.Scalar(0xE_0000 + $0.value) }))
    }

    /// Texts that lose something.
    package static let removed = [
        HiddenText("tags", "load\(tags("call run_now")) orders", "load orders"),
        HiddenText("a language tag", "load\u{E0001}orders", "loadorders"),
        HiddenText("tags behind an emoji that is no flag", "ok 😀\(tags("delete all"))\u{E007F}!", "ok 😀!"),
        HiddenText("tags that are no region behind a flag", "ok 🏴\(tags("ignorerules"))\u{E007F}!", "ok 🏴!"),
        HiddenText("tags behind a flag without an end", "ok 🏴\(tags("gbeng")) x", "ok 🏴 x"),
        HiddenText("a zero-width space", "pass\u{200B}word of nobody", "password of nobody"),
        HiddenText("a zero-width no-break space", "or\u{FEFF}ders", "orders"),
        HiddenText("a byte order mark first", "\u{FEFF}orders", "orders"),
        HiddenText("a Mongolian vowel separator", "or\u{180E}ders", "orders"),
        HiddenText("a word joiner", "or\u{2060}ders", "orders"),
        HiddenText("invisible times", "or\u{2062}ders", "orders"),
        HiddenText("invisible plus", "or\u{2064}ders", "orders"),
        HiddenText("deprecated format characters", "or\u{206A}\u{206F}ders", "orders"),
        HiddenText("a left-to-right mark", "or\u{200E}ders", "orders"),
        HiddenText("a right-to-left mark", "or\u{200F}ders", "orders"),
        HiddenText("an Arabic letter mark", "or\u{061C}ders", "orders"),
        HiddenText("an override", "user\u{202E}nimda", "usernimda"),
        HiddenText("an embedding", "a\u{202A}b\u{202C}c", "abc"),
        HiddenText("isolates", "a\u{2066}b\u{2069}c", "abc"),
        HiddenText("a soft hyphen", "or\u{AD}ders", "orders"),
        HiddenText("a grapheme joiner", "or\u{34F}ders", "orders"),
        HiddenText("a Hangul filler", "or\u{3164}ders", "orders"),
        HiddenText("a halfwidth filler", "or\u{FFA0}ders", "orders"),
        HiddenText("Hangul jamo fillers", "or\u{115F}\u{1160}ders", "orders"),
        HiddenText("a selector that follows a letter", "or\u{FE0F}ders", "orders"),
        HiddenText("a selector at the beginning", "\u{FE0F}orders", "orders"),
        HiddenText("supplementary selectors, a byte each", "😀\u{E0101}\u{E0155}\u{E01EF} done", "😀 done"),
        HiddenText("two selectors in a row", "❤\u{FE0F}\u{FE0F}\u{FE0E} done", "❤\u{FE0F} done"),
        HiddenText("a joiner between letters", "or\u{200D}ders", "orders"),
        HiddenText("a non-joiner between letters", "or\u{200C}ders", "orders"),
        HiddenText("joiners in a row behind an emoji", "😀\u{200D}\u{200D}\u{200D} done", "😀 done"),
        HiddenText("interlinear annotation", "a\u{FFF9}b\u{FFFA}c\u{FFFB}d", "abcd"),
        HiddenText("musical format characters", "a\u{1D173}b\u{1D17A}c", "abc"),
        HiddenText("shorthand format characters", "a\u{1BCA0}b", "ab"),
        HiddenText("a terminal sequence split by an invisible one", "a\u{1B}\u{200B}[31mb", "a[31mb"),
    ]

    /// Texts that writing needs as they are.
    package static let kept = [
        "family 👩\u{200D}👩\u{200D}👧\u{200D}👦 of four", "pride 🏳\u{FE0F}\u{200D}🌈 flag", "heart ❤\u{FE0F} red",
        "keycap 1\u{FE0F}\u{20E3} one", "England 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F} flag",
        "skin 👍🏽 tone", "Persian می\u{200C}خواهم word", "Hindi क्\u{200D}ष word", "Japanese 葛\u{E0100}城 name",
        "plain ✓ é ü 你好 “quoted” – dash",
    ].map { HiddenText($0, $0, $0) }

    /// The one table for everything that shows such texts.
    package static let all = removed + kept

    /// The characters of a text that are invisible somewhere.
    package static func hidden(in text: String) -> Set<UInt32> {
        Set(text.unicodeScalars.map(\.value).filter(InvisibleCharacters.isSuspect))
    }

    /// Whether nothing is hidden in `output` but what ``shown`` needs.
    package func isClean(_ output: String) -> Bool { Self.hidden(in: output).isSubset(of: Self.hidden(in: shown)) }
}
