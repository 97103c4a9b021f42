internal import Testing

@testable import App

/// What people paste into `explain-token`.
@Suite struct TokenInputTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let bytes: [UInt8]
        let wrappings: [String]

        init(_ testDescription: String, _ text: String, _ wrappings: String...) {
            self.init(testDescription, Array(text.utf8), wrappings)
        }

        init(_ testDescription: String, _ bytes: [UInt8], _ wrappings: [String]) {
            self.testDescription = testDescription
            self.bytes = bytes
            self.wrappings = wrappings
        }

        static func utf16(isLittleEndian: Bool, _ text: String) -> [UInt8] {
            ("\u{FEFF}" + text).utf16.flatMap { unit in
                isLittleEndian
                    ? [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)]
                    : [UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit)]
            }
        }

        static let all: [Row] = [
            Row("bare", "a.b.c"), Row("with blanks and line breaks", "\r\n a.b.c \t\r\n"),
            Row("Bearer", "Bearer a.b.c\n", "Bearer"), Row("bearer in another case", "BEARER   a.b.c", "Bearer"),
            Row("double quotes", "\"a.b.c\"", "quotes"), Row("single quotes", "'a.b.c'", "quotes"),
            Row("Bearer in quotes", "\"Bearer a.b.c\"", "quotes", "Bearer"),
            Row("quotes after Bearer", "Bearer 'a.b.c'", "Bearer", "quotes"),
            Row("a header field", "Authorization: Bearer a.b.c\r\n", "a header field's name", "Bearer"),
            Row("a byte order mark", [0xEF, 0xBB, 0xBF] + Array("a.b.c\r\n".utf8), ["a byte order mark"]),
            Row("UTF-16 of PowerShell", utf16(isLittleEndian: true, "a.b.c\r\n"), ["UTF-16"]),
            Row("UTF-16, big-endian", utf16(isLittleEndian: false, "\"a.b.c\""), ["UTF-16", "quotes"]),
            Row(
                "a token response",
                #"{"token_type":"Bearer","expires_in":4412,"id_token":"x.y.z","access_token":"a.b.c"}"#,
                "a response, of which access_token is read"),
            Row(
                "what az prints", "{\n  \"accessToken\": \"a.b.c\",\n  \"tokenType\": \"Bearer\"\n}\n",
                "a response, of which accessToken is read"),
            Row("an ID token alone", #"{"id_token":"a.b.c"}"#, "a response, of which id_token is read"),
        ]
    }

    @Test("Finds the token and says what was around it", arguments: Row.all)
    func unwraps(_ row: Row) {
        let input = TokenInput(row.bytes)
        #expect(input.token == "a.b.c")
        #expect(input.wrappings == row.wrappings)
    }

    @Test(
        "Leaves alone what it does not know",
        arguments: ["", "\"", "''", "Bearer", "{", "{\"access_token\": 1}", "[\"a.b.c\"]", "a b", "\u{FEFF}"])
    func strange(text: String) {
        #expect(!TokenInput(Array(text.utf8)).token.contains("a.b.c") || text.hasPrefix("["))
        _ = TokenInput([0xFF, 0xFE, 0x41])
        _ = TokenInput([0xFF, 0xFE])
    }

    @Test("Takes off a bounded number of layers")
    func layers() {
        let input = TokenInput(Array((String(repeating: "Bearer ", count: 100) + "a.b.c").utf8))
        #expect(input.wrappings.count == 8)
    }
}
