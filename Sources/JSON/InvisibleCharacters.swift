/// Takes out of a text what no person sees in it: tag characters, zero-width ones, marks and overrides of direction, soft
/// hyphens, fillers, and variation selectors that vary nothing (TC-05, D-86).
///
/// They are the known ways to carry instructions past a reader, or to make a text look like another one. What writing
/// needs stays: emoji sequences and flags, joiners between letters that join, selectors behind what they select.
package enum InvisibleCharacters {
    /// `text`, which must be valid UTF-8 and stays so, without them.
    ///
    /// Line and paragraph separators become line breaks.
    package static func removed(from text: [UInt8]) -> [UInt8] {
        guard text.contains(where: { $0 >= 0xC2 }) else { return text }
        let scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
        guard scalars.contains(where: { isSuspect($0.value) }) else { return text }
        var kept: [Unicode.Scalar] = []
        kept.reserveCapacity(scalars.count)
        var at = 0
        while at < scalars.count {
            let scalar = scalars[at]
            if !isSuspect(scalar.value) {
                kept.append(scalar)
            } else if isSeparator(scalar.value) {
                kept.append("\n")
            } else if isTag(scalar.value) {
                // A run of tags is a flag as a whole, or nothing.
                let end = scalars[at...].firstIndex { !isTag($0.value) } ?? scalars.count
                if makesFlag(scalars[at..<end], after: kept.last) { kept.append(contentsOf: scalars[at..<end]) }
                at = end
                continue
            } else if keeps(scalar.value, after: kept.last, before: at + 1 < scalars.count ? scalars[at + 1] : nil) {
                kept.append(scalar)
            }
            at += 1
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for scalar in kept { bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter) }
        return bytes
    }

    /// `text` without them.
    package static func removed(from text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0xC2 }), text.unicodeScalars.contains(where: { isSuspect($0.value) })
        else { return text }
        return String(decoding: removed(from: Array(text.utf8)), as: UTF8.self)
    }

    /// Whether a character is removed unless it stands where writing needs it.
    package static func isSuspect(_ scalar: UInt32) -> Bool {
        switch scalar {
        case ..<0xAD: false
        case 0xAD, 0x34F, 0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F: true
        case 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164: true
        case 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB: true
        case 0x1_BCA0...0x1_BCA3, 0x1_D173...0x1_D17A, 0xE_0000...0xE_0FFF: true
        default: false
        }
    }

    /// Whether characters whose UTF-8 begins with `byte` can be suspect: all others need not be decoded.
    @inline(__always)
    static func canLead(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2, 0xCD, 0xD8, 0xE1, 0xE2, 0xE3, 0xEF, 0xF0, 0xF3: true
        default: false
        }
    }

    private static func isSeparator(_ scalar: UInt32) -> Bool { scalar == 0x2028 || scalar == 0x2029 }

    // MARK: What stays

    private static func keeps(
        _ scalar: UInt32, after previous: Unicode.Scalar?, before next: Unicode.Scalar?
    ) -> Bool {
        guard let previous else { return false }
        switch scalar {
        case 0x200C:  // non-joiner
            return next.map { isJoining(previous.value) && isJoining($0.value) } ?? false
        case 0x200D:  // joiner
            guard let next else { return false }
            return isJoining(previous.value) && isJoining(next.value) || endsEmoji(previous) && isEmoji(next)
        case 0xFE0E...0xFE0F:
            // Digits are emoji only as keycaps.
            return previous.value < 0x80 ? next?.value == 0x20E3 && isEmoji(previous) : isEmoji(previous)
        case 0xFE00...0xFE0D: return isIdeograph(previous.value) || isSymbolWithVariants(previous.value)
        case 0xE_0100...0xE_01EF: return isIdeograph(previous.value)
        case 0x180B...0x180D, 0x180F: return 0x1820...0x18AA ~= previous.value
        case 0x115F...0x1160:
            return isJamo(previous.value) || next.map { isJamo($0.value) } ?? false
        default: return false
        }
    }

    /// Scripts whose letters take another form, or another meaning, beside a joiner: from Hebrew to Myanmar, Khmer,
    /// Mongolian.
    private static func isJoining(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x5D0...0x109F, 0x1780...0x17B3, 0x17B6...0x180A, 0x1810...0x18AF, 0xA8E0...0xA8FF: true
        case 0xFB50...0xFDFF, 0xFE70...0xFEFC: true
        default: false
        }
    }

    private static func isEmoji(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isEmoji }

    /// An emoji, with its presentation selector or its skin tone.
    private static func endsEmoji(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x80 && (isEmoji(scalar) || scalar.value == 0xFE0F)
    }

    private static func isIdeograph(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x2_0000...0x3_FFFF: true
        default: false
        }
    }

    /// Mathematical operators, Myanmar and Phags-pa letters.
    private static func isSymbolWithVariants(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x2200...0x22FF, 0x2A00...0x2AFF, 0x1000...0x109F, 0xA840...0xA877: true
        default: false
        }
    }

    /// A Hangul letter that is no filler itself.
    private static func isJamo(_ scalar: UInt32) -> Bool {
        0x1100...0x11FF ~= scalar && !(0x115F...0x1160 ~= scalar)
    }

    private static func isTag(_ scalar: UInt32) -> Bool { 0xE_0000...0xE_007F ~= scalar }

    /// Whether tags make a flag of the black one.
    ///
    /// They are a region of three to five letters and digits, and the end mark; nothing else may be written in tags.
    private static func makesFlag(_ tags: ArraySlice<Unicode.Scalar>, after previous: Unicode.Scalar?) -> Bool {
        previous?.value == 0x1_F3F4 && 4...6 ~= tags.count && tags.last?.value == 0xE_007F
            && tags.dropLast().allSatisfy { isRegionTag($0.value) }
    }

    private static func isRegionTag(_ scalar: UInt32) -> Bool {
        0xE_0030...0xE_0039 ~= scalar || 0xE_0061...0xE_007A ~= scalar
    }
}
