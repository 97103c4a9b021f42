internal import Jobs
internal import Testing

@Suite struct TextCutTests {
    @Test("Leaves what fits")
    func fits() {
        #expect(TextCut.head("abc\n", limit: 4) == "abc\n")
        #expect(TextCut.tail("abc\n", limit: 4) == "abc\n")
    }

    @Test(
        "Cuts the end at a line border and says so (P-73)",
        arguments: [
            ("first\nsecond\nthird", 14, "first\nsecond\n[cut: 13 of 18 bytes shown]"),
            ("aaaaaaaaaaaaaaaaaaaaa", 8, "aaaaaaaa[cut: 8 of 21 bytes shown]"),
            ("ab\naaaaaaaaaaaaaaaaaa", 12, "ab\naaaaaaaaa[cut: 12 of 21 bytes shown]"),
            ("ééééé", 5, "éé[cut: 4 of 10 bytes shown]"),
            ("👩‍🚀👩‍🚀", 12, "👩‍🚀[cut: 11 of 22 bytes shown]"),
        ])
    func head(_ text: String, _ limit: Int, _ expected: String) {
        #expect(TextCut.head(text, limit: limit) == expected)
    }

    @Test(
        "Cuts the beginning at a line border and says so (P-73)",
        arguments: [
            ("first\nsecond\nthird", 13, "[cut: the last 12 of 18 bytes follow]\nsecond\nthird"),
            ("aaaaaaaaaaaaaaaaaaaaa", 8, "[cut: the last 8 of 21 bytes follow]\naaaaaaaa"),
            ("ééééé", 5, "[cut: the last 4 of 10 bytes follow]\néé"),
        ])
    func tail(_ text: String, _ limit: Int, _ expected: String) {
        #expect(TextCut.tail(text, limit: limit) == expected)
    }
}
