internal import COpenSSL

/// A private RSA key that signs: the one owner of an `EVP_PKEY`.
///
/// Never modified after `init`, so threads may share it (openssl-threads(7)). No description prints any of it.
@safe
package final class SigningKey: @unchecked Sendable {
    private let key: OpaquePointer  // EVP_PKEY *

    /// A new key pair with the exponent 65537.
    ///
    /// Takes some 100 ms for 2048 bits.
    ///
    /// - Parameter bits: 2048 to 8192.
    /// - Throws: ``CryptoError`` with `unsupportedKey` for another size, `internalFailure` when OpenSSL fails.
    package init(generatingBits bits: Int = 2048) throws(CryptoError) {
        guard RSANumbers.modulusBits.contains(bits) else {
            throw CryptoError(reason: .unsupportedKey, detail: "the modulus must have 2048 to 8192 bits")
        }
        guard let key = unsafe cossl_rsa_generate(bits) else { throw .drainingErrorQueue(.internalFailure) }
        unsafe self.key = key
    }

    /// The private key in `pem`, PKCS #8 or PKCS #1.
    ///
    /// - Parameter pem: Not encrypted; text before the key is skipped.
    /// - Throws: ``CryptoError`` with `malformedKey`, or `unsupportedKey` for another algorithm or size (E-07).
    package init(pem: String) throws(CryptoError) {
        let text = Array(pem.utf8)
        guard let count = CInt(exactly: text.count), let key = unsafe cossl_read_private_key(text, count) else {
            throw .drainingErrorQueue(.malformedKey)
        }
        unsafe self.key = key
        try unsafe RSANumbers.check(key)
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// The modulus `n`, big-endian, without leading zeros.
    package var modulus: [UInt8] { unsafe RSANumbers.bytes(OSSL_PKEY_PARAM_RSA_N, of: key) }

    /// The public exponent `e`, big-endian, without leading zeros.
    package var exponent: [UInt8] { unsafe RSANumbers.bytes(OSSL_PKEY_PARAM_RSA_E, of: key) }

    /// The private key as unencrypted PKCS #8 PEM text: a secret.
    package var pem: String {
        get throws(CryptoError) {
            guard let output = unsafe BIO_new(BIO_s_mem()) else { throw .drainingErrorQueue(.internalFailure) }
            defer { unsafe BIO_free_all(output) }
            guard unsafe cossl_write_private_key(output, key) == 1 else { throw .drainingErrorQueue(.internalFailure) }
            var bytes: UnsafeMutablePointer<CChar>?
            let count = unsafe cossl_bio_bytes(output, &bytes)
            let text = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
            return unsafe String(decoding: text, as: UTF8.self)
        }
    }

    /// The RSASSA-PKCS1-v1_5 SHA-256 ("RS256") signature of `message`, as long as the modulus.
    ///
    /// - Throws: ``CryptoError`` with `internalFailure` when OpenSSL fails.
    package func signature(of message: [UInt8]) throws(CryptoError) -> [UInt8] {
        try unsafe RSASignature.bytes(of: message, by: key, padding: .pkcs1)
    }
}
