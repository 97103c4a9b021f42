/// An option of a command line that stands in a text: `--password VALUE`, `--sas=VALUE`, `'--password', 'VALUE'`.
struct SecretOption {
    /// Dashes included.
    private let name: Range<Int>

    /// Finds the option that `index` is inside of, or `nil` when no dash begins the word.
    init?(around index: Int, in text: Span<UInt8>) {
        var start = index
        while start > 0, index - start < 80, SecretScanner.isTokenByte(text[start - 1]) { start -= 1 }
        guard text[start] == UInt8(ascii: "-") else { return nil }
        name = start..<SecretScanner.run(in: text, from: index, limit: 80, SecretScanner.isTokenByte)
    }

    /// Whether a name that ends before `index` may be an option's, and not the beginning of a longer word.
    static func mayEnd(_ text: Span<UInt8>, at index: Int) -> Bool {
        guard index < text.count else { return true }
        return !SecretScanner.isTokenByte(text[index])
    }

    /// The credential behind the option.
    func value(in text: Span<UInt8>) -> Range<Int>? {
        var at = name.upperBound
        guard at < text.count else { return nil }
        let isListed = Self.skipQuote(&at, in: text)
        let start = at
        if isListed || text[at] == UInt8(ascii: ",") {
            guard at < text.count, text[at] == UInt8(ascii: ",") else { return nil }
            at += 1
        } else if text[at] == UInt8(ascii: "=") {
            at += 1
        }
        at = SecretScanner.run(in: text, from: at, limit: 4) { $0 == 0x20 || $0 == 0x09 }
        let isWord = at > start && text[start] != UInt8(ascii: "=") && !isListed
        guard at > start, at < text.count else { return nil }
        let isQuoted = Self.skipQuote(&at, in: text)
        guard isQuoted || !isListed else { return nil }
        let end = SecretScanner.run(in: text, from: at) {
            isQuoted ? !SecretScanner.isQuote($0) && $0 != Self.backslash : !SecretScanner.isEndOfValue($0)
        }
        let value = Self.string(text, at..<end)
        // In a sentence, an option's name is followed by a word, and in code by an expression.
        let isProse = isWord && (value.utf8.count < 6 || !value.utf8.contains(where: Self.isDigit))
        guard isQuoted || !isProse && !value.hasPrefix("{") && !value.hasPrefix("dbutils.") else { return nil }
        return SecretMask.isSecret(value, of: Self.string(text, name)) ? at..<end : nil
    }

    /// Whether a value is one that nobody chose: long, and of capital and small letters and digits all mixed up, or of
    /// hexadecimal digits.
    static func isRandom(_ value: String.UTF8View) -> Bool {
        guard value.count >= 16, value.first != UInt8(ascii: "/"), value.allSatisfy(isBase64) else { return false }
        if value.count >= 32, value.allSatisfy(isHexadecimal) { return true }
        let kinds = value.map(kind)
        guard kinds.contains(.digit), kinds.contains(.small), kinds.contains(.capital) else { return false }
        let changes = zip(kinds, kinds.dropFirst()).count { $0 != $1 }
        return changes * 10 >= kinds.count * 3
    }

    private enum Kind { case digit, small, capital, other }

    private static func kind(_ byte: UInt8) -> Kind {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): .digit
        case UInt8(ascii: "a")...UInt8(ascii: "z"): .small
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): .capital
        default: .other
        }
    }

    private static func isBase64(_ byte: UInt8) -> Bool { byte.isAlphanumeric || "+/=_-%~".utf8.contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { kind(byte) == .digit }

    /// Goes past a quote, escaped or not.
    private static func skipQuote(_ at: inout Int, in text: Span<UInt8>) -> Bool {
        let quote = at < text.count && text[at] == backslash ? at + 1 : at
        guard quote < text.count, SecretScanner.isQuote(text[quote]) else { return false }
        at = quote + 1
        return true
    }

    private static let backslash = UInt8(ascii: "\\")

    private static func string(_ text: Span<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: range.map { text[$0] }, as: UTF8.self)
    }
}
