/// Cuts long texts at line borders, with a marker that says how much is missing (TC-04, P-73).
package enum TextCut {
    /// The first `limit` bytes of `text`, up to the last complete line.
    ///
    /// - Parameters:
    ///   - text: The text, or its beginning.
    ///   - limit: Bytes to keep at most.
    ///   - total: The bytes of the whole text, when `text` is only its beginning.
    /// - Returns: What is kept, and a marker when that is not everything.
    package static func head(_ text: String, limit: Int, total: Int? = nil) -> String {
        let bytes = text.utf8
        let total = max(total ?? 0, bytes.count)
        guard total > limit else { return text }
        var end = bytes.index(bytes.startIndex, offsetBy: min(max(0, limit), bytes.count))
        let prefix = bytes[..<end]
        if let lineEnd = prefix.lastIndex(of: UInt8(ascii: "\n")),
            bytes.distance(from: lineEnd, to: end) <= max(limit / 2, 1)
        {
            end = bytes.index(after: lineEnd)
        } else {
            end = scalarBorder(before: end, in: text)
        }
        let kept = bytes.distance(from: bytes.startIndex, to: end)
        return "\(text[..<end])[cut: \(kept) of \(total) bytes shown]"
    }

    /// The last `limit` bytes of `text`, from the first complete line on.
    ///
    /// - Parameters:
    ///   - text: The text, or its end.
    ///   - limit: Bytes to keep at most.
    ///   - total: The bytes of the whole text, when `text` is only its end.
    /// - Returns: A marker when that is not everything, and what is kept.
    package static func tail(_ text: String, limit: Int, total: Int? = nil) -> String {
        let bytes = text.utf8
        let total = max(total ?? 0, bytes.count)
        guard total > limit else { return text }
        var start = bytes.index(bytes.endIndex, offsetBy: -min(max(0, limit), bytes.count))
        let suffix = bytes[start...]
        if let lineEnd = suffix.firstIndex(of: UInt8(ascii: "\n")),
            bytes.distance(from: start, to: lineEnd) <= limit / 2
        {
            start = bytes.index(after: lineEnd)
        } else {
            while start < bytes.endIndex, bytes[start] & 0xC0 == 0x80 { start = bytes.index(after: start) }
        }
        let kept = bytes.distance(from: start, to: bytes.endIndex)
        return "[cut: the last \(kept) of \(total) bytes follow]\n\(text[start...])"
    }

    /// The beginning of a sentence of ours, which is ASCII, without a marker but an ellipsis.
    static func words(_ text: String, limit: Int) -> String {
        text.utf8.count <= limit
            ? text
            : "\(text[..<scalarBorder(before: text.utf8.index(text.startIndex, offsetBy: max(0, limit - 3)), in: text)])…"
    }

    /// The nearest start of a character's encoding at or before `index`.
    private static func scalarBorder(before index: String.Index, in text: String) -> String.Index {
        var border = index
        while border > text.startIndex, border < text.endIndex, text.utf8[border] & 0xC0 == 0x80 {
            border = text.utf8.index(before: border)
        }
        return border
    }
}
