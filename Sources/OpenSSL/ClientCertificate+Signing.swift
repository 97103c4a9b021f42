internal import COpenSSL

extension ClientCertificate {
    /// The RSASSA-PSS SHA-256 ("PS256") signature of `message`, RFC 7518 section 3.5: a salt of 32 bytes, MGF1 with SHA-256.
    ///
    /// - Returns: As many bytes as the modulus has; others every time.
    /// - Throws: ``CryptoError`` with `internalFailure` when OpenSSL fails.
    package func signature(of message: [UInt8]) throws(CryptoError) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else { throw .drainingErrorQueue(.internalFailure) }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe cossl_sign_init_pss(context, SHA256.rawImplementation, key) == 1 else {
            throw .drainingErrorQueue(.internalFailure)
        }
        var size = unsafe Int(EVP_PKEY_get_size(key))
        var status: CInt = 0
        let signature = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            unsafe status = cossl_sign(context, buffer.baseAddress, &size, message, message.count)
            initialized = status == 1 ? size : 0
        }
        guard status == 1 else { throw .drainingErrorQueue(.internalFailure) }
        return signature
    }
}
