internal import OpenSSL
internal import Testing

@Suite struct SigningKeyTests {
    @Test("Signs what the public half of the key accepts")
    func signsAndVerifies() throws {
        let key = try SigningKey(generatingBits: 2048)
        let message = Array("header.payload".utf8)

        let signature = try key.signature(of: message)

        let verification = try VerificationKey(modulus: key.modulus, exponent: key.exponent)
        #expect(signature.count == 256)
        #expect(key.exponent == [1, 0, 1])
        #expect(try verification.isValid(signature: signature, of: message))
        #expect(try verification.isValid(signature: key.signature(of: []), of: []))
    }

    @Test("Makes the same signature each time, as PKCS #1 v1.5 does")
    func isDeterministic() throws {
        let key = try SigningKey(generatingBits: 2048)

        #expect(try key.signature(of: [1, 2, 3]) == key.signature(of: [1, 2, 3]))
    }

    @Test("Survives the way through PEM")
    func roundTrip() throws {
        let key = try SigningKey(generatingBits: 2048)

        let copy = try SigningKey(pem: "a comment before the key\n" + key.pem)

        #expect(try key.pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        #expect(copy.modulus == key.modulus)
        #expect(try copy.signature(of: [9]) == key.signature(of: [9]))
    }

    @Test("Two keys are different")
    func isRandom() throws {
        #expect(try SigningKey(generatingBits: 2048).modulus != SigningKey(generatingBits: 2048).modulus)
    }

    @Test("Refuses sizes outside of E-07", arguments: [-1, 0, 512, 2047, 8193])
    func refusesSizes(bits: Int) {
        let failure = #expect(throws: CryptoError.self) { try SigningKey(generatingBits: bits) }

        #expect(failure?.reason == .unsupportedKey)
    }

    @Test("Refuses text that holds no private key", arguments: ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n"])
    func refusesText(pem: String) {
        let failure = #expect(throws: CryptoError.self) { try SigningKey(pem: pem) }

        #expect(failure?.reason == .malformedKey)
    }

    @Test("Refuses a key under a passphrase without asking for it")
    func refusesEncryptedKey() {
        let pem = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIGrMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhWKGNNQvcg8wICCAAw
            DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEECXPjHqYk3cu8PBVxY0vP6gEUJ6B
            -----END ENCRYPTED PRIVATE KEY-----
            """

        let failure = #expect(throws: CryptoError.self) { try SigningKey(pem: pem) }

        #expect(failure?.reason == .malformedKey)
    }

    @Test("Prints nothing of itself")
    func hidesItself() throws {
        let key = try SigningKey(generatingBits: 2048)

        #expect("\(key)" == "OpenSSL.SigningKey")
        #expect(String(reflecting: key) == "OpenSSL.SigningKey")
    }
}
