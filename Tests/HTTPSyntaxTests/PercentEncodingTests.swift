internal import HTTPSyntax
internal import Testing

@Suite struct PercentEncodingTests {
    @Test(
        "Escapes all that is not unreserved, and reads it again (RFC 3986 section 2)",
        arguments: [
            ("", ""), ("azAZ09-._~", "azAZ09-._~"), (" ", "%20"), ("a+b=c&d", "a%2Bb%3Dc%26d"), ("%", "%25"),
            ("\n\u{0}\u{7F}", "%0A%00%7F"), ("é€", "%C3%A9%E2%82%AC"), ("{\"a\":1}", "%7B%22a%22%3A1%7D"),
            ("/?#[]@!", "%2F%3F%23%5B%5D%40%21"),
        ])
    func escapes(text: String, encoded: String) {
        #expect(PercentEncoding.encode(text) == encoded)
        #expect(PercentEncoding.decode(encoded.utf8) == text)
        var bytes = Array("x".utf8)
        PercentEncoding.append(text, to: &bytes)
        #expect(bytes == Array("x\(encoded)".utf8))
    }

    @Test(
        "Reads either case of digits, and leaves all other bytes alone",
        arguments: [("%c3%A9", "é"), ("a+b %41", "a+b A"), ("é%21", "é!")])
    func decodes(encoded: String, text: String) {
        #expect(PercentEncoding.decode(encoded.utf8) == text)
    }

    @Test(
        "Refuses half an escape, other digits, and what is no UTF-8",
        arguments: ["%", "%4", "a%", "%4x", "%x4", "%+4", "% 4", "%%41", "%４１", "%FF", "%C3", "%ED%A0%80"])
    func refuses(encoded: String) {
        #expect(PercentEncoding.decode(encoded.utf8) == nil)
    }

    @Test("Escapes every byte on its own")
    func everyByte() {
        for byte in UInt8(0)..<0x80 {
            let text = String(UnicodeScalar(byte))
            let encoded = PercentEncoding.encode(text)
            #expect(encoded == text || encoded.utf8.count == 3 && encoded.hasPrefix("%"))
            #expect(PercentEncoding.decode(encoded.utf8) == text)
        }
    }
}
