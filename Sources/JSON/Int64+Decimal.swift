extension Int64 {
    /// The value of an optional `-` and decimal digits; `nil` for other text and on overflow.
    init?(decimal text: Span<UInt8>) {
        let isNegative = text.count > 0 && text[0] == Byte.minus
        var at = isNegative ? 1 : 0
        guard at < text.count else { return nil }
        // Up to 18 digits cannot overflow; ids and times have 13 to 18.
        guard text.count &- at > 18 else {
            var magnitude: Int64 = 0
            while at < text.count {
                let digit = text[at] &- Byte.zero
                guard digit < 10 else { return nil }
                magnitude = magnitude &* 10 &+ Int64(digit)
                at &+= 1
            }
            self = isNegative ? -magnitude : magnitude
            return
        }
        var negated: Int64 = 0  // negative numbers reach one further
        while at < text.count {
            let digit = text[at] &- Byte.zero
            guard digit < 10 else { return nil }
            let (product, overflow) = negated.multipliedReportingOverflow(by: 10)
            let (sum, underflow) = product.subtractingReportingOverflow(Int64(digit))
            guard !overflow, !underflow else { return nil }
            negated = sum
            at += 1
        }
        guard isNegative || negated != .min else { return nil }
        self = isNegative ? negated : -negated
    }

    /// The value of a valid JSON number with fraction or exponent, if it is integral and fits.
    ///
    /// Works on the digits, so that no rounding can make an integer of something else.
    init?(integralValueOf text: Span<UInt8>) {
        var digits: [UInt8] = []
        var exponent = 0
        var isFraction = false
        var at = 0
        loop: while at < text.count {
            switch text[at] {
            case Byte.minus: break
            case Byte.point: isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): break loop
            case let digit:
                if digits.count > 0 || digit != Byte.zero { digits.append(digit) }
                if isFraction { exponent -= 1 }
            }
            at += 1
        }
        guard !digits.isEmpty else {
            self = 0
            return
        }
        if at < text.count { exponent += Self.saturatingExponent(text.extracting(at + 1..<text.count)) }
        while digits.last == Byte.zero {
            digits.removeLast()
            exponent += 1
        }
        guard 0...18 ~= exponent else { return nil }
        if text[0] == Byte.minus { digits.insert(Byte.minus, at: 0) }
        digits.append(contentsOf: repeatElement(Byte.zero, count: exponent))
        self.init(decimal: digits.span)
    }

    /// An exponent, or a number far beyond every magnitude that counts.
    private static func saturatingExponent(_ text: Span<UInt8>) -> Int {
        let start = text[0] == Byte.plus ? 1 : 0
        let far = 1 << 40
        guard let value = Int64(decimal: text.extracting(start..<text.count)), value.magnitude < far else {
            return text[0] == Byte.minus ? -far : far
        }
        return Int(value)
    }
}
