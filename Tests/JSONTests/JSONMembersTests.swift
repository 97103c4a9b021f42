internal import JSON
internal import Testing

@Suite struct JSONMembersTests {
    private func joined(_ text: String) throws -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("ours")
        writer.integer(1)
        writer.copyMembers(of: try JSONDocument(parsing: Array(text.utf8), limits: .upstream).root)
        writer.key("last")
        writer.bool(true)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(
        "Adds a foreign object's members to the object that is open",
        arguments: [
            (#"{"a":1,"b":{"c":[2]}}"#, #"{"ours":1,"a":1,"b":{"c":[2]},"last":true}"#),
            (#"{ "a" : [ 1 , 2 ] }"#, #"{"ours":1,"a":[1,2],"last":true}"#),
            (#"{"id":9007199254740993}"#, #"{"ours":1,"id":"9007199254740993","last":true}"#),
            (#"{"a":"x\u0007y"}"#, #"{"ours":1,"a":"xy","last":true}"#), ("{}", #"{"ours":1,"last":true}"#),
            ("{ }", #"{"ours":1,"last":true}"#), ("[1]", #"{"ours":1,"last":true}"#),
        ])
    func adds(_ text: String, _ expected: String) throws {
        #expect(try joined(text) == expected)
    }

    @Test(
        "Hands out the bytes of strings that stand in the text as they read",
        arguments: [
            (#""plain ✓""#, "plain ✓" as String?), (#""""#, ""), (#""a\nb""#, nil), (#""a\"b""#, nil),
            ("\"a\u{7F}\"", nil), ("\"a\u{85}\"", nil), ("1", nil), ("null", nil),
        ])
    func plain(_ text: String, _ expected: String?) throws {
        let element = try JSONDocument(parsing: Array(text.utf8), limits: .upstream).root
        #expect(element.plainUTF8.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test("Writes all digits of the largest and the smallest integer", arguments: [0, -1, 10, Int64.max, Int64.min])
    func integers(_ number: Int64) {
        var writer = JSONWriter()
        writer.integer(number)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == String(number))
    }
}
