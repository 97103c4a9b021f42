internal import JSON
internal import Testing

@Suite struct JSONCopyTests {
    private func copied(
        _ text: String, _ rules: JSONCopyRules = JSONCopyRules(), _ replacement: JSONWriter.Replacement? = nil
    ) throws -> String {
        var writer = JSONWriter()
        writer.copy(
            try JSONDocument(parsing: Array(text.utf8), limits: .upstream).root, rules: rules, replacement: replacement)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("Copies every value verbatim but for white space", arguments: ValidText.all)
    func verbatim(_ row: ValidText) throws {
        #expect(try JSONValue.parse(try copied(row.text, .verbatim)) == row.value)
    }

    @Test(
        "Drops white space between tokens and keeps it in strings",
        arguments: [
            ("{ \"a b\" : [ 1 , \"x  y\" , { } , [ ] ] ,\n\t\"c\" : null }", #"{"a b":[1,"x  y",{},[]],"c":null}"#),
            ("  [1]  ", "[1]"), ("\n\"a b\"\n", "\"a b\""), ("[\n]", "[]"), ("{\"a\":1 }", "{\"a\":1}"),
        ])
    func whiteSpace(_ text: String, _ copy: String) throws {
        #expect(try copied(text) == copy)
    }

    @Test(
        "Integers beyond 2^53-1 become strings (K-14)",
        arguments: [
            ("9007199254740991", "9007199254740991"), ("9007199254740992", "\"9007199254740992\""),
            ("-9007199254740992", "\"-9007199254740992\""), ("9223372036854775807", "\"9223372036854775807\""),
            ("123456789012345678901234567890", "\"123456789012345678901234567890\""), ("1e300", "1e300"),
            ("9007199254740993.0", "9007199254740993.0"), ("-9007199254740991", "-9007199254740991"),
            (
                "[1,9007199254740993,{\"a\":9007199254740993}, 2]",
                "[1,\"9007199254740993\",{\"a\":\"9007199254740993\"},2]"
            ),
        ])
    func largeIntegers(_ text: String, _ copy: String) throws {
        #expect(try copied(text) == copy)
    }

    @Test(
        "Strings lose control characters and terminal sequences (TC-05)",
        arguments: [
            (#""\u001b[31mred\u001b[0m""#, "red"), (#""\u001b[1;38;5;208mx\u001b[K""#, "x"),
            (#""a\u0000b\u0007c""#, "abc"),
            (#""tab\tline\nreturn\r""#, "tab\tline\nreturn\r"), (#""a\bb\fc""#, "abc"), ("\"a\u{7F}b\"", "ab"),
            ("\"a\u{9B}31mb\"", "ab"), (#""a\u009b31mb""#, "ab"), ("\"a\u{85}b\"", "ab"), ("\"é\u{A0}\"", "é\u{A0}"),
            (#""\u001b]0;title\u0007text""#, "text"), (#""\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\""#, "link"),
            (#""\u001bPq#0\u001b\\after""#, "after"), (#""\u001b]no end\nnext line""#, "no end\nnext line"),
            (#""\u001b(Btext""#, "text"), (#""\u001bctext""#, "text"), (#""end\u001b""#, "end"),
            (#""end\u001b[""#, "end"),
            (#""end\u001b[31""#, "end"), (#""\u001b\u001b[31mx""#, "x"), (#""\u001bé""#, "é"), (#""\u001b]""#, ""),
            (#""\ud83dx""#, "\u{FFFD}x"), (#""é\u0001日本""#, "é日本"), (#""\u001b[31é""#, "é"),
        ])
    func cleans(_ text: String, _ clean: String) throws {
        #expect(try JSONValue.parse(try copied(text), limits: .request) == .string(clean))
        let document = try JSONDocument(parsing: Array(text.utf8), limits: .upstream)
        #expect(document.root.cleanString == clean)
        #expect(document.hasControlCharacters == (document.root.string != clean || text.contains("\\ud83d")))
    }

    @Test("Names are cleaned too, and the rest of the document stays")
    func cleansNames() throws {
        #expect(try copied(#"{"a\u0000":1,"b":"\/\u0041","c":"\u0001"}"#) == #"{"a":1,"b":"\/\u0041","c":""}"#)
    }

    @Test("Only copies what the element holds")
    func subtree() throws {
        let root = try JSONDocument(
            parsing: Array(#"{"a":{"x":1},"b":{"u":"1","n":9007199254740993},"c":2}"#.utf8), limits: .upstream
        ).root
        var writer = JSONWriter()
        writer.beginArray()
        writer.copy(try #require(root["b"]))
        writer.copy(try #require(root["a"]))
        writer.integer(5)
        writer.endArray()
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"[{"u":"1","n":"9007199254740993"},{"x":1},5]"#)
    }

    @Test(
        "Lets the caller replace the value of named members",
        arguments: [
            (#"{"url":"old","keep":"old"}"#, #"{"url":"new","keep":"old"}"#),
            (#"{"a":[{"url":{"x":[1]}},{"url":7}],"b":1}"#, #"{"a":[{"url":"new"},{"url":7}],"b":1}"#),
            (#"{ "\u0075rl" : "old" , "b" : 1 }"#, #"{"\u0075rl":"new","b":1}"#),
            (#"["url","old"]"#, #"["url","old"]"#),
            (
                #"{"url":9007199254740993,"id":9007199254740993}"#,
                #"{"url":"9007199254740993","id":"9007199254740993"}"#
            ),
            (#"{"list":["url"],"url":[]}"#, #"{"list":["url"],"url":{"n":[]}}"#),
        ])
    func replaces(_ text: String, _ copy: String) throws {
        let result = try copied(text, JSONCopyRules(replacedNames: ["other", "url"])) { name, value, writer in
            #expect(name == "url")
            switch value.kind {
            case .number: return false
            case .array:
                writer.beginObject()
                writer.key("n")
                writer.copy(value)
                writer.endObject()
            default: writer.string("new")
            }
            return true
        }
        #expect(result == copy)
    }
}
