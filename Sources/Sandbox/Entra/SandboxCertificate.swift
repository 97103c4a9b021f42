internal import HTTPSyntax
internal import OpenSSL

/// A fresh key with its self-signed certificate, for an application that signs client assertions (E-187).
package struct SandboxCertificate: Sendable {
    /// DER.
    package let certificate: [UInt8]
    /// The private key as PKCS #8 PEM: a secret of the sandbox.
    package let privateKeyPEM: String

    /// Makes a key of 2048 bits, which takes some 100 ms, and its certificate.
    ///
    /// - Parameters:
    ///   - name: The common name.
    ///   - lastYear: The certificate is valid until the end of this year, 2020 to 2049.
    /// - Throws: ``CryptoError`` when OpenSSL fails.
    package init(name: String = "databricks-jobs-mcp sandbox", lastYear: Int = 2049) throws {
        let key = try SigningKey(generatingBits: 2048)
        certificate = try SelfSignedCertificate.make(key: key, name: name, lastYear: min(max(lastYear, 2020), 2049))
        privateKeyPEM = try key.pem
    }

    /// The certificate as PEM.
    package var certificatePEM: String {
        let text = Array(Base64.encode(certificate))
        let lines = stride(from: 0, to: text.count, by: 64).map { String(text[$0..<min($0 + 64, text.count)]) }
        return "-----BEGIN CERTIFICATE-----\n\(lines.joined(separator: "\n"))\n-----END CERTIFICATE-----\n"
    }

    /// Certificate and private key in one text: the content of the file that `AZURE_CLIENT_CERTIFICATE_PATH` names.
    package var pem: String { certificatePEM + privateKeyPEM }
}
