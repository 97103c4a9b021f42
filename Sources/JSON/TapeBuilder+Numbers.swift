/// Numbers: checked by the grammar and marked, never converted.
extension TapeBuilder {
    /// Parses a number from its sign or first digit and returns the offset after it.
    mutating func number(_ text: Span<UInt8>, from start: Int) throws(JSONError) -> Int {
        var flags: Node.Flags = .integral
        let digits = text.at(start) == Byte.minus ? start + 1 : start
        var at = Self.skipDigits(text, at: digits)
        let isCanonical = at == digits + 1 || at > digits && text.at(digits) != Byte.zero
        guard isCanonical else { throw malformed(text, at: at == digits ? at : digits) }
        let integerEnd = at

        if text.at(at) == Byte.point {
            flags = []
            at = try digitsRequired(text, at: at + 1)
        }
        if text.at(at) | 0x20 == UInt8(ascii: "e") {
            flags = []
            let sign = text.at(at + 1)
            at = try digitsRequired(text, at: sign == Byte.plus || sign == Byte.minus ? at + 2 : at + 1)
        }
        if flags.contains(.integral), integerEnd - digits >= 16, Self.isBeyondDouble(text, digits..<integerEnd) {
            flags.insert(.beyondDouble)
            traits.insert(.integersBeyondDouble)
        }
        append(.number, flags, start: start, end: at)
        return at
    }

    @inline(__always)
    private static func skipDigits(_ text: Span<UInt8>, at start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var at = start
        while at <= text.count &- 8 {
            let values = text.word(at: at) ^ (ones &* UInt64(Byte.zero))  // digits become 0 to 9
            let others = ((values &+ (ones &* 0x76)) | values) & (ones &* 0x80)
            if others != 0 { return at &+ others.trailingZeroBitCount >> 3 }
            at &+= 8
        }
        while text.at(at) &- Byte.zero < 10 { at += 1 }
        return at
    }

    private func digitsRequired(_ text: Span<UInt8>, at start: Int) throws(JSONError) -> Int {
        let end = Self.skipDigits(text, at: start)
        guard end > start else { throw malformed(text, at: end) }
        return end
    }

    private func malformed(_ text: Span<UInt8>, at offset: Int) -> JSONError {
        JSONError(offset < text.count ? .invalidNumber : .unexpectedEnd, at: offset)
    }

    /// Whether at least 16 digits without a leading zero name a number above 2^53-1, which has 16 digits (K-14).
    private static func isBeyondDouble(_ text: Span<UInt8>, _ digits: Range<Int>) -> Bool {
        guard digits.count == 16 else { return true }
        var magnitude: UInt64 = 0
        for offset in digits { magnitude = magnitude &* 10 &+ UInt64(text.at(offset) &- Byte.zero) }
        return magnitude > 9_007_199_254_740_991
    }
}
