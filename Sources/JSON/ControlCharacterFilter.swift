/// Removes what a terminal would obey from text of notebooks and logs (TC-05).
///
/// Removed are C0 controls but tab and line ends, DEL, C1 controls, and escape sequences as a whole (ECMA-48): their
/// letters and digits would otherwise stay behind as noise; then ``InvisibleCharacters``.
package enum ControlCharacterFilter {
    /// The clean form of `text`, which must be valid UTF-8; stays valid.
    package static func clean(_ text: [UInt8]) -> [UInt8] {
        var clean: [UInt8] = []
        clean.reserveCapacity(text.count)
        var at = 0
        while at < text.count {
            let plain = TapeBuilder.skipPlain(text.span, at: at)
            clean.append(contentsOf: text[at..<plain])
            at = plain
            guard at < text.count else { break }
            let byte = text[at]
            if byte == 0x1B {
                at = afterSequence(text, introducer: at + 1 < text.count ? text[at + 1] : 0, from: at + 2)
            } else if byte == 0xC2, at + 1 < text.count, text[at + 1] < 0xA0 {
                // A C1 control stands for ESC and the byte 0x40 below it.
                at = afterSequence(text, introducer: text[at + 1] &- 0x40, from: at + 2)
            } else {
                if !Byte.isUnwantedControl(UInt32(byte)) || byte >= 0x80 { clean.append(byte) }
                at += 1
            }
        }
        // Only now: what stood between an ESC and its sequence is gone, and no new sequence can come of it.
        return InvisibleCharacters.removed(from: clean)
    }

    /// The offset after the escape sequence whose byte after ESC is `introducer` and whose rest starts at `rest`.
    private static func afterSequence(_ text: [UInt8], introducer: UInt8, from rest: Int) -> Int {
        let start = min(rest, text.count)
        switch introducer {
        case UInt8(ascii: "["):  // CSI: parameters, intermediates, one final byte
            let end = skip(text, from: skip(text, from: start, 0x30...0x3F), 0x20...0x2F)
            return end < text.count && 0x40...0x7E ~= text[end] ? end + 1 : end
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            return afterControlString(text, from: start)
        case 0x20...0x2F:  // intermediates and one final byte
            let end = skip(text, from: start, 0x20...0x2F)
            return end < text.count && 0x30...0x7E ~= text[end] ? end + 1 : end
        case 0x30...0x7E: return start  // a two-byte sequence
        default: return rest - 1  // a bare ESC; what follows is judged for itself
        }
    }

    /// The offset after BEL or ST.
    ///
    /// Without one before the line ends, only the introducer goes: nothing readable is lost.
    private static func afterControlString(_ text: [UInt8], from start: Int) -> Int {
        var at = start
        while at < text.count, text[at] != Byte.newline {
            if text[at] == 0x07 { return at + 1 }
            if at + 1 < text.count {
                if text[at] == 0x1B, text[at + 1] == Byte.backslash { return at + 2 }
                if text[at] == 0xC2, text[at + 1] == 0x9C { return at + 2 }
            }
            at += 1
        }
        return start
    }

    private static func skip(_ text: [UInt8], from start: Int, _ bytes: ClosedRange<UInt8>) -> Int {
        var at = start
        while at < text.count, bytes ~= text[at] { at += 1 }
        return at
    }
}
