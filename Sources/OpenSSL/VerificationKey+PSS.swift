internal import COpenSSL

extension VerificationKey {
    /// Whether `signature` is this key's RSASSA-PSS ("PS256") signature of `message`, RFC 7518 section 3.5.
    ///
    /// SHA-256 for the message and for MGF1, and a salt of exactly 32 bytes: what Entra ID asks of a client assertion.
    /// - Returns: `false` for a wrong signature, one of another length or with another salt length included.
    /// - Throws: ``CryptoError`` only when OpenSSL itself fails.
    package func isValid(pssSignature signature: [UInt8], of message: [UInt8]) throws(CryptoError) -> Bool {
        guard signature.count == signatureLength else { return false }
        guard let context = unsafe EVP_MD_CTX_new() else { throw .drainingErrorQueue(.internalFailure) }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe cossl_pss_verify_init(context, SHA256.rawImplementation, key) == 1 else {
            throw .drainingErrorQueue(.internalFailure)
        }
        if unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1 { return true }
        // A mismatch queues errors, too.
        ERR_clear_error()
        return false
    }
}
