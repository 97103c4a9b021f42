internal import HTTPSyntax
internal import OpenSSL
internal import Testing

/// A certificate, and signatures of its key, all made by `openssl`: an implementation independent of the code under test.
private enum Fixture {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIICsDCCAZgCAQEwDQYJKoZIhvcNAQELBQAwHjEcMBoGA1UEAwwTZGF0YWJyaWNr
        cy1qb2JzLW1jcDAeFw0yNjAxMDEwMDAwMDBaFw0zMDAxMDEwMDAwMDBaMB4xHDAa
        BgNVBAMME2RhdGFicmlja3Mtam9icy1tY3AwggEiMA0GCSqGSIb3DQEBAQUAA4IB
        DwAwggEKAoIBAQDViMs6RypKC59O611dctecCTSfnBxQvHIiwpMv1W0496hCk7Sa
        k6fzb0vkxAEbmaUQqYM/V2pnTwGZ8EMIdkrBXHN6pNJKeozJ5XNpaPWQkXgS1QQ/
        vx0iUkiKV9aLr9xs/sepapVwlxki/Sz2uWhhNDUmIWT+K02Ik1+LaHCWrO53l5St
        34OusJaO01FdauDVfbIO9kOenHf9VkeeBDGtJJUuVutNWzRrJkF+6KQmuzaf/faJ
        oK2O/AjFboIOL+2czVa5oSnVsnSrxpMc2hTw1A6Kz7bF9c0eAUUalzBSNwcDh77n
        dCQXh+Xq8hQWYFBTigDmf2z8kGCM0qLE50efAgMBAAEwDQYJKoZIhvcNAQELBQAD
        ggEBAHYhUTzc+/wpOm7BgX4sVqsOwmBzyl4aoetxvU0ceFDzIqPCgaNck/h1Jtpo
        CGl+keJd49/QsywChEB8K7V0S0pWVaC5/t3S5hEKiTNUoIR+/a+63P0hWmsfsiRm
        f6C2Q7Ou1jT2KZ6CetXugFOlMzP2SLh2iCZMW+gJ1nRjy0XaclzQD0BPUFV/ctqP
        o+8S7fayaHy7RqJe3ROvQQWCJzjePNri8Z03ArBO0IgDpeMAA2Ac5GCRxDH673ur
        nnOmCJ4SiaFyKzJR7aBH6CMhNfBGTb1scthM26uyWMRi3p30V5w7rqEn8VdTQPXQ
        Xoy4eTm1INykVYCsk8l9PkMy9ig=
        -----END CERTIFICATE-----
        """
    static let otherKind = """
        -----BEGIN CERTIFICATE-----
        MIIBcTCCARegAwIBAgIUJKqo9L9wpYu3YKLm1dyyBRw8aZIwCgYIKoZIzj0EAwIw
        DTELMAkGA1UEAwwCZWMwIBcNMjYxMTI1MTQ0OTUyWhgPMjA1MTA3MTcxNDQ5NTJa
        MA0xCzAJBgNVBAMMAmVjMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE4Kh/2xF3
        7aBTyp8sKERmJRLtTdKhwtUraXDFszWgg9LwKAzI1Z/mQ25biAMHRXXW7oeEL32S
        4ZbYkCuwOYTzf6NTMFEwHQYDVR0OBBYEFM8rvyXz8/YPxF3qvqGr4h2MtzuvMB8G
        A1UdIwQYMBaAFM8rvyXz8/YPxF3qvqGr4h2MtzuvMA8GA1UdEwEB/wQFMAMBAf8w
        CgYIKoZIzj0EAwIDSAAwRQIga9Wk/QCqapSKrQ7QmN1bOkxo3RYXzUcTOXV9lK6c
        QOYCIQCJp+STQHlUoYu0ZsN8WVea1Ml1KZpmT4SL3Zog1qnJqw==
        -----END CERTIFICATE-----
        """
    static let sha1 = "VDyMNsqvxHGk03HcYum6gL94rsM"
    static let sha256 = "WPm6PVoPbwzcflz5LDuBiJdpslghGMXK-zymtcgvfvA"
    static let message = Array("header.payload".utf8)
    /// With a salt of 32 bytes, as PS256 wants it.
    static let signature = """
        sYg7F8JVMtct8wj6IJZ-O01rGqfYE-nzOL-u3jOd-6xarCrEPGr1W86n8MzXRPDuxR74S95A-oONqnFIN7NEiY7TEst4FD-\
        F_z4CWD8b0P0Zubw9WakRMYoss6yJgXowHTo2P5X36quaLfyxHQB-Wh2wsRuMEahPl6B8zsraJQETU6U8r9GGPHqRbo516ljILAo\
        wz3QYBkyHLGt7S9Hm09b4Zu7YjAHalq7onCznJJcf5iSzN7QiQ_PNg4LU8C1diZfgVmhthJ4mdQZPdVkhM_musCj5iZPLWkO7X_s\
        OqizypMdNUg70-Xy3ty5p85BncwHwosiakfrMdTtzFQ2cyQ
        """
    static let shortSalt = """
        ZrViUXOAfnVO6DjI5MSS8EDpODpwzSKhtU9CiGB3BzmluHZfU9SSbJus9tlXs0GHYmrJiST0bZppaz4A04BtbnWmYYZ1wmzYbLHb\
        v1OWmzjfFPE9GI_SPPj6E_ixYYEy8RV0YmYjNlVd9gCMPYuYsrhRxEroZjGYXLy72Vi-\
        rFSpVGShM5QDiJ0Aev9L0gno_r_nsGsUZsbF6IGitSm_Mz3_CyOHs3LN4WByUk7-ucpF4ayu85l7h8FlWbR-\
        _mB48PdQdjOX-1EK9w7SdZI6nqCo5KnyXQgNm--5MmqbbHxV33infS-MkmFDT8YPyw1qfOmEf_P-nI1VL7OVDDBTeg
        """
    static let otherMask = """
        NFe-cdekwnT8XQmuFZlZ9wLa7_5E-\
        vGEIoDKQni9nLeJJwOGNgSIsNUlGOySkCGAFZYJHorLMnYBfTtmHaIeRRu6cf918QZrTXkBSnhhN-pV_zUKhAb2pmj_oICLP0meA\
        kbu8CQjgvxMjOdsvHEwTzgpio5W8V_kllOA2K_km4wADdtUxCALz13fjg75T0hxHJowNwa6r1dDv7jw37ewTETfIVCUzv7z_etZv\
        0LqiX3DlLNixGatKWBr0WUt1ePPyCB_5UzWt_LOMJLRcsQmIqdcoyHEl5M4YIcOuZaUTm-egLcs-\
        IoD9E6_0lYaWqagZxZTn39AK33BJSscMkTyqg
        """
}

@Suite struct X509CertificateTests {
    @Test("Reads key, thumbprints and validity, from PEM and from DER (E-187)")
    func reads() throws {
        let certificate = try X509Certificate(pem: "a comment\n" + Fixture.certificate)

        #expect(Base64URL.encode(certificate.sha1Thumbprint) == Fixture.sha1)
        #expect(Base64URL.encode(certificate.sha256Thumbprint) == Fixture.sha256)
        #expect(certificate.validFrom == 1_767_225_600)
        #expect(certificate.validUntil == 1_893_456_000)
        let copy = try X509Certificate(der: certificate.der)
        #expect(copy.der == certificate.der)
        #expect(copy.publicKey.modulus == certificate.publicKey.modulus)
    }

    @Test("Refuses what is no certificate of an RSA key")
    func refuses() throws {
        let der = try X509Certificate(pem: Fixture.certificate).der
        let cases: [(CryptoError.Reason, () throws -> X509Certificate)] = [
            (.malformedKey, { try X509Certificate(pem: "") }),
            (.malformedKey, { try X509Certificate(pem: String(Fixture.certificate.prefix(200))) }),
            (.malformedKey, { try X509Certificate(der: []) }),
            (.malformedKey, { try X509Certificate(der: Array(der.dropLast())) }),
            (.malformedKey, { try X509Certificate(der: der + [0]) }),
            (.unsupportedKey, { try X509Certificate(pem: Fixture.otherKind) }),
        ]
        for (reason, make) in cases {
            let failure = #expect(throws: CryptoError.self) { try make() }
            #expect(failure?.reason == reason)
        }
    }

    @Test("Accepts a PS256 signature")
    func acceptsPSS() throws {
        let key = try X509Certificate(pem: Fixture.certificate).publicKey
        let signature = try #require(Base64URL.decode(strictly: Fixture.signature))

        #expect(try key.isValid(pssSignature: signature, of: Fixture.message))
        #expect(try !key.isValid(signature: signature, of: Fixture.message), "it is none of RS256")
    }

    @Test("Refuses another salt length, another mask, another message, one wrong bit, another length")
    func refusesPSS() throws {
        let key = try X509Certificate(pem: Fixture.certificate).publicKey
        let signature = try #require(Base64URL.decode(strictly: Fixture.signature))
        for text in [Fixture.shortSalt, Fixture.otherMask] {
            let other = try #require(Base64URL.decode(strictly: text))
            #expect(try !key.isValid(pssSignature: other, of: Fixture.message))
        }
        #expect(try !key.isValid(pssSignature: signature, of: Fixture.message + [0]))
        #expect(try !key.isValid(pssSignature: signature.dropLast() + [signature[255] ^ 1], of: Fixture.message))
        #expect(try !key.isValid(pssSignature: signature + [0], of: Fixture.message))
        #expect(try !key.isValid(pssSignature: [], of: Fixture.message))
    }
}
