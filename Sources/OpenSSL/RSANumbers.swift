internal import COpenSSL

/// The numbers of an RSA public key as big-endian bytes, and what this project demands of them (E-07).
enum RSANumbers {
    /// Below 2048 bits a key can be broken; above 8192 a forged key set would make us compute for long.
    static let modulusBits = 2048...8192

    /// OpenSSL's own limit for long keys (`OPENSSL_RSA_MAX_PUBEXP_BITS`), applied to all; in practice 17 bits are used.
    static let exponentBits = 2...64

    /// Makes a public key of numbers that come from outside.
    ///
    /// - Returns: An `EVP_PKEY` that the caller owns.
    static func publicKey(modulus: [UInt8], exponent: [UInt8]) throws(CryptoError) -> OpaquePointer {
        // Before any arithmetic: the bytes are somebody else's.
        let modulus = Array(modulus.drop { $0 == 0 })
        let exponent = Array(exponent.drop { $0 == 0 })
        guard modulus.count <= modulusBits.upperBound / 8, exponent.count <= modulus.count else {
            throw CryptoError(reason: .unsupportedKey, detail: "the numbers are too long")
        }
        guard let n = unsafe BN_bin2bn(modulus, CInt(modulus.count), nil) else {
            throw .drainingErrorQueue(.internalFailure)
        }
        defer { unsafe BN_free(n) }
        guard let e = unsafe BN_bin2bn(exponent, CInt(exponent.count), nil) else {
            throw .drainingErrorQueue(.internalFailure)
        }
        defer { unsafe BN_free(e) }
        try unsafe check(modulus: n, exponent: e)
        guard let key = unsafe cossl_rsa_public_key(n, e) else { throw .drainingErrorQueue(.malformedKey) }
        return unsafe key
    }

    /// Refuses a key that is not RSA or that breaks E-07, wherever it came from.
    static func check(_ key: OpaquePointer) throws(CryptoError) {
        guard unsafe cossl_is_rsa(key) == 1 else {
            throw CryptoError(reason: .unsupportedKey, detail: "not an RSA key")
        }
        guard let n = unsafe cossl_key_number(key, OSSL_PKEY_PARAM_RSA_N) else {
            throw .drainingErrorQueue(.malformedKey)
        }
        defer { unsafe BN_free(n) }
        guard let e = unsafe cossl_key_number(key, OSSL_PKEY_PARAM_RSA_E) else {
            throw .drainingErrorQueue(.malformedKey)
        }
        defer { unsafe BN_free(e) }
        try unsafe check(modulus: n, exponent: e)
    }

    private static func check(modulus: OpaquePointer, exponent: OpaquePointer) throws(CryptoError) {
        guard unsafe modulusBits.contains(Int(BN_num_bits(modulus))), unsafe BN_is_odd(modulus) == 1 else {
            throw CryptoError(reason: .unsupportedKey, detail: "the modulus must be odd and have 2048 to 8192 bits")
        }
        guard unsafe exponentBits.contains(Int(BN_num_bits(exponent))), unsafe BN_is_odd(exponent) == 1 else {
            throw CryptoError(
                reason: .unsupportedKey, detail: "the exponent must be odd, at least 3, of at most 64 bits")
        }
    }

    /// The number `name` of `key`, without leading zeros; empty only if OpenSSL is out of memory.
    static func bytes(_ name: String, of key: OpaquePointer) -> [UInt8] {
        guard let number = unsafe cossl_key_number(key, name) else { return [] }
        defer { unsafe BN_free(number) }
        let count = unsafe Int(BN_num_bits(number) + 7) / 8
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = unsafe Int(BN_bn2bin(number, buffer.baseAddress))
        }
    }
}
