internal import COpenSSL

/// The SHA-256 hash function, FIPS 180-4.
package enum SHA256 {
    /// The implementation, looked up once: a search of OpenSSL's providers per call would cost more than the hashing.
    @safe private struct Implementation: @unchecked Sendable {
        // Immutable and shared by design: "a fetched algorithm can be used by several threads" (crypto(7)).
        let raw: OpaquePointer?
    }

    private static let implementation = unsafe Implementation(raw: EVP_MD_fetch(nil, "SHA256", nil))

    /// What signing and verifying use, too; `nil` only when OpenSSL has no default provider.
    static var rawImplementation: OpaquePointer? { unsafe implementation.raw }

    /// The digest of `bytes`.
    package static func digest(_ bytes: Span<UInt8>) -> SHA256Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        let status = unsafe withUnsafeMutableBytes(of: &words) { out in
            unsafe bytes.withUnsafeBytes { input in
                unsafe cossl_digest(
                    rawImplementation, input.baseAddress, input.count,
                    out.assumingMemoryBound(to: UInt8.self).baseAddress)
            }
        }
        // Fails only without memory or without the default provider; no answer of ours would be right then.
        precondition(status == 1, "OpenSSL cannot compute SHA-256")
        return SHA256Digest(words: words)
    }

    /// The digest of `bytes`.
    package static func digest(_ bytes: [UInt8]) -> SHA256Digest { digest(bytes.span) }

    /// The digest of the UTF-8 form of `text`.
    package static func digest(_ text: String) -> SHA256Digest { digest(text.utf8.span) }
}

/// The 32 bytes of a SHA-256 digest, held in place: a dictionary key that allocates nothing.
package struct SHA256Digest: Sendable, Hashable {
    // In the digest's own byte order: the first word holds the first eight bytes as they lie in memory.
    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    private let word3: UInt64

    init(words: (UInt64, UInt64, UInt64, UInt64)) {
        (word0, word1, word2, word3) = words
    }

    /// Two digests are equal when all bits are; the comparison takes the same time wherever they differ.
    package static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        (left.word0 ^ right.word0) | (left.word1 ^ right.word1) | (left.word2 ^ right.word2)
            | (left.word3 ^ right.word3) == 0
    }

    /// Feeds one word: a digest is uniformly distributed already.
    package func hash(into hasher: inout Hasher) { hasher.combine(word0) }

    /// The 32 bytes.
    package var bytes: [UInt8] {
        [word0, word1, word2, word3].flatMap { word in unsafe withUnsafeBytes(of: word) { unsafe Array($0) } }
    }

    /// The digest as 64 lower-case hexadecimal digits.
    package var hex: String { hexPrefix(64) }

    /// The first `digits` hexadecimal digits, lower case: enough to recognise a token in a log (E-152).
    ///
    /// - Parameter digits: 0 to 64.
    /// - Returns: That many digits.
    package func hexPrefix(_ digits: Int) -> String {
        let alphabet = Array("0123456789abcdef".utf8)
        let all = bytes.flatMap { [alphabet[Int($0 >> 4)], alphabet[Int($0 & 15)]] }
        return String(decoding: all.prefix(digits), as: UTF8.self)
    }
}
