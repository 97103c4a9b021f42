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
        let bytes = text.utf8.span
        var at = bytes.endOfPlainText(from: 0)
        guard at < bytes.count else { return text }
        kept.reserveCapacity(bytes.count)
        bytes.append(0..<at, to: &kept)
        while at < bytes.count {
            cleaner.feed(bytes[at], into: &kept)
            at += 1
            guard cleaner.isInText else { continue }
            let end = bytes.endOfPlainText(from: at)
            bytes.append(at..<end, to: &kept)
            at = end
        }
        return String(decoding: InvisibleCharacters.removed(from: kept), as: UTF8.self)
    }

    /// The name of a member without control and invisible characters; nearly every one is plain.
    static func name(_ text: String) -> String {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? text : cleaned(text)
    }

    /// `text` on one line, without credentials: blanks and line breaks become single spaces, and at most `limit`
    /// characters stay.
    package static func line(_ text: String, limit: Int) -> String {
        guard !isLine(text.utf8.span, limit: limit) else { return text }
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

    /// Whether a text is a short line already, as most are: printable ASCII, single spaces inside, nothing to mask.
    private static func isLine(_ text: Span<UInt8>, limit: Int) -> Bool {
        guard text.count <= limit, text.endOfPlainText(from: 0) == text.count else { return false }
        var isAfterSpace = true
        for index in 0..<text.count {
            let isSpace = text[index] == 0x20
            guard !isSpace || !isAfterSpace else { return false }
            isAfterSpace = isSpace
        }
        return (text.count == 0 || !isAfterSpace) && !SecretMask.isSuspicious(text)
    }
}

extension Span<UInt8> {
    /// The first byte at or after `start` that is neither printable ASCII nor a space, or the end.
    fileprivate func endOfPlainText(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var at = start
        while at <= count &- 8 {
            // Eight bytes as a number: any bit pattern is valid, and the load is bounds-checked.
            let word = UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
            // The sums set the high bit of a byte that is 0x20 or more, and of one that is 0x7F or more.
            let isPlain = (word &+ ones &* 0x60) & ~(word | (word &+ ones))
            guard isPlain & (ones &* 0x80) == ones &* 0x80 else { break }
            at &+= 8
        }
        while at < count, self[at] &- 0x20 < 0x5F { at &+= 1 }
        return at
    }

    fileprivate func append(_ range: Range<Int>, to text: inout [UInt8]) {
        unsafe extracting(range).withUnsafeBufferPointer { unsafe text.append(contentsOf: $0) }
    }
}

/// Drops control characters and terminal sequences from UTF-8, byte by byte.
///
/// Sequences are those of ECMA-48: `ESC [` up to a final byte, `ESC ]`, `P`, `X`, `^`, `_` up to their terminator, and
/// `ESC` with intermediates and one final byte.
private struct ControlFilter {
    private enum State { case text, escape, control, string, stringEscape, lead, carriageReturn }

    private var state = State.text

    /// Whether the next byte stands for itself, if it is no control character.
    var isInText: Bool { state == .text }

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
