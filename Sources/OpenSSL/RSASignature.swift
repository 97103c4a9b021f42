internal import COpenSSL

/// SHA-256 signatures with an RSA private key, in the two paddings of RFC 7518.
enum RSASignature {
    /// How the digest is padded before it is signed.
    enum Padding {
        /// RSASSA-PKCS1-v1_5, "RS256": RFC 7518 section 3.3.
        case pkcs1
        /// RSASSA-PSS with a salt of 32 bytes and MGF1 with SHA-256, "PS256": RFC 7518 section 3.5.
        case pss
    }

    /// The signature of `message` by `key`, as long as the modulus.
    ///
    /// - Throws: ``CryptoError`` with `internalFailure` when OpenSSL fails.
    static func bytes(
        of message: [UInt8], by key: OpaquePointer, padding: Padding
    ) throws(CryptoError) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else { throw .drainingErrorQueue(.internalFailure) }
        defer { unsafe EVP_MD_CTX_free(context) }
        let begun =
            switch padding {
            case .pkcs1: unsafe cossl_sign_init(context, SHA256.rawImplementation, key)
            case .pss: unsafe cossl_sign_init_pss(context, SHA256.rawImplementation, key)
            }
        guard begun == 1 else { throw .drainingErrorQueue(.internalFailure) }
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
