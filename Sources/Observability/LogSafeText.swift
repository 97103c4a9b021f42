internal import JSON

/// Text from outside, made fit for a log line or an answer (E-153, E-154).
package enum LogSafeText {
    /// `text` without control and invisible characters, quotes and backslashes, cut to `limit` characters.
    ///
    /// Every character that could end a log line, close a quoted value or start a terminal sequence becomes `?`;
    /// a cut is shown by an ellipsis.
    package static func clean(_ text: String, limit: Int = 128) -> String {
        // Nearly every text is like this, and then there is nothing to look up.
        if text.utf8.count <= limit, text.utf8.allSatisfy(isSafeASCII) { return text }
        var cleaned = String.UnicodeScalarView()
        for (count, scalar) in text.unicodeScalars.enumerated() {
            guard count < limit else {
                cleaned.append("…")
                break
            }
            cleaned.append(isSafe(scalar) ? scalar : "?")
        }
        return String(cleaned)
    }

    /// `clean` text for a place inside a sentence or a list, in quotes where it could pass for a part of that.
    ///
    /// - Parameter clean: What ``clean(_:limit:)`` returned, which holds no quotes itself.
    /// - Returns: The same, in quotes if it has a character that separates or encloses.
    package static func embedded(_ clean: String) -> String {
        clean.utf8.contains { delimiters.contains($0) } ? "\"\(clean)\"" : clean
    }

    private static let delimiters = Set("=,;{}()".utf8)

    /// `text` without what no person sees in it, for values that come from deeper than any check; ASCII stays as it is.
    static func visible(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        let scalars = text.unicodeScalars.map { (0x80...0x9F).contains($0.value) ? "?" : $0 }
        return InvisibleCharacters.removed(from: String(String.UnicodeScalarView(scalars)))
    }

    /// Whether `text` is 1 to `limit` visible ASCII characters, as a client's own request id must be (K-20).
    package static func isVisibleASCII(_ text: String, limit: Int = 128) -> Bool {
        let bytes = text.utf8
        return !bytes.isEmpty && bytes.count <= limit && bytes.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private static func isSafeASCII(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: scalar != "\"" && scalar != "\\" && !scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}
