internal import JSON
internal import Testing

/// A text the grammar of RFC 8259 allows, and what it means.
struct ValidText: CustomTestStringConvertible {
    let text: String
    let value: JSONValue

    init(_ text: String, _ value: JSONValue) { (self.text, self.value) = (text, value) }

    var testDescription: String { text.debugDescription }

    static let scalars = [
        ValidText("null", nil), ValidText("true", true), ValidText("false", false), ValidText("\"\"", ""),
        ValidText(" null", nil), ValidText("null ", nil), ValidText("\t\r\n null\n\r\t ", nil), ValidText("\"a\"", "a"),
    ]

    static let numbers = [
        ValidText("0", 0), ValidText("-0", 0), ValidText("1", 1), ValidText("-1", -1), ValidText("10", 10),
        ValidText("1234567890", 1_234_567_890), ValidText("0.5", 0.5), ValidText("-0.5", -0.5), ValidText("0.0", 0.0),
        ValidText("1.25", 1.25), ValidText("1e3", 1_000.0), ValidText("1E3", 1_000.0), ValidText("1e+3", 1_000.0),
        ValidText("1e-3", 0.001), ValidText("0e0", 0.0), ValidText("0e+00", 0.0), ValidText("1.5E-2", 0.015),
        ValidText("1e00", 1.0), ValidText("123.456e2", 12_345.6), ValidText("9007199254740991", 9_007_199_254_740_991),
        ValidText("9007199254740993", 9_007_199_254_740_993), ValidText("9223372036854775807", .integer(.max)),
        ValidText("-9223372036854775808", .integer(.min)),
        ValidText("9223372036854775808", 9_223_372_036_854_775_808.0),
        ValidText("-9223372036854775809", -9_223_372_036_854_775_808.0), ValidText("1e-400", 0.0),
    ]

    static let strings = [
        ValidText(#""\"""#, "\""), ValidText(#""\\""#, "\\"), ValidText(#""\/""#, "/"), ValidText(#""/""#, "/"),
        ValidText(#""\b""#, "\u{8}"), ValidText(#""\f""#, "\u{C}"), ValidText(#""\n""#, "\n"),
        ValidText(#""\r""#, "\r"), ValidText(#""\t""#, "\t"), ValidText(#""\u0000""#, "\0"),
        ValidText(#""\u0041""#, "A"), ValidText(#""\u00e9""#, "é"), ValidText(#""\u00E9""#, "é"),
        ValidText(#""\u20ac""#, "€"), ValidText(#""\uFFFF""#, "\u{FFFF}"), ValidText(#""\ud7ff""#, "\u{D7FF}"),
        ValidText(#""\ue000""#, "\u{E000}"), ValidText(#""\ud83d\ude00""#, "😀"),
        ValidText(#""\uD800\uDC00""#, "\u{10000}"), ValidText(#""\udbff\udfff""#, "\u{10FFFF}"),
        ValidText(#""\\u0041""#, "\\u0041"), ValidText(#""\\n""#, "\\n"), ValidText(#""a\u0062c""#, "abc"),
        ValidText(#""1234567\"""#, "1234567\""), ValidText(#""12345678\"""#, "12345678\""),
        ValidText(#""123456789012345\n7""#, "123456789012345\n7"), ValidText("\"{[,:]}\"", "{[,:]}"),
        ValidText("\"\u{7F}\"", "\u{7F}"), ValidText("\"\u{80}\"", "\u{80}"), ValidText("\"é\"", "é"),
        ValidText("\"\u{7FF}\u{800}\"", "\u{7FF}\u{800}"), ValidText("\"\u{FFFF}\"", "\u{FFFF}"),
        ValidText("\"\u{10000}\u{10FFFF}\"", "\u{10000}\u{10FFFF}"), ValidText("\"日本語テキスト、長め\"", "日本語テキスト、長め"),
        ValidText("\"\u{2028}\u{2029}\"", "\u{2028}\u{2029}"), ValidText("\"\u{FEFF}\"", "\u{FEFF}"),
    ]

    static let containers = [
        ValidText("[]", []), ValidText("{}", [:]), ValidText("[ ]", []), ValidText("{ }", [:]), ValidText("[1]", [1]),
        ValidText("[1,2]", [1, 2]), ValidText("[[]]", [[]]), ValidText("[[],[]]", [[], []]),
        ValidText("[{}]", [[:]]), ValidText("[[1],[2,[3]]]", [[1], [2, [3]]]),
        ValidText("{\"a\":1}", ["a": 1]), ValidText("{\"\":1}", ["": 1]),
        ValidText("{\"a\":{}}", ["a": [:]]), ValidText("{\"a\":{\"a\":1}}", ["a": ["a": 1]]),
        ValidText("{\"a\":[],\"b\":{}}", ["a": [], "b": [:]]),
        ValidText("{ \"a\" : 1 , \"b\" : [ true , null ] }", ["a": 1, "b": [true, nil]]),
        ValidText("\n{\n\t\"a\"\r\n:\n1\n}\n", ["a": 1]), ValidText(#"{"\u0061":1}"#, ["a": 1]),
        ValidText(#"{"a\"b":1}"#, ["a\"b": 1]),
        ValidText(
            "[0,-1,1.5,\"x\",true,false,null,[],{}]",
            [0, -1, 1.5, "x", true, false, nil, [], [:]]),
        ValidText("{\"é\":1,\"e\\u0301\":2}", ["é": 1, "e\u{301}": 2]), ValidText("[\"a\" , \"b\"]", ["a", "b"]),
    ]

    static let all = scalars + numbers + strings + containers
}
