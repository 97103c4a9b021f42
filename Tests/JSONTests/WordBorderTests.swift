internal import JSON
internal import Testing

/// Strings, numbers and names are read eight bytes at a time: nothing may depend on where in a word something stands.
@Suite struct WordBorderTests {
    private static let tails: [(written: String, read: String)] = [
        ("\\\"", "\""), ("\\\\", "\\"), ("\u{7F}", "\u{7F}"), ("é", "é"), ("😀", "😀"), ("~", "~"), ("", ""),
        ("\\n", "\n"),
        ("!", "!"), ("#", "#"), ("[", "["), ("]", "]"), ("\u{80}", "\u{80}"),
    ]

    @Test("Reads a string of any length that ends in anything")
    func readsStrings() throws {
        for length in 0..<40 {
            let head = String(repeating: "x", count: length)
            for (written, read) in Self.tails {
                for text in [#""\#(head)\#(written)""#, #"[1,"\#(head)\#(written)y"]"#] {
                    let root = try JSONDocument(parsing: Array(text.utf8), limits: .request).root
                    #expect(root.string ?? root[1]?.string == head + read + (root.isArray ? "y" : ""))
                }
            }
        }
    }

    @Test("Refuses a control character at any place of a string")
    func refusesControls() {
        for length in 0..<20 {
            for control in UInt8(0)..<0x20 {
                let text = Array("\"".utf8) + [UInt8](repeating: 0x78, count: length) + [control] + Array("xyz\"".utf8)
                let error = #expect(throws: JSONError.self) { try JSONDocument(parsing: text, limits: .request) }
                #expect(error == JSONError(.bareControlCharacter, at: length + 1))
            }
        }
    }

    @Test("Reads integers of any length up to the largest, and none beyond")
    func readsIntegers() throws {
        for length in 1...19 {
            let digits = String("1234567890123456789".prefix(length))
            for text in [digits, "-\(digits)"] {
                let root = try JSONDocument(parsing: Array("[\(text) ,0]".utf8), limits: .request).root
                #expect(root[0]?.integer == Int64(text))
                #expect(root[0]?.exactInteger == Int64(text))
            }
        }
        let tooLarge = try JSONDocument(
            parsing: Array("[9223372036854775808,12345678901234567890]".utf8), limits: .request)
        #expect(tooLarge.root.elements.allSatisfy { $0.integer == nil && $0.kind == .number })
    }

    @Test("Tells names of one length apart by any of their bytes")
    func comparesNames() throws {
        for length in 1..<40 {
            for place in 0..<length {
                var other = [UInt8](repeating: 0x61, count: length)
                other[place] = 0x62
                let name = String(repeating: "a", count: length)
                let text = Array("{\"".utf8) + other + Array("\":1,\"\(name)\":2}".utf8)
                let root = try JSONDocument(parsing: text, limits: .request).root
                #expect(root[name]?.integer == 2)
                #expect(root[String(decoding: other, as: UTF8.self)]?.integer == 1)
            }
        }
    }
}
