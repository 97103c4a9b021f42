internal import JSON

/// A text of a task's output that can be several megabytes: only the part that is shown is ever decoded (D-83, P-73).
struct ForeignText {
    let element: JSONElement

    /// More than is shown, so that a credential is recognised although the cut goes through it.
    private static let margin = 4 << 10

    /// The beginning, at most about `limit` bytes, without control characters and credentials.
    func head(limit: Int) -> String { shown(limit: limit, isTail: false) }

    /// The end, at most about `limit` bytes, without control characters and credentials.
    func tail(limit: Int) -> String { shown(limit: limit, isTail: true) }

    /// The beginning on one line, at most `limit` bytes, an ellipsis included when that is not everything.
    func line(limit: Int) -> String {
        // A character has at least a byte, so this many are enough.
        TextCut.words(UntrustedText.line(shown(limit: limit + 16, isTail: false), limit: limit), limit: limit)
    }

    /// How many bytes there are; of long texts as they were sent, escapes included.
    var count: Int { raw.count <= Self.margin ? element.string?.utf8.count ?? 0 : raw.count }

    /// The text as JSON, without its quotes.
    private var raw: ArraySlice<UInt8> { element.rawBytes.dropFirst().dropLast() }

    private func shown(limit: Int, isTail: Bool) -> String {
        let reach = limit + Self.margin
        let isCut = raw.count > 2 * reach
        let part = isCut ? decoded(isTail ? tailSlice(2 * reach) : headSlice(2 * reach)) : element.string
        let text = SecretMask.masked(UntrustedText.cleaned(part ?? element.string ?? ""))
        let total = isCut ? raw.count : text.utf8.count
        return isTail
            ? TextCut.tail(text, limit: limit, total: total) : TextCut.head(text, limit: limit, total: total)
    }

    private func decoded(_ slice: ArraySlice<UInt8>) -> String? {
        guard !slice.isEmpty else { return nil }
        let quote = [UInt8(ascii: "\"")]
        return (try? JSONDocument(parsing: quote + slice + quote, limits: .upstream))?.root.string
    }

    private func tailSlice(_ count: Int) -> ArraySlice<UInt8> {
        let raw = raw
        var start = raw.endIndex - count
        while start < raw.endIndex, !Self.isBorder(start, in: raw) { start += 1 }
        return raw[start...]
    }

    private func headSlice(_ count: Int) -> ArraySlice<UInt8> {
        let raw = raw
        var end = raw.startIndex + count
        while end > raw.startIndex, !Self.isBorder(end, in: raw) { end -= 1 }
        return raw[..<end]
    }

    /// Whether neither an escape nor a character goes across `index`: escapes have at most 12 bytes, pairs included.
    private static func isBorder(_ index: Int, in raw: ArraySlice<UInt8>) -> Bool {
        guard raw[index] & 0xC0 != 0x80 else { return false }
        let before = raw[max(raw.startIndex, index - 12)..<index]
        return !before.contains(backslash) || endsWithLineBreak(before)
    }

    /// Whether `text` ends with an escaped line break, whose backslash is not itself escaped.
    private static func endsWithLineBreak(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.last == UInt8(ascii: "n") else { return false }
        let backslashes = text.dropLast().reversed().prefix { $0 == backslash }.count
        return backslashes % 2 == 1 && backslashes < 10
    }

    private static let backslash = UInt8(ascii: "\\")
}
