internal import JSON
internal import Testing

@Suite struct JSONLimitsTests {
    private let small = JSONLimits(
        maximumDepth: 3, maximumValues: 5, duplicateNames: .reject, loneSurrogates: .reject)

    @Test(
        "Accepts the deepest document and refuses one level more",
        arguments: [("[", "[]", "]"), ("{\"a\":", "{}", "}")])
    func depth(_ opening: String, _ innermost: String, _ closing: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: opening, count: depth - 1) + innermost + String(repeating: closing, count: depth - 1)
        }
        #expect(throws: Never.self) { try JSONValue.parse(nested(64), limits: .request) }
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(nested(65), limits: .request) }
        #expect(error?.reason == .tooDeep)
        #expect(error?.isLimit == true)
    }

    @Test("A depth far beyond the limit costs no stack")
    func veryDeep() {
        let error = #expect(throws: JSONError.self) {
            try JSONDocument(parsing: [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000), limits: .upstream)
        }
        #expect(error == JSONError(.tooDeep, at: 128))
    }

    @Test(
        "Counts every value, containers included, names not",
        arguments: [
            ("[1,2,3,4]", nil), ("[1,2,3,4,5]", 9), ("{\"a\":1,\"b\":2,\"c\":3,\"d\":4}", nil), ("[[],[],{},{}]", nil),
            ("[[],[],{},{},{}]", 13), ("[true,null,\"\",1,false]", 16),
        ] as [(String, Int?)])
    func values(_ text: String, _ offset: Int?) {
        guard let offset else {
            #expect(throws: Never.self) { try JSONValue.parse(text, limits: small) }
            return
        }
        let error = #expect(throws: JSONError.self) { try JSONValue.parse(text, limits: small) }
        #expect(error == JSONError(.tooManyValues, at: offset))
    }

    @Test("Accepts 10,000 values in a request and refuses one more")
    func requestValues() {
        func list(_ count: Int) -> String { "[" + Array(repeating: "0", count: count - 1).joined(separator: ",") + "]" }
        #expect(throws: Never.self) { try JSONValue.parse(list(10_000), limits: .request) }
        #expect(throws: JSONError.self) { try JSONValue.parse(list(10_001), limits: .request) }
    }

    @Test(
        "The first of equal names wins where duplicates are kept",
        arguments: [
            #"{"a":1,"a":2}"#, #"{"\u0061":1,"a":2}"#, #"{"x":{"a":9},"a":1,"\u0061":2}"#,
        ])
    func keepsFirst(_ text: String) throws {
        #expect(try JSONDocument(parsing: Array(text.utf8), limits: .upstream).root["a"]?.integer == 1)
    }

    @Test("Many different names pass, equal in length and start")
    func manyNames() throws {
        let names = (1_000..<3_000).map { "\"name-\($0)\":\($0)" }
        let text = "{" + names.joined(separator: ",") + "}"
        #expect(try JSONDocument(parsing: Array(text.utf8), limits: .request).root["name-2999"]?.integer == 2_999)
        let error = #expect(throws: JSONError.self) {
            try JSONValue.parse(
                "{" + (names + [#""name-1\u0035\u0030\u0030":0"#]).joined(separator: ",") + "}", limits: .request)
        }
        #expect(error?.reason == .duplicateName)
    }

    @Test(
        "Lone surrogates read as U+FFFD where they are tolerated",
        arguments: [
            (#""\ud83d""#, "\u{FFFD}"), (#""a\udc00b""#, "a\u{FFFD}b"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}😀"),
            (#""\ud83d\u0041""#, "\u{FFFD}A"), (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"),
        ])
    func loneSurrogates(_ text: String, _ meaning: String) throws {
        let document = try JSONDocument(parsing: Array(text.utf8), limits: .upstream)
        #expect(document.root.string == meaning)
        #expect(document.hasControlCharacters)
    }
}
