internal import JSON

/// Text written by job authors or by data, made harmless to show (TC-05, D-86).
///
/// Terminal sequences, control and invisible characters go; what is left stays data, and is never read as anything else.
package enum UntrustedText {
    /// `text` without terminal sequences, control and invisible characters; tabs stay, every kind of line break becomes
    /// `\n`.
    package static func cleaned(_ text: String) -> String {
        var cleaner = ControlFilter()
        var kept: [UInt8] = []
        kept.reserveCapacity(text.utf8.count)
        for byte in text.utf8 { cleaner.feed(byte, into: &kept) }
        return String(decoding: InvisibleCharacters.removed(from: kept), as: UTF8.self)
    }

    /// The name of a member without control and invisible characters; nearly every one is plain.
    static func name(_ text: String) -> String {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? text : cleaned(text)
    }

    /// `text` on one line, without credentials: blanks and line breaks become single spaces, and at most `limit`
    /// characters stay.
    package static func line(_ text: String, limit: Int) -> String {
        // A character has at most a few bytes; cutting early keeps a 5 MB text from being cleaned for 200 characters.
        let head = text.utf8.count > limit * 16 ? String(text.unicodeScalars.prefix(limit * 4)) : text
        var line = ""
        var count = 0
        var pendingSpace = false
        for character in SecretMask.masked(cleaned(head)) {
            guard !character.isWhitespace else {
                pendingSpace = count > 0
                continue
            }
            if pendingSpace {
                line.append(" ")
                count += 1
                pendingSpace = false
            }
            guard count < limit else { return line + "…" }
            line.append(character)
            count += 1
        }
        return line
    }
}

/// Drops control characters and terminal sequences from UTF-8, byte by byte.
///
/// Sequences are those of ECMA-48: `ESC [` up to a final byte, `ESC ]`, `P`, `X`, `^`, `_` up to their terminator, and
/// `ESC` with intermediates and one final byte.
private struct ControlFilter {
    private enum State { case text, escape, control, string, stringEscape, lead, carriageReturn }

    private var state = State.text

    mutating func feed(_ byte: UInt8, into kept: inout [UInt8]) {
        switch state {
        case .text: text(byte, into: &kept)
        case .escape: escape(byte, into: &kept)
        case .control:
            // Parameters and intermediates are 0x20...0x3F; anything else ends the sequence.
            if !(0x20...0x3F).contains(byte) { finish(byte, final: 0x40...0x7E, into: &kept) }
        case .string:
            // An unterminated one ends with its line at the latest, so that it cannot hide the rest of the text.
            if byte == 0x1B { state = .stringEscape } else if byte == 0x07 || byte == 0x0A { state = .text }
            if byte == 0x0A { kept.append(byte) }
        case .stringEscape:
            state = .text
            if byte != UInt8(ascii: "\\") { escape(byte, into: &kept) }
        case .lead:
            // The second byte of U+0080...U+00BF: the first half are C1 controls, U+009B opens a sequence.
            state = byte == 0x9B ? .control : .text
            if byte >= 0xA0 { kept.append(contentsOf: [0xC2, byte]) }
        case .carriageReturn:
            state = .text
            if byte != 0x0A { text(byte, into: &kept) }
        }
    }

    private mutating func text(_ byte: UInt8, into kept: inout [UInt8]) {
        switch byte {
        case 0x09, 0x0A: kept.append(byte)
        case 0x0D:
            state = .carriageReturn
            kept.append(0x0A)
        case 0x1B: state = .escape
        case 0x00...0x1F, 0x7F: break
        case 0xC2: state = .lead
        default: kept.append(byte)
        }
    }

    private mutating func escape(_ byte: UInt8, into kept: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "["): state = .control
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            state = .string
        case 0x20...0x2F: state = .escape
        default: finish(byte, final: 0x30...0x7E, into: &kept)
        }
    }

    /// Ends a sequence; a byte that is not its final byte belongs to the text.
    private mutating func finish(_ byte: UInt8, final: ClosedRange<UInt8>, into kept: inout [UInt8]) {
        state = .text
        if !final.contains(byte) { text(byte, into: &kept) }
    }
}
