internal import JSON

/// Text written by job authors or by data, made harmless to show (TC-05, D-86).
///
/// Terminal sequences, control and invisible characters go; what is left stays data, and is never read as anything else.
package enum UntrustedText {
    /// `text` without terminal sequences, control and invisible characters; tabs stay, every kind of line break becomes
    /// `\n`.
    package static func cleaned(_ text: String) -> String {
        let bytes = text.utf8.span
        guard bytes.endOfPlainText(from: 0) < bytes.count else { return text }
        let clean = ControlCharacterFilter.clean(Array(text.utf8))
        return String(decoding: clean.contains(0x0D) ? withLineFeeds(clean) : clean, as: UTF8.self)
    }

    private static func withLineFeeds(_ text: [UInt8]) -> [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(text.count)
        for (index, byte) in text.enumerated() {
            if byte == 0x0A, index > 0, text[index - 1] == 0x0D { continue }
            lines.append(byte == 0x0D ? 0x0A : byte)
        }
        return lines
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
}
