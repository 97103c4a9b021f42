internal import Dotenv

/// What holds for every settings file: what is read is named as a shell would name it and stands on one line, a message
/// repeats no value, and line ends, a byte order mark and `export` change nothing.
enum EnvironmentFileProperties {
    static func check(_ input: [UInt8]) throws(Violation) {
        switch read(input) {
        case .success(let values): try check(values, of: input)
        case .failure(let malformed): try check(malformed, of: input)
        }
    }

    private static func read(_ bytes: [UInt8]) -> Result<[String: String], EnvironmentFile.Malformed> {
        do throws(EnvironmentFile.Malformed) {
            return .success(try EnvironmentFile(parsing: bytes).values)
        } catch {
            return .failure(error)
        }
    }

    private static func check(_ values: [String: String], of input: [UInt8]) throws(Violation) {
        for (name, value) in values {
            let isName = name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || isLetter($0) || isDigit($0) }
            try require(isName && name.utf8.first.map(isDigit) == false, "a name is one of a shell: \(name)")
            try require(
                value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }, "a value is one line: \(value)")
        }
        try requireSame(Array("\u{FEFF}".utf8) + input, values, unless: input.starts(with: "\u{FEFF}".utf8))
        let crlf = input.flatMap { $0 == UInt8(ascii: "\n") ? [UInt8(ascii: "\r"), $0] : [$0] }
        try requireSame(crlf, values, unless: input.contains(UInt8(ascii: "\r")))
        let written = values.sorted { $0.key < $1.key }.map { " export \($0.key)=\(quoted($0.value)) # \"\n" }.joined()
        try requireSame(Array(written.utf8), values)
    }

    private static func requireSame(
        _ bytes: [UInt8], _ values: [String: String], unless isOther: Bool = false
    ) throws(Violation) {
        guard !isOther else { return }
        let again = try? read(bytes).get()
        try require(
            again?.count == values.count
                && values.allSatisfy { again?[$0.key]?.utf8.elementsEqual($0.value.utf8) == true },
            "the same settings in another spelling are the same: \(values), \(String(describing: again))")
    }

    /// A value as double quotes hold it.
    private static func quoted(_ value: String) -> String {
        let escaped = value.flatMap { "\"\\$`".contains($0) ? "\\\($0)" : "\($0)" }
        return "\"\(String(escaped))\""
    }

    /// Problems are in order, name lines that are there, and hold nothing of a line but a name.
    private static func check(_ malformed: EnvironmentFile.Malformed, of input: [UInt8]) throws(Violation) {
        let lines = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let numbers = malformed.problems.map(\.line)
        try require(!numbers.isEmpty && numbers == numbers.sorted(), "problems come in the order of their lines")
        for problem in malformed.problems {
            try require(lines.indices.contains(problem.line - 1), "a problem has a line: \(problem.line)")
            try LogSafety.require(problem.advice.replacing("\"", with: "'"), limit: 400, "what is said about a line")
            // What stands behind the sign may be a secret; eight bytes of it are no accident.
            let line = lines[problem.line - 1]
            guard let sign = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let value = line[line.index(after: sign)...].drop { $0 == UInt8(ascii: " ") }
            let name = String(decoding: line[..<sign], as: UTF8.self)
            guard value.count >= 8, let start = String(validating: value.prefix(8), as: UTF8.self) else { continue }
            try require(
                !problem.advice.contains(start) || name.contains(start) || sentences.contains { $0.contains(start) },
                "a message does not repeat a value: \(problem.advice)")
        }
    }

    /// Words of ours, which a value may hold, too.
    private static let sentences = [
        "is not UTF-8; save the file as UTF-8 (not UTF-16)", "holds a control character; write one NAME=value a line",
        "begins with 'set', which is for another shell; write NAME=value", "with a colon; write =value",
        "is not NAME=value; write one setting a line, and a comment behind #",
        "in typographic quotes; use \" or '",
        "and ends in a backslash; write the value on one line, or in quotes",
        "and opens a quote that it does not close", "and has text behind the closing quote; quote the whole value",
    ]

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
