/// Says whether a needle stands in a text, at two instructions per byte where there is nothing like one.
///
/// It looks at every other pair of neighbouring bytes: each needle has a rare pair at an even and one at an odd place.
package struct SecretFilter: Sendable {
    /// A needle that may stand where its pair was met.
    fileprivate struct Candidate: Sendable, Hashable {
        /// From the start of the needle to the pair.
        let offset: Int
        /// The first four bytes with bit 0x20 set, which makes letters small, and which of them the needle has.
        let head: UInt32
        let mask: UInt32
        /// Its place in ``SecretNeedle/all``.
        let needle: Int
    }

    /// For each pair, the first byte in the lower half, the number of its list of candidates; 0 for most.
    private let lists: [UInt8]
    /// The lists one after the other, and where each begins; one more than there are lists.
    private let candidates: [Candidate]
    private let starts: [Int]

    /// The filter for all marks.
    package static let shared = SecretFilter(SecretNeedle.all)

    private init(_ needles: [SecretNeedle]) {
        var byPair: [Int: [Candidate]] = [:]
        for (index, needle) in needles.enumerated() {
            for offset in [needle.pairs.0, needle.pairs.1] {
                let candidate = Candidate(needle, at: index, offset: offset)
                for pair in needle.spellings(ofPairAt: offset) { byPair[pair, default: []].append(candidate) }
            }
        }
        var lists = [UInt8](repeating: 0, count: 1 << 16)
        var numbers: [[Candidate]: UInt8] = [:]
        var candidates: [Candidate] = []
        var starts = [0, 0]
        for (pair, list) in byPair {
            let number = numbers[list] ?? UInt8(starts.count - 1)
            lists[pair] = number
            guard numbers.updateValue(number, forKey: list) == nil else { continue }
            candidates += list
            starts.append(candidates.count)
        }
        (self.lists, self.candidates, self.starts) = (lists, candidates, starts)
    }

    /// Whether there is a needle in `text` that `counts`, which is asked with where it starts.
    package func finds(in text: Span<UInt8>, where counts: (_ needle: SecretNeedle, _ start: Int) -> Bool) -> Bool {
        let lists = lists.span
        var at = 0
        while at <= text.count &- 8 {
            // Eight bytes as a number: any bit pattern is valid, and the load is bounds-checked.
            let word = UInt64(littleEndian: unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
            // In bounds: there is a list for each of the 65,536 pairs. Every name and text of every result comes here.
            let first = unsafe lists[unchecked: Int(truncatingIfNeeded: word & 0xFFFF)]
            let second = unsafe lists[unchecked: Int(truncatingIfNeeded: word &>> 16 & 0xFFFF)]
            let third = unsafe lists[unchecked: Int(truncatingIfNeeded: word &>> 32 & 0xFFFF)]
            let fourth = unsafe lists[unchecked: Int(truncatingIfNeeded: word &>> 48)]
            if first | second | third | fourth != 0 {
                if first != 0, finds(first, in: text, pairAt: at, where: counts) { return true }
                if second != 0, finds(second, in: text, pairAt: at &+ 2, where: counts) { return true }
                if third != 0, finds(third, in: text, pairAt: at &+ 4, where: counts) { return true }
                if fourth != 0, finds(fourth, in: text, pairAt: at &+ 6, where: counts) { return true }
            }
            at &+= 8
        }
        while at <= text.count &- 2 {
            let list = lists[Int(text[at]) | Int(text[at &+ 1]) &<< 8]
            if list != 0, finds(list, in: text, pairAt: at, where: counts) { return true }
            at &+= 2
        }
        return false
    }

    private func finds(
        _ list: UInt8, in text: Span<UInt8>, pairAt pair: Int, where counts: (SecretNeedle, Int) -> Bool
    ) -> Bool {
        for index in starts[Int(list)]..<starts[Int(list) + 1] {
            let candidate = candidates[index]
            let start = pair - candidate.offset
            guard start >= 0, candidate.mayStart(text, at: start) else { continue }
            let needle = SecretNeedle.all[candidate.needle]
            if needle.matches(text, at: start), counts(needle, start) { return true }
        }
        return false
    }
}

extension SecretFilter.Candidate {
    fileprivate init(_ needle: SecretNeedle, at index: Int, offset: Int) {
        var (head, mask): (UInt32, UInt32) = (0, 0)
        for (place, byte) in needle.text.prefix(4).enumerated() {
            head |= UInt32(byte | 0x20) << UInt32(8 * place)
            mask |= 0xFF << UInt32(8 * place)
        }
        self.init(offset: offset, head: head, mask: mask, needle: index)
    }

    /// Whether the first bytes could be the needle's; true where four do not fit any more.
    @inline(__always)
    fileprivate func mayStart(_ text: Span<UInt8>, at start: Int) -> Bool {
        guard start <= text.count &- 4 else { return true }
        let word = UInt32(littleEndian: unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self))
        return (word | 0x2020_2020) & mask == head
    }
}

extension SecretNeedle {
    /// The two bytes at `offset` in every way that the needle may be written, as the filter numbers pairs.
    fileprivate func spellings(ofPairAt offset: Int) -> [Int] {
        let first = offset < 0 ? Array(0...255) : spellings(of: text[offset])
        return first.flatMap { first in spellings(of: text[offset + 1]).map { Int(first) | Int($0) << 8 } }
    }

    private func spellings(of byte: UInt8) -> [UInt8] {
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        return ignoresCase && isLetter ? [byte, byte & 0xDF] : [byte]
    }
}
