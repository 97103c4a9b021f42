internal import Foundation
internal import OpenSSL
internal import TestSupport
internal import Testing

@Suite(.patient) struct ClientCertificateTests {
    @Test("Signs PS256 with a salt of 32 bytes, as another implementation confirms (E-187)")
    func signature() async throws {
        try await withTemporaryFolder { folder in
            let certificate = try ClientCertificate(pem: try await OpenSSLCommand.makeCertificate(in: folder))
            let message = Array("header.payload".utf8)
            let signature = try certificate.signature(of: message)
            #expect(signature.count == 256)
            #expect(try certificate.signature(of: message) != signature)

            try Data(message).write(to: folder.appendingPathComponent("message"))
            try Data(signature).write(to: folder.appendingPathComponent("signature"))
            try await OpenSSLCommand.run("x509 -in certificate.pem -pubkey -noout -out public.pem", in: folder)
            let verify = "dgst -sha256 -verify public.pem -signature signature -sigopt rsa_padding_mode:pss"
            let options = "-sigopt rsa_mgf1_md:sha256 -sigopt rsa_pss_saltlen:32 message"
            #expect(try await OpenSSLCommand.run("\(verify) \(options)", in: folder) == "Verified OK\n")
        }
    }

    @Test("Knows the thumbprint and the validity of the certificate, whatever the order of the parts")
    func facts() async throws {
        try await withTemporaryFolder { folder in
            let before = Int64(Date().timeIntervalSince1970)
            _ = try await OpenSSLCommand.makeCertificate(in: folder, days: 10)
            let after = Int64(Date().timeIntervalSince1970)
            let parts = try ["key.pem", "certificate.pem"].map {
                try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
            }
            for pem in [parts.joined(), parts.reversed().joined(), "a comment\n" + parts.joined(separator: "\n\n")] {
                let certificate = try ClientCertificate(pem: pem)
                #expect(certificate.validUntil - certificate.validFrom == 10 * 86_400)
                #expect((before...after).contains(certificate.validFrom))
                let printed = try await OpenSSLCommand.run(
                    "x509 -in certificate.pem -noout -fingerprint -sha256", in: folder)
                let hex = printed.split(separator: "=").last?.filter(\.isHexDigit).lowercased()
                #expect(certificate.thumbprint.hex == hex)
            }
        }
    }

    @Test("Of a chain, the certificate of the key counts")
    func chain() async throws {
        try await withTemporaryFolder { folder in
            let other = try await OpenSSLCommand.makeCertificate(in: folder)
            let own = try await OpenSSLCommand.makeCertificate(in: folder)
            let otherCertificate = other.components(separatedBy: "-----BEGIN PRIVATE KEY").first ?? ""
            let certificate = try ClientCertificate(pem: otherCertificate + own)
            #expect(certificate.thumbprint == (try ClientCertificate(pem: own)).thumbprint)
            #expect(throws: ClientCertificateError.keyMismatch) {
                let ownKey = own.range(of: "-----BEGIN PRIVATE KEY").map { String(own[$0.lowerBound...]) } ?? ""
                _ = try ClientCertificate(pem: otherCertificate + ownKey)
            }
        }
    }

    @Test(
        "Refuses keys that are encrypted, too short or not RSA, and says so",
        arguments: [
            ("rsa:2048 -passout pass:word", ClientCertificateError.encryptedKey),
            ("rsa:1024 -nodes", .unsupportedKey), ("ec -pkeyopt ec_paramgen_curve:P-256 -nodes", .unsupportedKey),
        ])
    func keys(options: String, expected: ClientCertificateError) async throws {
        try await withTemporaryFolder { folder in
            let pem = try await OpenSSLCommand.makeCertificate(in: folder, key: options)
            #expect(throws: expected) { _ = try ClientCertificate(pem: pem) }
        }
    }

    @Test("Refuses text without a key or a certificate")
    func incomplete() async throws {
        try await withTemporaryFolder { folder in
            _ = try await OpenSSLCommand.makeCertificate(in: folder)
            let parts = try ["key.pem", "certificate.pem"].map {
                try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
            }
            #expect(throws: ClientCertificateError.noCertificate) { _ = try ClientCertificate(pem: parts[0]) }
            #expect(throws: ClientCertificateError.noKey) { _ = try ClientCertificate(pem: parts[1]) }
            #expect(throws: ClientCertificateError.noKey) { _ = try ClientCertificate(pem: "") }
        }
    }
}
