/// The text of a file that holds one secret and nothing else, however an editor or a shell has saved it.
package enum SecretText {
    /// Why a file's text cannot be a secret; words for the operator, without any of the text.
    package enum Problem: String, Error, CustomStringConvertible, CaseIterable {
        /// Nothing but white space.
        case empty = "is empty"
        /// UTF-16, or no text at all.
        case notUTF8 = "is not UTF-8 text; save it as UTF-8 (not UTF-16)"
        /// More than one line: a certificate, or several secrets.
        case severalLines = "has several lines; keep the secret's value alone"
        /// `AZURE_CLIENT_SECRET=...`: a settings file.
        case assignment = "holds NAME=value; keep the value alone"

        /// The rest of a sentence that begins with the file.
        package var description: String { rawValue }
    }

    /// The secret in the bytes of a file.
    ///
    /// A byte order mark, white space around, and one pair of quotes are no part of it: Entra ID's secrets have none.
    ///
    /// - Throws: ``Problem``.
    package static func secret(in bytes: some Collection<UInt8>) throws(Problem) -> String {
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        var scalars = text.unicodeScalars[...]
        if scalars.first == "\u{FEFF}" { scalars = scalars.dropFirst() }
        scalars = trimmed(scalars)
        if let quote = scalars.first, quote == "\"" || quote == "'", scalars.count >= 2, scalars.last == quote {
            scalars = trimmed(scalars.dropFirst().dropLast())
        }
        if scalars.isEmpty { throw .empty }
        if scalars.contains(where: { $0 == "\n" || $0 == "\r" }) { throw .severalLines }
        let name = scalars.prefix { $0 != "=" }
        if name.count < scalars.count, name.count > 3, name.allSatisfy({ ("A"..."Z").contains($0) || $0 == "_" }) {
            throw .assignment
        }
        return String(scalars)
    }

    private static func trimmed(_ text: Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        guard let first = text.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = text.lastIndex(where: { !$0.properties.isWhitespace })
        else { return text[text.startIndex..<text.startIndex] }
        return text[first...last]
    }
}
