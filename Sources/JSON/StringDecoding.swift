/// What a string's text stands for; the parser has already shown that it is valid.
extension Span<UInt8> {
    /// Appends the UTF-8 bytes of the string content in `range`, escapes resolved, to `bytes`.
    ///
    /// An escaped surrogate without a partner becomes U+FFFD (``JSONLimits/LoneSurrogates``).
    func decodeString(in range: Range<Int>, to bytes: inout [UInt8]) {
        var at = range.lowerBound
        while at < range.upperBound {
            let run = at
            at = backslash(from: at, to: range.upperBound)
            append(run..<at, to: &bytes)
            guard at < range.upperBound else { return }
            at = decodeEscape(at: at, to: &bytes)
        }
    }

    /// The first backslash at or after `start`, or `end`.
    private func backslash(from start: Int, to end: Int) -> Int {
        var at = start
        while at < end {
            at = TapeBuilder.skipPlain(self, at: at)
            guard at < end else { return end }
            if self.at(at) == Byte.backslash { return at }
            at &+= 1  // DEL or a part of a UTF-8 sequence
        }
        return end
    }

    /// Appends the bytes in `range` as they are.
    @inline(__always)
    func append(_ range: Range<Int>, to bytes: inout [UInt8]) {
        unsafe extracting(range).withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    private func decodeEscape(at offset: Int, to bytes: inout [UInt8]) -> Int {
        switch at(offset + 1) {
        case UInt8(ascii: "n"): bytes.append(Byte.newline)
        case UInt8(ascii: "t"): bytes.append(Byte.tab)
        case UInt8(ascii: "r"): bytes.append(Byte.carriageReturn)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "u"): return decodeUnit(at: offset, to: &bytes)
        case let literal: bytes.append(literal)  // a quote, a backslash or a solidus
        }
        return offset + 2
    }

    private func decodeUnit(at offset: Int, to bytes: inout [UInt8]) -> Int {
        let unit = hexUnit(at: offset + 2) ?? 0xFFFD
        if let scalar = Unicode.Scalar(unit) {
            bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            return offset + 6
        }
        guard unit < 0xDC00, let low = lowSurrogate(at: offset + 6),
            let scalar = Unicode.Scalar(0x1_0000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else {
            bytes.append(contentsOf: UTF8.encodedReplacementCharacter)
            return offset + 6
        }
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        return offset + 12
    }
}
