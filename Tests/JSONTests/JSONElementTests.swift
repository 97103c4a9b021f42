internal import JSON
internal import Testing

@Suite struct JSONElementTests {
    private func parse(_ text: String) throws -> JSONElement {
        try JSONDocument(parsing: Array(text.utf8), limits: .upstream).root
    }

    @Test(
        "Reads integers however they are written (J-09)",
        arguments: [
            ("20", 20), ("20.0", 20), ("2e1", 20), ("2E+1", 20), ("200e-1", 20), ("0.2e2", 20), ("-0", 0), ("-0.0", 0),
            ("0e999999999999999999999", 0), ("0.00e5", 0), ("9223372036854775807", .max),
            ("-9223372036854775808", .min),
            ("9223372036854775807.0", .max), ("-9223372036854775808e0", .min), ("922337203685477580.7e1", .max),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("9223372036854775808.0", nil), ("1e19", nil),
            ("1e18", 1_000_000_000_000_000_000), ("20.5", nil), ("1e-1", nil), ("12e-1", nil), ("120e-1", 12),
            ("1e400", nil), ("1e-400", nil), ("1e99999999999999999999", nil), ("1e-99999999999999999999", nil),
            ("10000000000000000000000e-4", 1_000_000_000_000_000_000), ("-7.000", -7),
            ("\"20\"", nil), ("true", nil), ("null", nil), ("[]", nil),
        ] as [(String, Int64?)])
    func integer(_ text: String, _ value: Int64?) throws {
        #expect(try parse(text).integer == value)
    }

    @Test(
        "Reads ids from digits or decimal strings only (D-09)",
        arguments: [
            ("9007199254740993", 9_007_199_254_740_993), ("\"9007199254740993\"", 9_007_199_254_740_993), ("0", 0),
            ("\"0\"", 0), ("\"-5\"", -5), ("-5", -5), ("\"9223372036854775807\"", .max),
            ("\"9223372036854775808\"", nil),
            ("20.0", nil), ("2e1", nil), ("\"20.0\"", nil), ("\"\"", nil), ("\"-\"", nil), ("\" 1\"", nil),
            ("\"1 \"", nil),
            ("\"+1\"", nil), ("\"007\"", nil), ("\"-07\"", nil), ("\"1e3\"", nil), ("\"٣\"", nil), ("\"0x10\"", nil),
            (#""\u0031""#, nil), ("true", nil), ("null", nil),
        ] as [(String, Int64?)])
    func exactInteger(_ text: String, _ value: Int64?) throws {
        #expect(try parse(text).exactInteger == value)
    }

    @Test(
        "Reads the nearest Double",
        arguments: [
            ("0.1", 0.1), ("1e3", 1_000), ("-0.0", 0), ("1e309", nil),
            ("12345678901234567890", 12_345_678_901_234_567_168),
            ("\"1\"", nil), ("5e-324", .leastNonzeroMagnitude),
        ] as [(String, Double?)])
    func double(_ text: String, _ value: Double?) throws {
        #expect(try parse(text).double == value)
    }

    @Test("Keeps a number's digits")
    func numberText() throws {
        #expect(try parse("[1.50E+02]")[0]?.numberText == "1.50E+02")
        #expect(try parse("\"1\"").numberText == nil)
    }

    @Test("Accessors answer nil for other kinds")
    func kinds() throws {
        let root = try parse(#"{"n":null,"b":false,"i":1,"s":"x","a":[7],"o":{"k":1}}"#)
        #expect(root.members.map(\.value.kind) == [.null, .bool, .number, .string, .array, .object])
        #expect(root["n"]?.isNull == true && root["b"]?.isNull == false)
        #expect(root["b"]?.bool == false && root["i"]?.bool == nil)
        #expect(root["s"]?.string == "x" && root["i"]?.string == nil)
        #expect(root["a"]?[0]?.integer == 7 && root["a"]?[1] == nil && root["a"]?[-1] == nil && root["o"]?[0] == nil)
        #expect(root["o"]?["k"]?.integer == 1 && root["a"]?["k"] == nil && root["missing"] == nil)
        #expect(root["s"]?.elements.map(\.kind).isEmpty == true && root["a"]?.members.map(\.name).isEmpty == true)
        #expect(root.count == 6 && root["a"]?.count == 1 && root["s"]?.count == 0)
        #expect(root.isObject && root["a"]?.isArray == true && root["a"]?.isObject == false)
    }

    @Test("Walks members and elements past nested values")
    func walks() throws {
        let root = try parse(#"[{"a":[1,[2,{"b":3}]],"c":"d"},[],{},4]"#)
        #expect(root.elements.map(\.kind) == [.object, .array, .object, .number])
        #expect(root[0]?.members.map(\.name) == ["a", "c"])
        #expect(root[0]?["c"]?.string == "d" && root[3]?.integer == 4)
        #expect(root[0]?["b"] == nil, "a name further down is not a member here")
    }

    @Test(
        "Compares strings and names after decoding",
        arguments: [
            (#"{"k":"plain"}"#, "plain", true), (#"{"k":"pl\u0061in"}"#, "plain", true),
            (#"{"\u006b":"plain"}"#, "plain", true),
            (#"{"k":"plain "}"#, "plain", false), (#"{"k":"plai"}"#, "plain", false), (#"{"k":1}"#, "1", false),
            (#"{"k":"é"}"#, "e\u{301}", false), (#"{"k":""}"#, "", true),
        ])
    func comparesStrings(_ text: String, _ wanted: String, _ isEqual: Bool) throws {
        let root = try parse(text)
        #expect(root["k"]?.isString(wanted) == isEqual)
        #expect(root.members.map { $0.isNamed("k") } == [true])
    }

    @Test(
        "Gives the bytes as they stand in the text",
        arguments: [
            ("[ 1 ]", "1"), ("[ \"a\\n\" ]", "\"a\\n\""), ("[ { \"x\" : [ ] } ]", "{ \"x\" : [ ] }"),
            ("[\ttrue]", "true"),
            ("[\"\"]", "\"\""),
        ])
    func rawBytes(_ text: String, _ raw: String) throws {
        #expect(try parse(text)[0]?.rawBytes.elementsEqual(raw.utf8) == true)
    }
}
