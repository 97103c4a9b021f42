/// Finds the places where a needle may stand, at a few instructions per byte.
package struct SecretNeedleIndex: Sendable {
    /// Characters folded to 6 bits: case does not matter, and all that stands in no pair is 0.
    private let codes: [UInt8]
    /// One bit per pair of codes.
    private let pairs: [UInt64]
    private let needles: [Int: [SecretNeedle]]

    /// The index of all marks.
    package static let shared = SecretNeedleIndex(SecretNeedle.all)

    private init(_ all: [SecretNeedle]) {
        var codes = [UInt8](repeating: 0, count: 256)
        for (index, letter) in (UInt8(ascii: "a")...UInt8(ascii: "z")).enumerated() {
            codes[Int(letter)] = UInt8(index + 1)
            codes[Int(letter & 0xDF)] = UInt8(index + 1)
        }
        for (index, character) in "_-.=/~\\ ".utf8.enumerated() { codes[Int(character)] = UInt8(27 + index) }
        var pairs = [UInt64](repeating: 0, count: 64)
        var needles: [Int: [SecretNeedle]] = [:]
        for needle in all {
            let pair = Int(codes[Int(needle.text[needle.pair])]) << 6 | Int(codes[Int(needle.text[needle.pair + 1])])
            pairs[pair >> 6] |= 1 << UInt64(pair & 63)
            needles[pair, default: []].append(needle)
        }
        (self.codes, self.pairs, self.needles) = (codes, pairs, needles)
    }

    /// The first needle at or after `start`, by the place of its pair, and where the search goes on.
    package func next(in text: Span<UInt8>, from start: Int) -> (needle: SecretNeedle, at: Int, resume: Int)? {
        guard start + 1 < text.count else { return nil }
        let (codes, pairs) = (codes.span, pairs.span)
        var previous = Int(codes[Int(text[start])])
        for index in start + 1..<text.count {
            // In bounds: there are 256 codes for a byte, each is one of 64, and `index` is below the count. Checked
            // access takes half as long again, and every name and text of every result comes through here.
            let code = unsafe Int(codes[unchecked: Int(text[unchecked: index])])
            let isPair = unsafe pairs[unchecked: previous] &>> UInt64(truncatingIfNeeded: code) & 1 != 0
            if isPair, let candidates = needles[previous << 6 | code] {
                for needle in candidates where needle.matches(text, at: index - 1 - needle.pair) {
                    return (needle, index - 1 - needle.pair, index)
                }
            }
            previous = code
        }
        return nil
    }
}
