internal import COpenSSL

/// Returns `count` bytes from OpenSSL's cryptographically secure generator.
///
/// - Parameter count: 0 or more.
/// - Returns: The bytes.
/// - Throws: ``CryptoError`` with `internalFailure` when the generator cannot be seeded.
package func randomBytes(_ count: Int) throws(CryptoError) -> [UInt8] {
    var status: CInt = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        unsafe status = cossl_random(buffer.baseAddress, CInt(count))
        initialized = status == 1 ? count : 0
    }
    guard status == 1 else { throw .drainingErrorQueue(.internalFailure) }
    return bytes
}

/// Whether two byte sequences are equal, in a time that depends on their lengths only.
///
/// Use it wherever one side is a secret, so that the answer's timing does not tell how far a guess was right.
package func constantTimeEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe left.withUnsafeBytes { left in
        unsafe right.withUnsafeBytes { right in
            unsafe CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
        }
    }
}

/// Whether two byte sequences are equal, in a time that depends on their lengths only.
package func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    constantTimeEqual(left.span, right.span)
}

/// Whether the UTF-8 forms of two texts are equal, in a time that depends on their lengths only.
package func constantTimeEqual(_ left: String, _ right: String) -> Bool {
    constantTimeEqual(left.utf8.span, right.utf8.span)
}
