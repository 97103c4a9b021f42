internal import OpenSSL

/// Self-signed certificates in DER, such as a key document carries in `x5c` beside `n` and `e`.
///
/// Nobody should need it there (E-07). The certificates of client applications are made the same way.
enum SelfSignedCertificate {
    private static let sha256WithRSA: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B]
    private static let rsaEncryption: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]
    private static let commonName: [UInt8] = [0x55, 0x04, 0x03]

    /// Makes the certificate of `key`, valid from the start of 2020 to the end of a year not after 2049.
    static func make(key: SigningKey, name: String, lastYear: Int = 2049) throws(CryptoError) -> [UInt8] {
        let signatureAlgorithm = sequence(value(0x06, sha256WithRSA) + value(0x05, []))
        let attribute = sequence(value(0x06, commonName) + value(0x0C, Array(name.utf8)))
        let subject = sequence(value(0x31, attribute))
        let validity = sequence(
            value(0x17, Array("200101000000Z".utf8)) + value(0x17, Array("\(lastYear % 100)1231235959Z".utf8)))
        let publicKey = sequence(integer(key.modulus) + integer(key.exponent))
        let keyAlgorithm = sequence(value(0x06, rsaEncryption) + value(0x05, []))
        let version = value(0xA0, integer([2]))
        let serialNumber = integer(Array(SHA256.digest(key.modulus).bytes.prefix(8)))
        let certificate = sequence(
            version + serialNumber + signatureAlgorithm + subject + validity + subject
                + sequence(keyAlgorithm + bitString(publicKey)))
        return sequence(certificate + signatureAlgorithm + bitString(try key.signature(of: certificate)))
    }

    /// A value with its tag and length, X.690 section 8.1.
    private static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        if content.count < 128 { return [tag, UInt8(content.count)] + content }
        var length: [UInt8] = []
        var rest = content.count
        while rest > 0 {
            length.insert(UInt8(rest & 255), at: 0)
            rest >>= 8
        }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }

    private static func sequence(_ content: [UInt8]) -> [UInt8] { value(0x30, content) }

    private static func bitString(_ content: [UInt8]) -> [UInt8] { value(0x03, [0] + content) }

    /// A number that is not negative, in its shortest form, as DER demands.
    ///
    /// One zero in front keeps the highest bit from meaning a sign; any other zero there is refused by readers.
    private static func integer(_ bytes: [UInt8]) -> [UInt8] {
        let digits = bytes.drop { $0 == 0 }
        return value(0x02, (digits.first ?? 0x80) & 0x80 == 0 ? Array(digits) : [0] + digits)
    }
}
