/// A file with lines `NAME=value`, as people write them for shells, systemd, Docker and the many readers of `.env`.
///
/// Understood are LF and CRLF, a byte order mark, blank lines, comments (`#`, `;`), `export `, blanks around `=`, one
/// pair of quotes around a value, and ` # comment` behind it. What those readers take in different ways is refused by
/// its line, instead of being taken in one of them. A message never holds what stands in a line, which may be a secret:
/// only a name that stands where a name belongs.
///
/// In double quotes a backslash before `"`, `\`, `$` or `` ` `` stands for that character alone; in single quotes, and
/// without quotes, it is a character like others. Nothing is substituted. The last of several lines for a name counts.
package struct EnvironmentFile: Equatable {
    /// The longest file that is read, in bytes.
    package static let maximumBytes = 1 << 20

    /// What each name is set to.
    package private(set) var values: [String: String] = [:]

    /// What is wrong with one line.
    package struct Problem: Error, Equatable {
        /// Counted from 1.
        package let line: Int
        /// The rest of a sentence that begins with the line.
        package let advice: String
    }

    /// All lines that cannot be understood.
    package struct Malformed: Error, Equatable {
        /// In the order of their lines, one for each at most.
        package let problems: [Problem]
    }

    /// Reads the bytes of a file.
    ///
    /// - Throws: ``Malformed``, which says of each line what to do.
    package init(parsing bytes: [UInt8]) throws(Malformed) {
        guard let text = Self.text(bytes) else {
            throw Malformed(problems: [Problem(line: 1, advice: "is not UTF-8; save the file as UTF-8 (not UTF-16)")])
        }
        var problems: [Problem] = []
        // As scalars: CR and LF together are one Character.
        let lines = text.unicodeScalars.split(omittingEmptySubsequences: false) { $0 == "\n" }
        for (index, line) in lines.enumerated() {
            do throws(Advice) {
                guard let (name, value) = try Self.assignment(Substring(line)) else { continue }
                values[name] = value
            } catch {
                problems.append(Problem(line: index + 1, advice: error.text))
            }
        }
        guard problems.isEmpty else { throw Malformed(problems: problems) }
    }

    /// The text without a byte order mark; `nil` for other encodings, of which UTF-16 is full of zeros.
    private static func text(_ bytes: [UInt8]) -> String? {
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else { return nil }
        return text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    }
}

// MARK: - One line

/// The rest of a sentence that begins with a line.
private struct Advice: Error {
    let text: String

    init(_ text: String) { self.text = text }
}

extension EnvironmentFile {
    private static func assignment(_ line: Substring) throws(Advice) -> (name: String, value: String)? {
        var rest = line.trimmingBlanks
        guard let first = rest.first, first != "#", first != ";" else { return nil }
        guard !rest.unicodeScalars.contains(where: { $0.properties.generalCategory == .control && $0 != "\t" }) else {
            throw Advice("holds a control character; write one NAME=value a line")
        }
        rest = rest.withoutKeyword("export") ?? rest
        if rest.withoutKeyword("set") != nil {
            throw Advice("begins with 'set', which is for another shell; write NAME=value")
        }
        guard let equals = rest.firstIndex(of: "=") else { throw Advice(notAnAssignment(rest)) }
        let name = rest[..<equals].trimmingBlanks
        guard isName(name) else { throw Advice(notAnAssignment(rest)) }
        return (String(name), try value(rest[rest.index(after: equals)...].trimmingBlanks, of: name))
    }

    private static func notAnAssignment(_ line: Substring) -> String {
        if let colon = line.firstIndex(of: ":"), case let name = line[..<colon].trimmingBlanks, isName(name),
            name.allSatisfy({ $0.isUppercase || $0 == "_" || $0.isNumber })
        {
            return "sets \(name.prefix(64)) with a colon; write \(name.prefix(64))=value"
        }
        return "is not NAME=value; write one setting a line, and a comment behind #"
    }

    /// A name that a shell would take.
    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128, !isDigit(first) else { return false }
        return text.utf8.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "_") }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func value(_ text: Substring, of name: Substring) throws(Advice) -> String {
        switch text.first {
        case "\""?, "'"?: return try quoted(text, name)
        case "\u{201C}"?, "\u{201D}"?, "\u{2018}"?, "\u{2019}"?:
            throw Advice("sets \(name) in typographic quotes; use \" or '")
        default: break
        }
        var value = text
        if let comment = text.indices.first(where: {
            text[$0] == "#" && ($0 == text.startIndex || isBlank(before: $0, text))
        }) {
            value = text[..<comment].trimmingBlanks
        }
        if value.hasSuffix("\\") {
            throw Advice("sets \(name) and ends in a backslash; write the value on one line, or in quotes")
        }
        return String(value)
    }

    private static func isBlank(before index: Substring.Index, _ text: Substring) -> Bool {
        text[text.index(before: index)].isBlank
    }

    private static func quoted(_ text: Substring, _ name: Substring) throws(Advice) -> String {
        let quote = text[text.startIndex]
        var value = ""
        var index = text.index(after: text.startIndex)
        while index < text.endIndex, text[index] != quote {
            let next = text.index(after: index)
            if quote == "\"", text[index] == "\\", next < text.endIndex, "\"\\$`".contains(text[next]) { index = next }
            value.append(text[index])
            index = text.index(after: index)
        }
        guard index < text.endIndex else {
            throw Advice("sets \(name) and opens a quote that it does not close")
        }
        let rest = text[text.index(after: index)...]
        guard rest.isEmpty || rest.first?.isBlank == true && rest.trimmingBlanks.hasPrefix("#") else {
            throw Advice("sets \(name) and has text behind the closing quote; quote the whole value")
        }
        return value
    }
}

extension Character {
    /// What separates words in a line.
    fileprivate var isBlank: Bool { self == " " || self == "\t" }
}

extension Substring {
    /// Without blanks, and the CR of CRLF, at either end.
    fileprivate var trimmingBlanks: Substring {
        guard let first = firstIndex(where: { !$0.isBlank && $0 != "\r" }),
            let last = lastIndex(where: { !$0.isBlank && $0 != "\r" })
        else { return "" }
        return self[first...last]
    }

    /// What follows a word and a blank at the beginning.
    fileprivate func withoutKeyword(_ word: String) -> Substring? {
        guard hasPrefix(word), case let rest = dropFirst(word.count), rest.first?.isBlank == true else { return nil }
        return rest.trimmingBlanks
    }
}
