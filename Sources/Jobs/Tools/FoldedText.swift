/// A part of a name that is looked for in any case, in every script.
///
/// Compared are folded scalars and not characters: the vowel sign of `नि` belongs to its character, and a person who looks
/// for `न` means that one, too; and `İ` is two scalars in small letters.
struct FoldedText: Sendable {
    private let text: String
    private let scalars: [Unicode.Scalar]

    init(_ text: String) {
        self.text = text.lowercased()
        scalars = Self.folded(text)
    }

    /// Whether `name` holds the text.
    func isPart(of name: String) -> Bool {
        // Composed and decomposed forms are the same to the comparison of characters.
        guard !name.lowercased().contains(text) else { return true }
        guard let first = scalars.first else { return true }
        let name = Self.folded(name)
        guard name.count >= scalars.count else { return false }
        return (0...(name.count - scalars.count)).contains { start in
            name[start] == first && name[start..<(start + scalars.count)].elementsEqual(scalars)
        }
    }

    /// The scalars of `text` without what tells capital letters from small ones.
    ///
    /// Capital letters and back make one of `ß`, `SS` and `ss`; the dot that `İ` leaves above the `i` goes.
    static func folded(_ text: String) -> [Unicode.Scalar] {
        var folded: [Unicode.Scalar] = []
        for scalar in text.uppercased().lowercased().unicodeScalars {
            if scalar.value == 0x307, folded.last == "i" { continue }
            folded.append(scalar)
        }
        return folded
    }
}
