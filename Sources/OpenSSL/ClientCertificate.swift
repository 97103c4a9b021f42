internal import COpenSSL

/// A certificate with its private key, by which an application proves to Entra ID who it is (E-70).
///
/// Never modified after `init`, so threads may share it (openssl-threads(7)). No description prints any of the key.
@safe
package final class ClientCertificate: @unchecked Sendable {
    private let key: OpaquePointer  // EVP_PKEY *

    /// SHA-256 of the certificate's DER form: the header member `x5t#S256`, RFC 7515 section 4.1.8.
    package let thumbprint: SHA256Digest
    /// The first second at which the certificate is valid, since 1970.
    package let validFrom: Int64
    /// The last second at which the certificate is valid, since 1970.
    package let validUntil: Int64

    /// Reads a certificate and its RSA key, in either order.
    ///
    /// Of several certificates, a chain for example, the one that belongs to the key counts.
    ///
    /// - Parameter pem: The key is PKCS #8 or PKCS #1 and not encrypted; text around the parts is skipped.
    /// - Throws: ``ClientCertificateError``.
    package init(pem: String) throws(ClientCertificateError) {
        guard !pem.contains("BEGIN ENCRYPTED PRIVATE KEY"), !pem.contains("Proc-Type: 4,ENCRYPTED") else {
            throw .encryptedKey
        }
        let text = Array(pem.utf8)
        guard let count = CInt(exactly: text.count), let key = unsafe cossl_read_private_key(text, count) else {
            ERR_clear_error()
            throw .noKey
        }
        unsafe self.key = key
        let certificate = try unsafe Self.certificate(of: key, in: text)
        defer { unsafe X509_free(certificate) }
        thumbprint = try unsafe Self.thumbprint(of: certificate)
        validFrom = try unsafe Self.seconds(X509_get0_notBefore(certificate))
        validUntil = try unsafe Self.seconds(X509_get0_notAfter(certificate))
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// The RSASSA-PSS SHA-256 ("PS256") signature of `message`, RFC 7518 section 3.5: a salt of 32 bytes, MGF1 with SHA-256.
    ///
    /// - Returns: As many bytes as the modulus has; others every time.
    /// - Throws: ``CryptoError`` with `internalFailure` when OpenSSL fails.
    package func signature(of message: [UInt8]) throws(CryptoError) -> [UInt8] {
        try unsafe RSASignature.bytes(of: message, by: key, padding: .pss)
    }

    /// The certificate that belongs to `key`, which the caller owns.
    private static func certificate(of key: OpaquePointer, in text: [UInt8]) throws(ClientCertificateError)
        -> OpaquePointer
    {
        do throws(CryptoError) { try unsafe RSANumbers.check(key) } catch { throw .unsupportedKey }
        var found: CInt = 0
        let certificate = unsafe cossl_certificate_of(key, text, CInt(text.count), &found)
        // The end of the text queues an error, and so does every certificate of another key.
        ERR_clear_error()
        guard let certificate = unsafe certificate else { throw found == 0 ? .noCertificate : .keyMismatch }
        return unsafe certificate
    }

    private static func thumbprint(of certificate: OpaquePointer) throws(ClientCertificateError) -> SHA256Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let status = unsafe withUnsafeMutableBytes(of: &words) { out in
            unsafe cossl_certificate_digest(
                certificate, SHA256.rawImplementation, out.assumingMemoryBound(to: UInt8.self).baseAddress)
        }
        guard status == 1 else { throw .unreadableCertificate }
        return SHA256Digest(words: words)
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws(ClientCertificateError) -> Int64 {
        var seconds: Int64 = 0
        guard let time = unsafe time, unsafe cossl_certificate_seconds(time, &seconds) == 1 else {
            ERR_clear_error()
            throw .unreadableCertificate
        }
        return seconds
    }
}

/// Why text does not hold a certificate that can sign; the description is for the operator and holds no key material.
package enum ClientCertificateError: Error, Sendable, CaseIterable {
    /// No private key, or a damaged one.
    case noKey
    /// The private key needs a passphrase.
    case encryptedKey
    /// Not RSA, or shorter than 2048 or longer than 8192 bits.
    case unsupportedKey
    /// No certificate, or a damaged one.
    case noCertificate
    /// Only certificates of other keys.
    case keyMismatch
    /// OpenSSL cannot make out the certificate's validity.
    case unreadableCertificate
}

extension ClientCertificateError: CustomStringConvertible {
    /// The rest of a sentence about the file.
    package var description: String {
        switch self {
        case .noKey: "holds no readable private key in PEM form"
        case .encryptedKey: "holds an encrypted private key; store it decrypted, readable by this server only"
        case .unsupportedKey: "holds a private key that is not RSA with 2048 to 8192 bits"
        case .noCertificate: "holds no readable certificate in PEM form"
        case .keyMismatch: "holds a private key that does not belong to the certificate"
        case .unreadableCertificate: "holds a certificate whose validity cannot be read"
        }
    }
}
