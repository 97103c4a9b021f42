/// A pattern in which `*` stands for any characters and `?` for one; case does not matter, in any script.
package struct Wildcard: Sendable, Equatable {
    private let characters: [String]
    private let letters: [String]

    /// Takes the pattern as an operator writes it.
    package init(_ text: String) {
        characters = Self.characters(of: text)
        letters = Self.letters(of: text)
    }

    /// Whether all of `text` fits, character by character: `e*` does not stand for `é`, however that is composed.
    ///
    /// Takes time in proportion to both lengths at most.
    package func matches(_ text: String) -> Bool { Self.fits(Self.characters(of: text), characters) }

    /// Whether `text` fits, or reads as if it did: what denies must not be escaped by the way in which a name is written.
    ///
    /// Beside ``matches(_:)``, letters count without the vowel signs that make one character of them, full and half width
    /// and all kinds of space are the same, and what nobody sees is not there.
    package func resembles(_ text: String) -> Bool {
        matches(text) || Self.fits(Self.letters(of: text), letters)
    }

    /// Whether two names read the same.
    static func areAlike(_ first: String, _ second: String) -> Bool { letters(of: first) == letters(of: second) }

    // MARK: Units

    // Strings are equal when they are canonically equivalent, so composed and decomposed forms are the same.

    private static func characters(of text: String) -> [String] { folded(text).map { String($0) } }

    private static func folded(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text.lowercased() }
        return String(String.UnicodeScalarView(FoldedText.folded(text)))
    }

    /// Scalars, each with the marks that could be composed with it.
    private static func letters(of text: String) -> [String] {
        guard !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return characters(of: text) }
        let shown = String(String.UnicodeScalarView(UntrustedText.cleaned(text).unicodeScalars.map(plain)))
        return FoldedText.folded(shown).reduce(into: []) { letters, scalar in
            let isMark = scalar.properties.canonicalCombiningClass != .notReordered || isTrailingJamo(scalar)
            if isMark, let last = letters.popLast() {
                letters.append(last + String(scalar))
            } else {
                letters.append(String(scalar))
            }
        }
    }

    /// ASCII for its full-width forms, and one kind of space for all.
    private static func plain(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if 0xFF01...0xFF5E ~= scalar.value { return Unicode.Scalar(UInt8(scalar.value - 0xFEE0)) }
        return scalar.properties.generalCategory == .spaceSeparator ? " " : scalar
    }

    /// A vowel or final consonant of Hangul, which makes one character with what stands before it.
    private static func isTrailingJamo(_ scalar: Unicode.Scalar) -> Bool { 0x1161...0x11FF ~= scalar.value }

    private static func fits(_ text: [String], _ pattern: [String]) -> Bool {
        var (at, inPattern) = (0, 0)
        // Where to go on after the last star, should the rest not fit.
        var retry: (at: Int, inPattern: Int)?
        while at < text.count {
            if inPattern < pattern.count, pattern[inPattern] == "*" {
                inPattern += 1
                retry = (at, inPattern)
            } else if inPattern < pattern.count, pattern[inPattern] == "?" || pattern[inPattern] == text[at] {
                (at, inPattern) = (at + 1, inPattern + 1)
            } else {
                guard let last = retry else { return false }
                (at, inPattern) = (last.at + 1, last.inPattern)
                retry = (at, inPattern)
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == "*" }
    }
}
