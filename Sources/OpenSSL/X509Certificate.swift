internal import COpenSSL

/// An X.509 certificate with an RSA key, by what a client assertion needs of it: its key, its names, its validity.
///
/// Nothing of it is verified: not its signature, not its issuer, not its purpose. Who registers a certificate trusts it.
package struct X509Certificate: Sendable {
    /// The DER form: what both thumbprints are over.
    package let der: [UInt8]
    /// The public key.
    package let publicKey: VerificationKey
    /// Seconds since 1970 from which it is valid.
    package let validFrom: Int64
    /// Seconds since 1970 until which it is valid, that second included.
    package let validUntil: Int64

    /// A certificate in its binary form.
    ///
    /// - Parameter der: One certificate, and nothing after it.
    /// - Throws: ``CryptoError`` with `malformedKey`, or `unsupportedKey` for another kind of key (E-07).
    package init(der: [UInt8]) throws(CryptoError) {
        let (decoded, unread) = unsafe Self.decode(der)
        guard let certificate = unsafe decoded else { throw .drainingErrorQueue(.malformedKey) }
        defer { unsafe X509_free(certificate) }
        guard unread == 0 else { throw CryptoError(reason: .malformedKey, detail: "bytes after the certificate") }
        try unsafe self.init(borrowing: certificate)
    }

    /// The first certificate in PEM text; other text and a private key beside it are skipped.
    ///
    /// - Throws: ``CryptoError`` with `malformedKey`, or `unsupportedKey` for another kind of key (E-07).
    package init(pem: String) throws(CryptoError) {
        let text = Array(pem.utf8)
        guard let count = CInt(exactly: text.count), let certificate = unsafe cossl_read_certificate(text, count) else {
            throw .drainingErrorQueue(.malformedKey)
        }
        defer { unsafe X509_free(certificate) }
        try unsafe self.init(borrowing: certificate)
    }

    /// The SHA-256 of the certificate: the header member `x5t#S256`, before its encoding (RFC 7515 section 4.1.8).
    package var sha256Thumbprint: [UInt8] { SHA256.digest(der).bytes }

    /// The SHA-1 of the certificate: the older header member `x5t`, before its encoding (RFC 7515 section 4.1.7).
    package var sha1Thumbprint: [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 20) { buffer, initialized in
            let status = unsafe cossl_sha1(der, der.count, buffer.baseAddress)
            // Fails only without memory or without the default provider, as SHA-256 does.
            precondition(status == 1, "OpenSSL cannot compute SHA-1")
            initialized = 20
        }
    }

    private init(borrowing certificate: OpaquePointer) throws(CryptoError) {
        der = try unsafe Self.encoded(certificate)
        guard let key = unsafe X509_get_pubkey(certificate) else { throw .drainingErrorQueue(.malformedKey) }
        publicKey = unsafe VerificationKey(takingOwnershipOf: key)
        try unsafe RSANumbers.check(key)
        var from: Int64 = 0
        var until: Int64 = 0
        guard unsafe cossl_unix_time(X509_get0_notBefore(certificate), &from) == 1,
            unsafe cossl_unix_time(X509_get0_notAfter(certificate), &until) == 1
        else { throw .drainingErrorQueue(.malformedKey) }
        validFrom = from
        validUntil = until
    }

    /// The certificate, which the caller owns, and how many bytes were left over.
    private static func decode(_ der: [UInt8]) -> (certificate: OpaquePointer?, unread: Int) {
        unsafe der.withUnsafeBufferPointer { bytes in
            var cursor = bytes.baseAddress
            let certificate = unsafe d2i_X509(nil, &cursor, bytes.count)
            guard let start = bytes.baseAddress, let end = unsafe cursor else { return unsafe (certificate, 0) }
            return unsafe (certificate, bytes.count - (end - start))
        }
    }

    private static func encoded(_ certificate: OpaquePointer) throws(CryptoError) -> [UInt8] {
        var bytes: UnsafeMutablePointer<UInt8>?
        let count = unsafe Int(cossl_certificate_der(certificate, &bytes))
        guard count > 0, let start = unsafe bytes else { throw .drainingErrorQueue(.internalFailure) }
        defer { unsafe CRYPTO_free(start, #file, #line) }
        return unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}
