internal import JSON
internal import Testing

@Suite struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test("Sets commas and colons")
    func structure() {
        let text = written { json in
            json.beginObject()
            json.key("a")
            json.beginArray()
            json.integer(1)
            json.string("x")
            json.beginObject()
            json.endObject()
            json.beginArray()
            json.endArray()
            json.null()
            json.endArray()
            json.key("b")
            json.bool(true)
            json.key("c")
            json.raw(Array("[ 1 ]".utf8))
            json.key("d")
            json.bool(false)
            json.endObject()
        }
        #expect(text == #"{"a":[1,"x",{},[],null],"b":true,"c":[ 1 ],"d":false}"#)
    }

    @Test(
        "Escapes what RFC 8259 demands and nothing else",
        arguments: [
            ("", #""""#), ("plain", #""plain""#), ("a\"b", #""a\"b""#), ("a\\b", #""a\\b""#), ("\n\r\t", #""\n\r\t""#),
            ("\u{8}\u{C}", #""\b\f""#), ("\0\u{1}\u{F}\u{10}\u{1A}\u{1F}", #""\u0000\u0001\u000f\u0010\u001a\u001f""#),
            ("/", #""/""#), ("\u{7F}", "\"\u{7F}\""), ("é😀\u{2028}", "\"é😀\u{2028}\""),
            ("12345678\"", #""12345678\"""#), ("1234567\n12345678", #""1234567\n12345678""#), ("é\"é", #""é\"é""#),
            ("\"\"", #""\"\"""#),
        ])
    func escapes(_ text: String, _ json: String) throws {
        #expect(written { $0.string(text) } == json)
        #expect(try JSONValue.parse(json, limits: .request) == .string(text), "reads back")
        #expect(
            written {
                $0.beginObject(); $0.key(text); $0.null(); $0.endObject()
            } == "{\(json):null}")
    }

    @Test("Reads back every scalar below U+0800 and samples above")
    func everyScalar() throws {
        let scalars = (0..<0x800).compactMap(Unicode.Scalar.init) + ["\u{FFFF}", "\u{10000}", "\u{10FFFF}"]
        for scalar in scalars {
            let text = "ab" + String(Character(scalar)) + "cdefghijk"
            #expect(try JSONValue.parse(JSONValue.string(text).serialized, limits: .request) == .string(text))
        }
    }

    @Test(
        "Writes integers",
        arguments: [
            (0, "0"), (7, "7"), (-1, "-1"), (10, "10"), (-1_234, "-1234"), (.max, "9223372036854775807"),
            (.min, "-9223372036854775808"),
        ] as [(Int64, String)])
    func integers(_ value: Int64, _ text: String) {
        #expect(written { $0.integer(value) } == text)
    }

    @Test(
        "Ids beyond 2^53-1 are strings (K-14)",
        arguments: [
            (1, "1"), (9_007_199_254_740_991, "9007199254740991"), (9_007_199_254_740_992, "\"9007199254740992\""),
            (-9_007_199_254_740_991, "-9007199254740991"), (-9_007_199_254_740_992, "\"-9007199254740992\""),
            (.max, "\"9223372036854775807\""), (.min, "\"-9223372036854775808\""),
        ] as [(Int64, String)])
    func identifiers(_ value: Int64, _ text: String) {
        #expect(written { $0.identifier(value) } == text)
    }

    @Test(
        "Numbers are valid JSON",
        arguments: [
            (0.1, "0.1"), (1, "1.0"), (1e20, "1e+20"), (1e-7, "1e-07"), (.infinity, "null"), (-.infinity, "null"),
            (.nan, "null"), (-2.5, "-2.5"), (.leastNonzeroMagnitude, "5e-324"),
        ] as [(Double, String)])
    func numbers(_ value: Double, _ text: String) throws {
        #expect(written { $0.number(value) } == text)
        #expect(throws: Never.self) { try JSONValue.parse(text) }
    }
}
