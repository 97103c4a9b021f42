internal import Auth
internal import Dotenv
internal import Foundation
internal import TestSupport
internal import Testing

/// Lines `NAME=value` as people write them.
@Suite struct EnvironmentFileTests {
    struct Row: CustomTestStringConvertible {
        let testDescription: String
        let text: String
        var values: [String: String] = ["A_B": "x y"]

        static let understood: [Row] = [
            Row(testDescription: "a plain line", text: "A_B=x y"),
            Row(testDescription: "CRLF", text: "A_B=x y\r\nC=2\r\n", values: ["A_B": "x y", "C": "2"]),
            Row(testDescription: "CRLF behind a comment", text: "# made by hand\r\n\r\nA_B=x y\r\n"),
            Row(testDescription: "a byte order mark", text: "\u{FEFF}A_B=x y\n"),
            Row(testDescription: "export", text: "export A_B=\"x y\""),
            Row(testDescription: "a name that begins like export", text: "exporter=1", values: ["exporter": "1"]),
            Row(testDescription: "blanks around the sign", text: "  A_B\t =  x y \t"),
            Row(testDescription: "double quotes", text: #"A_B="x y""#),
            Row(testDescription: "single quotes", text: "A_B='x y'"),
            Row(testDescription: "a comment behind the value", text: "A_B=x y # why"),
            Row(testDescription: "a comment behind quotes", text: "A_B='x y'  # why"),
            Row(testDescription: "a comment instead of a value", text: "A_B=# none", values: ["A_B": ""]),
            Row(testDescription: "a hash in a value", text: "A_B=x#y", values: ["A_B": "x#y"]),
            Row(testDescription: "a hash in quotes", text: "A_B='x # y'", values: ["A_B": "x # y"]),
            Row(testDescription: "quotes inside", text: #"A_B=x"y"#, values: ["A_B": #"x"y"#]),
            Row(testDescription: "the other quotes inside", text: #"A_B='x"y'"#, values: ["A_B": #"x"y"#]),
            Row(testDescription: "escapes", text: #"A_B="a\"b\\c\$d\n""#, values: ["A_B": #"a"b\c$d\n"#]),
            Row(testDescription: "no escapes in single quotes", text: #"A_B='a\\b'"#, values: ["A_B": #"a\\b"#]),
            Row(testDescription: "signs of equality", text: "A_B=a=b==", values: ["A_B": "a=b=="]),
            Row(testDescription: "an empty value", text: "A_B=\nC=''", values: ["A_B": "", "C": ""]),
            Row(testDescription: "comments of systemd", text: "; one\n# two\nA_B=x y"),
            Row(testDescription: "the last of two", text: "A_B=first\nA_B=x y"),
            Row(testDescription: "nothing", text: "", values: [:]),
        ]
    }

    @Test("Understands", arguments: Row.understood)
    func understands(_ row: Row) throws {
        #expect(try EnvironmentFile(parsing: Array(row.text.utf8)).values == row.values)
    }

    struct Refusal: CustomTestStringConvertible {
        let testDescription: String
        let bytes: [UInt8]
        let line: Int
        /// What the message says.
        let words: String

        init(_ description: String, _ text: String, line: Int = 1, _ words: String) {
            (testDescription, bytes) = (description, Array(text.utf8))
            (self.line, self.words) = (line, words)
        }

        init(_ description: String, bytes: [UInt8], _ words: String) {
            (testDescription, self.bytes) = (description, bytes)
            (line, self.words) = (1, words)
        }

        static let all: [Refusal] = [
            Refusal("a colon", "A=1\nMCP_PORT: 8000", line: 2, "write MCP_PORT=value"),
            Refusal("set", "set MCP_PORT=8000", "another shell"),
            Refusal("a line without a sign", "# x\n\nhunter2hunter2", line: 3, "is not NAME=value"),
            Refusal("a colon behind what is no name", "hunter2: hunter2", "is not NAME=value"),
            Refusal("no name", "=hunter2", "is not NAME=value"),
            Refusal("a name with a blank", "hunter2 x=hunter2", "is not NAME=value"),
            Refusal("an open quote", "MCP_HOST=\"hunter2", "does not close"),
            Refusal("a quote closed in the next line", "MCP_HOST='hunter2\n'", "does not close"),
            Refusal("text behind the quote", "MCP_HOST='a'hunter2", "behind the closing quote"),
            Refusal("a comment that touches the quote", "MCP_HOST='a'#hunter2", "behind the closing quote"),
            Refusal("typographic quotes", "MCP_HOST=\u{201C}hunter2\u{201D}", "typographic"),
            Refusal("a line that goes on", "MCP_HOST=hunter2\\\nx", "backslash"),
            Refusal("a bare CR", "A=1\rAZURE_CLIENT_SECRET=hunter2", "control character"),
            Refusal("an escape sequence", "A=\u{1B}[31mhunter2", "control character"),
            Refusal("UTF-16", bytes: [0xFF, 0xFE] + "A=hunter2".utf8.flatMap { [$0, 0] }, "UTF-8"),
            Refusal("UTF-16 the other way round", bytes: [0xFE, 0xFF] + "A=1".utf8.flatMap { [0, $0] }, "UTF-8"),
            Refusal("Latin-1", bytes: Array("A=caf".utf8) + [0xE9], "UTF-8"),
        ]
    }

    @Test("Refuses by its line, and repeats none of it:", arguments: Refusal.all)
    func refuses(_ row: Refusal) throws {
        let error = #expect(throws: EnvironmentFile.Malformed.self) { try EnvironmentFile(parsing: row.bytes) }
        let problem = try #require(error?.problems.first)
        #expect(problem.line == row.line && problem.advice.contains(row.words))
        #expect(!problem.advice.contains("hunter2"))
    }

    @Test("Whatever the bytes are, they are understood or refused, and what is refused is not repeated")
    func anything() throws {
        let pieces = ["A", "=", "\"", "'", "\\", " ", "#", "\r", "\n", "\u{FEFF}", ":", "export ", "é", "hunter2"]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            let text = (0..<Int.random(in: 0...12, using: &generator)).map { _ in pieces.randomElement() ?? "" }
                .joined()
            do throws(EnvironmentFile.Malformed) {
                let values = try EnvironmentFile(parsing: Array(text.utf8)).values
                #expect(values.keys.allSatisfy { !$0.isEmpty && !$0.contains("\n") })
                #expect(values.values.allSatisfy { !$0.contains { $0.isNewline } })
            } catch {
                for problem in error.problems where problem.advice.contains("hunter2") {
                    // Only a name may be repeated, where a name belongs.
                    #expect(problem.advice.contains("sets "), "\(text)")
                }
            }
        }
    }
}

/// Files that hold a secret and nothing else.
@Suite struct SecretTextTests {
    @Test(
        "Takes the value out of",
        arguments: [
            "abc~Q8.def", "abc~Q8.def\n", "abc~Q8.def\r\n", "\u{FEFF}abc~Q8.def", "\"abc~Q8.def\"\n", "'abc~Q8.def'",
            " \u{FEFF}abc~Q8.def".replacing(" \u{FEFF}", with: "\u{FEFF} "),
        ])
    func value(text: String) throws {
        #expect(try SecretText.secret(in: text.utf8) == "abc~Q8.def")
    }

    @Test(
        "Refuses what cannot be one",
        arguments: [
            ("", SecretText.Problem.empty), ("\r\n", .empty), ("''", .empty), ("a\nb", .severalLines),
            ("AZURE_CLIENT_SECRET=abc", .assignment), ("a\0b", .notUTF8),
        ])
    func refuses(text: String, problem: SecretText.Problem) {
        #expect(throws: problem) { try SecretText.secret(in: text.utf8) }
        #expect(throws: SecretText.Problem.notUTF8) { try SecretText.secret(in: [0xFF, 0xFE, 0x61, 0x00]) }
    }
}
