/// Strings: where they end, whether they are valid, and what a copy would have to change.
extension TapeBuilder {
    /// Parses a string or name from the byte after its opening quote.
    ///
    /// - Returns: The offset after the closing quote.
    @inline(__always)
    mutating func string(_ text: Span<UInt8>, from start: Int, _ role: Node.Flags) throws(JSONError) -> Int {
        let end = Self.skipPlain(text, at: start)
        guard text.at(end) == Byte.quote else { return try unusualString(text, from: start, plainTo: end, role) }
        append(.string, role, start: start, end: end)
        return end &+ 1
    }

    /// Goes on with a string at the first byte that is neither plain nor the closing quote.
    @inline(never)
    private mutating func unusualString(
        _ text: Span<UInt8>, from start: Int, plainTo end: Int, _ role: Node.Flags
    ) throws(JSONError) -> Int {
        var at = end
        var flags = role
        while true {
            at = Self.skipPlain(text, at: at)
            guard at < text.count else { throw JSONError(.unexpectedEnd, at: at) }
            let byte = text.at(at)
            if byte == Byte.quote { break }
            if byte == Byte.backslash {
                flags.insert(.escaped)
                at = try escape(text, at: at, &flags)
            } else if byte < Byte.space {
                throw JSONError(.bareControlCharacter, at: at)
            } else if byte == Byte.delete {
                flags.insert(.unclean)
                at += 1
            } else {
                at = try Self.sequence(text, at: at, &flags)
            }
        }
        if flags.contains(.unclean) { traits.insert(.uncleanStrings) }
        append(.string, flags, start: start, end: at)
        return at + 1
    }

    /// The first byte at or after `start` that is a quote, a backslash, a control character or not ASCII.
    @inline(__always)
    static func skipPlain(_ text: Span<UInt8>, at start: Int) -> Int {
        var at = start
        while at <= text.count &- 8 {
            let special = specialBytes(text.word(at: at))
            if special != 0 { return at &+ special.trailingZeroBitCount >> 3 }
            at &+= 8
        }
        while at < text.count, isPlain(text.at(at)) { at &+= 1 }
        return at
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= Byte.space && byte < Byte.delete && byte != Byte.quote && byte != Byte.backslash
    }

    /// Sets the high bit of each byte of `word` that is not plain, exactly up to the first of them.
    ///
    /// Each sum has the high bit of a byte from 0 to 0x7F set just where the byte is not the one looked for. Sums carry
    /// only out of bytes of 0x80 and more, which are hits themselves.
    @inline(__always)
    private static func specialBytes(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let isNoQuote = (word ^ (ones &* UInt64(Byte.quote))) &+ (ones &* 0x7F)
        let isNoBackslash = (word ^ (ones &* UInt64(Byte.backslash))) &+ (ones &* 0x7F)
        let isNoControl = word &+ (ones &* UInt64(0x80 - Byte.space))
        let isDeleteOrMore = (word &+ ones) | word
        return (~(isNoQuote & isNoBackslash & isNoControl) | isDeleteOrMore) & (ones &* 0x80)
    }

    /// Checks an escape sequence; `at` is its backslash.
    private func escape(_ text: Span<UInt8>, at: Int, _ flags: inout Node.Flags) throws(JSONError) -> Int {
        switch text.at(at + 1) {
        case Byte.quote, Byte.backslash, Byte.solidus, UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return at + 2
        case UInt8(ascii: "b"), UInt8(ascii: "f"):
            flags.insert(.unclean)
            return at + 2
        case UInt8(ascii: "u"):
            guard let unit = text.hexUnit(at: at + 2) else { throw invalidEscape(text, at: at) }
            return try checkUnit(unit, text, at: at, &flags)
        default: throw invalidEscape(text, at: at)
        }
    }

    /// Checks the UTF-16 unit of the escape at `at`, together with its partner if it is a surrogate.
    private func checkUnit(
        _ unit: UInt32, _ text: Span<UInt8>, at: Int, _ flags: inout Node.Flags
    ) throws(JSONError) -> Int {
        guard 0xD800...0xDFFF ~= unit else {
            if Byte.isUnwantedControl(unit) || InvisibleCharacters.isSuspect(unit) { flags.insert(.unclean) }
            return at + 6
        }
        if unit < 0xDC00, let low = text.lowSurrogate(at: at + 6) {
            let scalar = 0x1_0000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            if InvisibleCharacters.isSuspect(scalar) { flags.insert(.unclean) }
            return at + 12
        }
        guard limits.loneSurrogates == .replace else { throw JSONError(.loneSurrogate, at: at) }
        flags.insert(.unclean)
        return at + 6
    }

    private func invalidEscape(_ text: Span<UInt8>, at: Int) -> JSONError {
        // A text cut off inside the escape is incomplete rather than wrong.
        let isCut = at + 6 > text.count && text.at(at + 1) == UInt8(ascii: "u") || at + 1 >= text.count
        return isCut ? JSONError(.unexpectedEnd, at: text.count) : JSONError(.invalidEscape, at: at)
    }

    /// The character of a valid sequence of two to four bytes.
    private static func scalar(_ text: Span<UInt8>, at: Int, _ length: Int) -> UInt32 {
        let lead = UInt32(text.at(at))
        var scalar = length == 2 ? lead & 0x1F : length == 3 ? lead & 0x0F : lead & 0x07
        for offset in 1..<length { scalar = scalar << 6 | UInt32(text.at(at + offset) & 0x3F) }
        return scalar
    }

    /// Checks one UTF-8 sequence of two to four bytes (RFC 3629 section 4) and returns the offset after it.
    private static func sequence(_ text: Span<UInt8>, at: Int, _ flags: inout Node.Flags) throws(JSONError) -> Int {
        let second = text.at(at + 1)
        let length: Int
        let isValid: Bool
        switch text.at(at) {
        case 0xC2:
            if second < 0xA0 { flags.insert(.unclean) }  // a C1 control
            (length, isValid) = (2, second & 0xC0 == 0x80)
        case 0xC3...0xDF: (length, isValid) = (2, second & 0xC0 == 0x80)
        case 0xE0: (length, isValid) = (3, 0xA0...0xBF ~= second)
        case 0xE1...0xEC, 0xEE, 0xEF: (length, isValid) = (3, second & 0xC0 == 0x80)
        case 0xED: (length, isValid) = (3, 0x80...0x9F ~= second)
        case 0xF0: (length, isValid) = (4, 0x90...0xBF ~= second)
        case 0xF1...0xF3: (length, isValid) = (4, second & 0xC0 == 0x80)
        case 0xF4: (length, isValid) = (4, 0x80...0x8F ~= second)
        default: (length, isValid) = (1, false)
        }
        guard isValid, length < 3 || text.at(at + 2) & 0xC0 == 0x80, length < 4 || text.at(at + 3) & 0xC0 == 0x80
        else { throw JSONError(.invalidUTF8, at: at) }
        if InvisibleCharacters.canLead(text.at(at)), InvisibleCharacters.isSuspect(scalar(text, at: at, length)) {
            flags.insert(.unclean)
        }
        return at + length
    }
}

extension Span<UInt8> {
    /// The four hexadecimal digits at `offset` as a number.
    func hexUnit(at offset: Int) -> UInt32? {
        var unit: UInt32 = 0
        for position in offset..<(offset + 4) {
            guard let digit = Byte.hexValue(at(position)) else { return nil }
            unit = unit << 4 | digit
        }
        return unit
    }

    /// The low surrogate that an escape at `offset` stands for, if there is one.
    func lowSurrogate(at offset: Int) -> UInt32? {
        guard at(offset) == Byte.backslash, at(offset + 1) == UInt8(ascii: "u"), let unit = hexUnit(at: offset + 2)
        else { return nil }
        return 0xDC00...0xDFFF ~= unit ? unit : nil
    }
}
