internal import JSON
internal import Testing

/// A text that must be refused, why, and where that is noticed.
struct InvalidText: CustomTestStringConvertible {
    let bytes: [UInt8]
    let reason: JSONError.Reason
    let offset: Int

    init(_ text: String, _ reason: JSONError.Reason, at offset: Int) {
        self.init(Array(text.utf8), reason, at: offset)
    }

    init(_ bytes: [UInt8], _ reason: JSONError.Reason, at offset: Int) {
        (self.bytes, self.reason, self.offset) = (bytes, reason, offset)
    }

    /// A string with these bytes between its quotes and a letter on both sides.
    init(inString bytes: [UInt8], _ reason: JSONError.Reason, at offset: Int = 2) {
        self.init(Array("\"a".utf8) + bytes + Array("z\"".utf8), reason, at: offset)
    }

    var testDescription: String { "\(String(decoding: bytes, as: UTF8.self).debugDescription) \(reason)" }

    static let structure = [
        InvalidText("", .unexpectedEnd, at: 0), InvalidText("  ", .unexpectedEnd, at: 2),
        InvalidText("[", .unexpectedEnd, at: 1), InvalidText("[1", .unexpectedEnd, at: 2),
        InvalidText("[1,", .unexpectedEnd, at: 3), InvalidText("[1,]", .unexpectedByte, at: 3),
        InvalidText("[,1]", .unexpectedByte, at: 1), InvalidText("[1,,2]", .unexpectedByte, at: 3),
        InvalidText("[1 2]", .unexpectedByte, at: 3), InvalidText("[1}", .unexpectedByte, at: 2),
        InvalidText("[1:2]", .unexpectedByte, at: 2), InvalidText("]", .unexpectedByte, at: 0),
        InvalidText("}", .unexpectedByte, at: 0), InvalidText(",", .unexpectedByte, at: 0),
        InvalidText(":", .unexpectedByte, at: 0), InvalidText("{", .unexpectedEnd, at: 1),
        InvalidText("{\"a\"", .unexpectedEnd, at: 4), InvalidText("{\"a\":", .unexpectedEnd, at: 5),
        InvalidText("{\"a\":1", .unexpectedEnd, at: 6), InvalidText("{\"a\":1,", .unexpectedEnd, at: 7),
        InvalidText("{\"a\":1,}", .unexpectedByte, at: 7), InvalidText("{,}", .unexpectedByte, at: 1),
        InvalidText("{\"a\" 1}", .unexpectedByte, at: 5), InvalidText("{\"a\",1}", .unexpectedByte, at: 4),
        InvalidText("{\"a\"}", .unexpectedByte, at: 4), InvalidText("{\"a\":}", .unexpectedByte, at: 5),
        InvalidText("{a:1}", .unexpectedByte, at: 1), InvalidText("{'a':1}", .unexpectedByte, at: 1),
        InvalidText("{1:1}", .unexpectedByte, at: 1), InvalidText("{null:1}", .unexpectedByte, at: 1),
        InvalidText("{\"a\":1]", .unexpectedByte, at: 6), InvalidText("{\"a\":1 \"b\":2}", .unexpectedByte, at: 7),
        InvalidText("{\"a\":1:2}", .unexpectedByte, at: 6), InvalidText("[[[]]", .unexpectedEnd, at: 5),
        InvalidText("1 2", .trailingBytes, at: 2), InvalidText("[]]", .trailingBytes, at: 2),
        InvalidText("{}{}", .trailingBytes, at: 2), InvalidText("null,", .trailingBytes, at: 4),
        InvalidText("[] // x", .trailingBytes, at: 3), InvalidText("/* */ 1", .unexpectedByte, at: 0),
        InvalidText("\u{A0}1", .unexpectedByte, at: 0), InvalidText("\u{B}1", .unexpectedByte, at: 0),
        InvalidText("\u{C}1", .unexpectedByte, at: 0), InvalidText("\0", .unexpectedByte, at: 0),
        InvalidText("1\0", .trailingBytes, at: 1), InvalidText("[1,\0]", .unexpectedByte, at: 3),
    ]

    static let literals = [
        InvalidText("nul", .unexpectedEnd, at: 3), InvalidText("nulL", .unexpectedByte, at: 3),
        InvalidText("Null", .unexpectedByte, at: 0), InvalidText("tru", .unexpectedEnd, at: 3),
        InvalidText("True", .unexpectedByte, at: 0), InvalidText("falsy", .unexpectedByte, at: 4),
        InvalidText("nullx", .trailingBytes, at: 4), InvalidText("truefalse", .trailingBytes, at: 4),
        InvalidText("NaN", .unexpectedByte, at: 0), InvalidText("Infinity", .unexpectedByte, at: 0),
        InvalidText("-Infinity", .invalidNumber, at: 1), InvalidText("undefined", .unexpectedByte, at: 0),
    ]

    static let numbers = [
        InvalidText("01", .invalidNumber, at: 0), InvalidText("00", .invalidNumber, at: 0),
        InvalidText("-01", .invalidNumber, at: 1), InvalidText("-", .unexpectedEnd, at: 1),
        InvalidText("--1", .invalidNumber, at: 1), InvalidText("+1", .unexpectedByte, at: 0),
        InvalidText(".5", .unexpectedByte, at: 0), InvalidText("-.5", .invalidNumber, at: 1),
        InvalidText("1.", .unexpectedEnd, at: 2), InvalidText("[1.]", .invalidNumber, at: 3),
        InvalidText("1.e1", .invalidNumber, at: 2), InvalidText("1e", .unexpectedEnd, at: 2),
        InvalidText("[1e]", .invalidNumber, at: 3), InvalidText("1e+", .unexpectedEnd, at: 3),
        InvalidText("[1e+]", .invalidNumber, at: 4), InvalidText("1e1.5", .trailingBytes, at: 3),
        InvalidText("1.2.3", .trailingBytes, at: 3), InvalidText("0x1F", .trailingBytes, at: 1),
        InvalidText("1_000", .trailingBytes, at: 1), InvalidText("1,5", .trailingBytes, at: 1),
        InvalidText("[- 1]", .invalidNumber, at: 2), InvalidText("[012]", .invalidNumber, at: 1),
        InvalidText("٣", .unexpectedByte, at: 0), InvalidText("1f", .trailingBytes, at: 1),
    ]

    static let strings = [
        InvalidText("\"", .unexpectedEnd, at: 1), InvalidText("\"abc", .unexpectedEnd, at: 4),
        InvalidText("\"abcdefgh", .unexpectedEnd, at: 9), InvalidText("\"a\\", .unexpectedEnd, at: 3),
        InvalidText("\"a\\\"", .unexpectedEnd, at: 4), InvalidText("'a'", .unexpectedByte, at: 0),
        InvalidText("\"\\u", .unexpectedEnd, at: 3), InvalidText("\"\\u12", .unexpectedEnd, at: 5),
        InvalidText(#""\u12""#, .unexpectedEnd, at: 6), InvalidText(#""\u12G4""#, .invalidEscape, at: 1),
        InvalidText(#""\u 041""#, .invalidEscape, at: 1), InvalidText(#""\u-041""#, .invalidEscape, at: 1),
        InvalidText(#""\U0041""#, .invalidEscape, at: 1), InvalidText(#""\x41""#, .invalidEscape, at: 1),
        InvalidText(#""\a""#, .invalidEscape, at: 1), InvalidText(#""\'""#, .invalidEscape, at: 1),
        InvalidText(#""\0""#, .invalidEscape, at: 1), InvalidText("\"\\\n\"", .invalidEscape, at: 1),
        InvalidText("\"a\nb\"", .bareControlCharacter, at: 2), InvalidText("\"a\tb\"", .bareControlCharacter, at: 2),
        InvalidText("\"\0\"", .bareControlCharacter, at: 1), InvalidText("\"\u{1F}\"", .bareControlCharacter, at: 1),
        InvalidText("\"12345678\u{1B}[0m\"", .bareControlCharacter, at: 9),
        InvalidText("{\"a\nb\":1}", .bareControlCharacter, at: 3),
        InvalidText(#""\ud800""#, .loneSurrogate, at: 1), InvalidText(#""\udbff""#, .loneSurrogate, at: 1),
        InvalidText(#""\udc00""#, .loneSurrogate, at: 1), InvalidText(#""\udfff""#, .loneSurrogate, at: 1),
        InvalidText(#""\ud800x""#, .loneSurrogate, at: 1), InvalidText(#""\ud800\n""#, .loneSurrogate, at: 1),
        InvalidText(#""\ud800\u0041""#, .loneSurrogate, at: 1), InvalidText(#""\ud800\ud800""#, .loneSurrogate, at: 1),
        InvalidText(#""\ude00\ud83d""#, .loneSurrogate, at: 1), InvalidText(#"{"\ud800":1}"#, .loneSurrogate, at: 2),
    ]

    /// The classes of RFC 3629 section 4, one row for each border.
    static let encoding = [
        InvalidText([0xEF, 0xBB, 0xBF, 0x31], .byteOrderMark, at: 0),
        InvalidText([0xFE, 0xFF, 0x00, 0x31], .unexpectedByte, at: 0),
        InvalidText([0x31, 0x00], .trailingBytes, at: 1), InvalidText([0xFF], .unexpectedByte, at: 0),
        InvalidText(inString: [0x80], .invalidUTF8), InvalidText(inString: [0xBF], .invalidUTF8),
        InvalidText(inString: [0xC0, 0x80], .invalidUTF8), InvalidText(inString: [0xC1, 0xBF], .invalidUTF8),
        InvalidText(inString: [0xC2], .invalidUTF8), InvalidText(inString: [0xC2, 0x7F], .invalidUTF8),
        InvalidText(inString: [0xC2, 0xC0], .invalidUTF8), InvalidText(inString: [0xDF], .invalidUTF8),
        InvalidText(inString: [0xE0, 0x80, 0x80], .invalidUTF8),
        InvalidText(inString: [0xE0, 0x9F, 0xBF], .invalidUTF8),
        InvalidText(inString: [0xE1, 0x80], .invalidUTF8), InvalidText(inString: [0xE1, 0x80, 0xC0], .invalidUTF8),
        InvalidText(inString: [0xED, 0xA0, 0x80], .invalidUTF8),
        InvalidText(inString: [0xED, 0xBF, 0xBF], .invalidUTF8),
        InvalidText(inString: [0xF0, 0x80, 0x80, 0x80], .invalidUTF8),
        InvalidText(inString: [0xF0, 0x8F, 0xBF, 0xBF], .invalidUTF8),
        InvalidText(inString: [0xF1, 0x80, 0x80], .invalidUTF8),
        InvalidText(inString: [0xF1, 0x80, 0x80, 0xC0], .invalidUTF8),
        InvalidText(inString: [0xF1, 0x80, 0x7F, 0x80], .invalidUTF8),
        InvalidText(inString: [0xF4, 0x90, 0x80, 0x80], .invalidUTF8),
        InvalidText(inString: [0xF5, 0x80, 0x80, 0x80], .invalidUTF8), InvalidText(inString: [0xFE], .invalidUTF8),
        InvalidText(inString: Array("éé".utf8) + [0xFF], .invalidUTF8, at: 6),
        InvalidText([0x22, 0xE2, 0x82], .invalidUTF8, at: 1),
        InvalidText([0x22, 0xF0, 0x9F, 0x98], .invalidUTF8, at: 1),
    ]

    static let duplicates = [
        InvalidText("{\"a\":1,\"a\":1}", .duplicateName, at: 7),
        InvalidText(#"{"a":1,"\u0061":2}"#, .duplicateName, at: 7),
        InvalidText(#"{"\u0061":1,"a":2}"#, .duplicateName, at: 12),
        InvalidText("{\"\":1,\"\":2}", .duplicateName, at: 6),
        InvalidText(#"{"a/b":1,"a\/b":2}"#, .duplicateName, at: 9),
        InvalidText(#"{"😀":1,"\ud83d\ude00":2}"#, .duplicateName, at: 10),
        InvalidText("{\"x\":{\"b\":1,\"c\":{\"b\":1},\"b\":2}}", .duplicateName, at: 24),
        InvalidText("[{},{\"a\":[{\"a\":1}],\"b\":2,\"a\":3}]", .duplicateName, at: 25),
        InvalidText(
            "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"\\u0061\":9}", .duplicateName, at: 49),
        InvalidText(
            "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"h\":0}", .duplicateName, at: 55),
    ]

    static let all = structure + literals + numbers + strings + encoding + duplicates
}
