internal import HTTPSyntax
internal import OpenSSL
internal import Testing

@Suite struct SHA256Tests {
    @Test(
        "Agrees with FIPS 180-4",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func knownDigests(text: String, hex: String) {
        let slice = Array("x\(text)".utf8)[1...]
        let digestOfSpan = SHA256.digest(slice.span)

        #expect(SHA256.digest(text).hex == hex)
        #expect(SHA256.digest(Array(text.utf8)).hex == hex)
        #expect(digestOfSpan.hex == hex)
    }

    @Test("Makes the thumbprint of the key of RFC 7638, section 3.1")
    func thumbprint() {
        let members = """
            {"e":"AQAB","kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR\
            1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY36\
            8QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksI\
            NHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}
            """

        let thumbprint = Base64URL.encode(Array(SHA256.digest(members).bytes))

        #expect(thumbprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs")
    }

    @Test("A digest is a value: equal, hashable, 32 bytes long")
    func isValue() {
        let digest = SHA256.digest("abc")

        #expect(digest == SHA256.digest("abc"))
        #expect(digest != SHA256.digest("abd"))
        #expect(Set([digest, SHA256.digest("abc"), SHA256.digest("abd")]).count == 2)
        #expect(digest.bytes.count == 32)
        #expect(digest.bytes.prefix(3) == [0xBA, 0x78, 0x16])
        #expect(digest.hexPrefix(12) == "ba7816bf8f01")
        #expect(digest.hexPrefix(0).isEmpty)
    }
}

@Suite struct BytesTests {
    @Test("Random bytes are as many as asked for, and others each time")
    func random() throws {
        #expect(try randomBytes(0).isEmpty)
        #expect(try randomBytes(32).count == 32)
        #expect(try randomBytes(32) != randomBytes(32))
    }

    @Test(
        "Compares as == does",
        arguments: [
            ([], []), ([1], [1]), ([1], [2]), ([1, 2], [1]), ([], [0]), ([1, 2, 3], [1, 2, 3]), ([1, 2], [3, 2]),
        ]
            as [([UInt8], [UInt8])])
    func compares(left: [UInt8], right: [UInt8]) {
        let areSpansEqual = constantTimeEqual(left.span, right.span)

        #expect(constantTimeEqual(left, right) == (left == right))
        #expect(areSpansEqual == (left == right))
    }

    @Test("Compares texts by their bytes, not by canonical equivalence")
    func comparesTexts() {
        #expect(constantTimeEqual("secret", "secret"))
        #expect(!constantTimeEqual("secret", "secreT"))
        #expect(!constantTimeEqual("\u{E9}", "e\u{301}"))
    }
}
