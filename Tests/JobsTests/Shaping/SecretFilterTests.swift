internal import Jobs
internal import Testing

/// The quick look at a text and the thorough one must agree, wherever in a text a mark stands.
@Suite struct SecretFilterTests {
    @Test(
        "Meets each mark at any place of a text, in any case, up to its last byte", arguments: SecretNeedle.all.indices)
    func meets(_ index: Int) {
        let needle = SecretNeedle.all[index]
        let (even, odd) = (needle.pairs.0, needle.pairs.1)
        #expect((even + odd) % 2 != 0, "one pair at an even place and one at an odd")
        let mark = String(decoding: needle.text, as: UTF8.self)
        for spelling in needle.ignoresCase ? [mark, mark.uppercased()] : [mark] {
            for before in 0..<20 {
                for after in 0..<9 {
                    let text = String(repeating: ".", count: before) + spelling + String(repeating: " ", count: after)
                    #expect(Self.found(in: text).contains(mark), "\(before) bytes before, \(after) after")
                }
            }
        }
    }

    @Test("Finds what a look at every byte finds, in ordinary and in odd texts")
    func agrees() {
        var state: UInt64 = 11
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        let marks = SecretNeedle.all.map { String(decoding: $0.text, as: UTF8.self) }
        for _ in 0..<20_000 {
            let pieces = (0..<random(12)).map { _ in
                switch random(4) {
                case 0: marks[random(marks.count)]
                case 1: String(marks[random(marks.count)].dropLast())
                case 2: String(marks[random(marks.count)].dropFirst()).uppercased()
                default: ["a", "å", "\\", "\"", "_", "k", "s", "Q", "/", ":"][random(10)]
                }
            }
            let text = pieces.joined()
            #expect(!Self.found(in: text).isEmpty == Self.hasMark(text), "\(text.debugDescription)")
        }
    }

    /// All marks that the filter meets.
    private static func found(in text: String) -> Set<String> {
        var found: Set<String> = []
        let isFound = SecretFilter.shared.finds(in: text.utf8.span) { needle, _ in
            found.insert(String(decoding: needle.text, as: UTF8.self))
            return false
        }
        #expect(!isFound)
        return found
    }

    /// Whether a look at every byte meets one.
    private static func hasMark(_ text: String) -> Bool {
        SecretNeedleIndex.shared.next(in: text.utf8.span, from: 0) != nil
    }
}
