internal import HTTPSyntax
internal import OpenSSL
internal import TestSupport
internal import Testing

/// The example of RFC 7515, appendix A.2: a key, a signing input and its RS256 signature.
private enum RFC7515 {
    static let modulus = """
        ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZ\
        S-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2\
        R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcD\
        TW9gb54h4FRWyuXpoQ
        """
    static let signingInput = """
        eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0\
        cnVlfQ
        """
    static let signature = """
        cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CU\
        Ar7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_d\
        O--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig\
        cN_IoypGlUPQGe77Rw
        """

    static func decoded(_ text: String) throws -> [UInt8] { try #require(Base64URL.decode(strictly: text)) }

    static func key() throws -> VerificationKey {
        try VerificationKey(modulus: decoded(modulus), exponent: decoded("AQAB"))
    }
}

/// The examples of RFC 7520, sections 3.3, 4.1 and 4.2: one key, one message, two schemes.
private enum RFC7520 {
    static let modulus = """
        n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2w\
        qVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFHpPI9bT\
        wJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5\
        iaiQkqgc5gHdrNP5zw
        """
    private static let payload = """
        SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwg\
        YW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9m\
        ZiB0by4
        """
    static let signingInput = "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.\(payload)"
    static let signature = """
        MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDk\
        oBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9Uzp\
        ERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogo\
        ree7vjbU5y18kDquDg
        """
    static let paddedSigningInput =
        "eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.\(payload)"
    static let paddedSignature = """
        cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItllVo6_1OL\
        PpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0TTrxUeT3lm8d9shn\
        r2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0uTOcbH510a6GYmJUAfmWjwZ6\
        oD4ifKo8DYM-X72Eaw
        """
}

@Suite(.patient) struct VerificationKeyTests {
    @Test("Accepts the signature of RFC 7515, appendix A.2")
    func acceptsKnownSignature() throws {
        let key = try RFC7515.key()

        #expect(try key.isValid(signature: RFC7515.decoded(RFC7515.signature), of: Array(RFC7515.signingInput.utf8)))
        #expect(key.signatureLength == 256)
        #expect(try key.modulus == RFC7515.decoded(RFC7515.modulus))
        #expect(key.exponent == [1, 0, 1])
    }

    @Test("Accepts the signature of RFC 7520, section 4.1, and not with one bit changed in key, message or signature")
    func acceptsCookbookSignature() throws {
        let modulus = try RFC7515.decoded(RFC7520.modulus)
        let message = Array(RFC7520.signingInput.utf8)
        let signature = try RFC7515.decoded(RFC7520.signature)
        let key = try VerificationKey(modulus: modulus, exponent: [1, 0, 1])

        #expect(try key.isValid(signature: signature, of: message))
        for bit in [0, 7, 1_024, 2_040] {
            #expect(try !key.isValid(signature: signature.flipping(bit), of: message))
            #expect(try !key.isValid(signature: signature, of: message.flipping(bit)))
        }
        let other = try VerificationKey(modulus: modulus.flipping(1_024), exponent: [1, 0, 1])
        #expect(try !other.isValid(signature: signature, of: message))
    }

    @Test("Refuses the PS384 signature of RFC 7520, section 4.2, though its key made it (E-03)")
    func refusesOtherPadding() throws {
        let key = try VerificationKey(modulus: RFC7515.decoded(RFC7520.modulus), exponent: [1, 0, 1])
        let signature = try RFC7515.decoded(RFC7520.paddedSignature)

        #expect(try !key.isValid(signature: signature, of: Array(RFC7520.paddedSigningInput.utf8)))
    }

    @Test("Refuses a signature when one bit differs", arguments: [0, 127, 255])
    func refusesAlteredSignature(at index: Int) throws {
        var signature = try RFC7515.decoded(RFC7515.signature)
        signature[index] ^= 1

        #expect(try !RFC7515.key().isValid(signature: signature, of: Array(RFC7515.signingInput.utf8)))
    }

    @Test("Refuses the signature of another message")
    func refusesAlteredMessage() throws {
        let signature = try RFC7515.decoded(RFC7515.signature)

        #expect(try !RFC7515.key().isValid(signature: signature, of: Array((RFC7515.signingInput + "x").utf8)))
        #expect(try !RFC7515.key().isValid(signature: signature, of: []))
    }

    @Test("Refuses a signature of another length than the modulus (E-07)", arguments: [0, 1, 255, 257, 512])
    func refusesWrongLength(count: Int) throws {
        let signature = Array(
            try (RFC7515.decoded(RFC7515.signature) + [UInt8](repeating: 0, count: 256)).prefix(count))

        #expect(try !RFC7515.key().isValid(signature: signature, of: Array(RFC7515.signingInput.utf8)))
    }

    @Test("Refuses the zero-padded number that has the same value")
    func refusesLeadingZero() throws {
        let signature = try [0] + RFC7515.decoded(RFC7515.signature)

        #expect(try !RFC7515.key().isValid(signature: signature, of: Array(RFC7515.signingInput.utf8)))
    }

    @Test("Stays right after a mismatch has filled the error queue")
    func mismatchLeavesNoTrace() throws {
        let key = try RFC7515.key()
        let message = Array(RFC7515.signingInput.utf8)
        _ = try key.isValid(signature: [UInt8](repeating: 7, count: 256), of: message)

        #expect(try key.isValid(signature: RFC7515.decoded(RFC7515.signature), of: message))
        let failure = #expect(throws: CryptoError.self) { try SigningKey(pem: "no key") }
        #expect(failure?.detail.contains("padding") == false)
    }

    @Test("One key serves many tasks at once")
    func isShared() async throws {
        let key = try RFC7515.key()
        let signature = try RFC7515.decoded(RFC7515.signature)
        let message = Array(RFC7515.signingInput.utf8)

        let verdicts = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<64 { group.addTask { try key.isValid(signature: signature, of: message) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(verdicts == [Bool](repeating: true, count: 64))
    }
}

@Suite(.patient) struct VerificationKeyFormTests {
    struct BadNumbers: CustomTestStringConvertible {
        let testDescription: String
        let modulus: [UInt8]
        let exponent: [UInt8]

        private static let good = [0xC1] + [UInt8](repeating: 0x5B, count: 255)

        static let all: [BadNumbers] = [
            BadNumbers(testDescription: "no modulus", modulus: [], exponent: [1, 0, 1]),
            BadNumbers(testDescription: "a modulus of zeros", modulus: .init(repeating: 0, count: 256), exponent: [3]),
            BadNumbers(
                testDescription: "2047 bits", modulus: [0x7F] + [UInt8](repeating: 0xFF, count: 255), exponent: [3]),
            BadNumbers(
                testDescription: "8200 bits", modulus: [UInt8](repeating: 0xFF, count: 1025), exponent: [1, 0, 1]),
            BadNumbers(
                testDescription: "a megabyte", modulus: [UInt8](repeating: 0xFF, count: 1 << 20), exponent: [1, 0, 1]),
            BadNumbers(testDescription: "an even modulus", modulus: good.dropLast() + [0x5A], exponent: [1, 0, 1]),
            BadNumbers(testDescription: "no exponent", modulus: good, exponent: []),
            BadNumbers(testDescription: "exponent 1", modulus: good, exponent: [1]),
            BadNumbers(testDescription: "an even exponent", modulus: good, exponent: [1, 0, 0]),
            BadNumbers(
                testDescription: "an exponent of 65 bits", modulus: good, exponent: [1, 0, 0, 0, 0, 0, 0, 0, 1]),
        ]
    }

    @Test("Refuses numbers that are no acceptable key (E-07)", arguments: BadNumbers.all)
    func refuses(_ row: BadNumbers) throws {
        let failure = #expect(throws: CryptoError.self) {
            try VerificationKey(modulus: row.modulus, exponent: row.exponent)
        }

        #expect(failure?.reason == .unsupportedKey)
    }

    @Test("Accepts the bounds of E-07", arguments: [256, 1024], [[3], [0, 0, 3], [1, 0, 1]] as [[UInt8]])
    func acceptsBounds(bytes: Int, exponent: [UInt8]) throws {
        let modulus = [0x80] + [UInt8](repeating: 0x11, count: bytes - 1)

        let key = try VerificationKey(modulus: [0, 0] + modulus, exponent: exponent)

        #expect(key.signatureLength == bytes)
        #expect(key.modulus == modulus)
    }

    @Test("Reads a SubjectPublicKeyInfo and refuses what is not one")
    func readsDER() throws {
        let modulus = try RFC7515.decoded(RFC7515.modulus)
        // SEQUENCE { AlgorithmIdentifier rsaEncryption, BIT STRING { SEQUENCE { n, e } } }, RFC 3279 section 2.3.1.
        let header: [UInt8] = [
            0x30, 0x82, 0x01, 0x22, 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05,
            0x00, 0x03, 0x82, 0x01, 0x0F, 0x00, 0x30, 0x82, 0x01, 0x0A, 0x02, 0x82, 0x01, 0x01, 0x00,
        ]
        let der = header + modulus + [0x02, 0x03, 0x01, 0x00, 0x01]

        #expect(try VerificationKey(subjectPublicKeyInfo: der).modulus == modulus)
        for bad in [[], Array(der.dropLast()), der + [0], [0x30, 0x00]] {
            let failure = #expect(throws: CryptoError.self) { try VerificationKey(subjectPublicKeyInfo: bad) }
            #expect(failure?.reason == .malformedKey)
        }
    }

    @Test("Refuses a key for another algorithm")
    func refusesEllipticCurve() throws {
        // An Ed25519 key: SEQUENCE { SEQUENCE { OID 1.3.101.112 }, BIT STRING }, RFC 8410.
        let der: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00] + .init(1...32)

        let failure = #expect(throws: CryptoError.self) { try VerificationKey(subjectPublicKeyInfo: der) }

        #expect(failure?.reason == .unsupportedKey)
    }
}

extension [UInt8] {
    /// The bytes with one bit changed, counted from the first byte's lowest.
    fileprivate func flipping(_ bit: Int) -> [UInt8] {
        var changed = self
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        return changed
    }
}
