internal import COpenSSL

/// A public key that checks token signatures: the one owner of an `EVP_PKEY`.
///
/// Never modified after `init`. OpenSSL lets threads share an object that none of them modifies
/// (openssl-threads(7)), which is what makes the unchecked conformance true.
@safe
package final class VerificationKey: @unchecked Sendable {
    let key: OpaquePointer  // EVP_PKEY *; for this module only

    /// The length of every signature that this key can have made, in bytes: that of its modulus.
    package let signatureLength: Int

    /// An RSA key from the `n` and `e` of a JSON Web Key, RFC 7518 section 6.3.1.
    ///
    /// - Parameters:
    ///   - modulus: Big-endian, 2048 to 8192 bits (E-07).
    ///   - exponent: Big-endian, odd, at least 3, at most 64 bits.
    /// - Throws: ``CryptoError`` with `unsupportedKey` or `malformedKey`.
    package convenience init(modulus: [UInt8], exponent: [UInt8]) throws(CryptoError) {
        unsafe self.init(takingOwnershipOf: try RSANumbers.publicKey(modulus: modulus, exponent: exponent))
    }

    /// An RSA key from its DER form.
    ///
    /// - Parameter der: A `SubjectPublicKeyInfo`, RFC 5280 section 4.1, and nothing after it.
    /// - Throws: ``CryptoError`` with `malformedKey`, or `unsupportedKey` for another algorithm or size (E-07).
    package convenience init(subjectPublicKeyInfo der: [UInt8]) throws(CryptoError) {
        var unread = 0
        let decoded = unsafe der.withUnsafeBufferPointer { bytes in
            var cursor = bytes.baseAddress
            let key = unsafe d2i_PUBKEY(nil, &cursor, bytes.count)
            if let start = bytes.baseAddress, let end = unsafe cursor { unsafe unread = bytes.count - (end - start) }
            return unsafe key
        }
        guard let key = unsafe decoded else { throw .drainingErrorQueue(.malformedKey) }
        unsafe self.init(takingOwnershipOf: key)
        guard unread == 0 else { throw CryptoError(reason: .malformedKey, detail: "bytes after the key") }
        try unsafe RSANumbers.check(key)
    }

    /// Takes over the caller's reference: the caller must not free it.
    init(takingOwnershipOf key: OpaquePointer) {
        unsafe self.key = key
        signatureLength = unsafe Int(EVP_PKEY_get_size(key))
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// The modulus `n`, big-endian, without leading zeros.
    package var modulus: [UInt8] { unsafe RSANumbers.bytes(OSSL_PKEY_PARAM_RSA_N, of: key) }

    /// The public exponent `e`, big-endian, without leading zeros.
    package var exponent: [UInt8] { unsafe RSANumbers.bytes(OSSL_PKEY_PARAM_RSA_E, of: key) }

    /// Whether `signature` is this key's RSASSA-PKCS1-v1_5 SHA-256 ("RS256") signature of `message`.
    ///
    /// - Returns: `false` for a wrong signature, one of a wrong length (E-07) included.
    /// - Throws: ``CryptoError`` only when OpenSSL itself fails.
    package func isValid(signature: Span<UInt8>, of message: Span<UInt8>) throws(CryptoError) -> Bool {
        guard signature.count == signatureLength else { return false }
        guard let context = unsafe EVP_MD_CTX_new() else { throw .drainingErrorQueue(.internalFailure) }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe cossl_verify_init(context, SHA256.rawImplementation, key) == 1 else {
            throw .drainingErrorQueue(.internalFailure)
        }
        let verdict = unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe EVP_DigestVerify(
                    context, signature.baseAddress, signature.count, message.baseAddress, message.count)
            }
        }
        if verdict == 1 { return true }
        // A mismatch is 0; a padding that does not parse is negative, and no less the sender's fault. Both queue errors.
        ERR_clear_error()
        return false
    }

    /// Whether `signature` is this key's RS256 signature of `message`; see the overload for spans.
    package func isValid(signature: [UInt8], of message: [UInt8]) throws(CryptoError) -> Bool {
        try isValid(signature: signature.span, of: message.span)
    }
}
