internal import HTTPSyntax
internal import Testing

@Suite struct Base64URLTests {
    @Test(
        "Encodes and decodes the examples of RFC 4648, section 10, without padding",
        arguments: [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
            ("foobar", "Zm9vYmFy"),
        ])
    func examples(text: String, encoded: String) {
        #expect(Base64URL.encode(Array(text.utf8)) == encoded)
        #expect(Base64URL.decode(strictly: encoded) == Array(text.utf8))
        #expect(Base64URL.decode(strictly: encoded[...]) == Array(text.utf8))
        #expect(Base64URL.decode(strictly: Array(encoded.utf8)) == Array(text.utf8))
        #expect(Base64URL.decode(strictly: Array("x\(encoded)".utf8)[1...]) == Array(text.utf8))
    }

    @Test("Survives every length and every byte")
    func roundTrip() {
        for count in 0...256 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 251) }
            #expect(Base64URL.decode(strictly: Base64URL.encode(bytes)) == bytes)
        }
        #expect(Base64URL.encode([0xFB, 0xFF, 0xFE]) == "-__-")
    }

    @Test(
        "Refuses what is not canonical (E-01)",
        arguments: [
            "Z", "Zm9vY", "Zg==", "Zm9v=", "Zh", "Zm9", "Zm9vYmF", "Zm+v", "Zm/v", "Zm9v\n", " Zm9v", "Zm 9v", "Zé",
        ])
    func refuses(text: String) {
        #expect(Base64URL.decode(strictly: text) == nil)
    }
}

@Suite struct Base64Tests {
    @Test(
        "Encodes and decodes the examples of RFC 4648, section 10, with padding",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func examples(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(strictly: encoded) == Array(text.utf8))
        #expect(Base64.decode(strictly: encoded[...]) == Array(text.utf8))
    }

    @Test("Uses the standard alphabet")
    func alphabet() {
        #expect(Base64.encode([0xFB, 0xFF, 0xFE]) == "+//+")
        #expect(Base64.decode(strictly: "-__-") == nil)
    }

    @Test(
        "Refuses what does not encode back to itself (ERA-18)",
        arguments: [
            "=", "==", "====", "Z===", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v====", "Zg==Zg==", "Zm9v\n", "Z=g=",
            "=Zg=",
        ])
    func refuses(text: String) {
        #expect(Base64.decode(strictly: text) == nil)
    }
}
