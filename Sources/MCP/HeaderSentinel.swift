/// The Base64 form of header values that cannot be sent as they are (ERA-17).
enum HeaderSentinel {
    private static let prefix = "=?base64?"
    private static let suffix = "?="

    /// What `value` stands for: itself, unless it has both markers.
    ///
    /// - Returns: `nil` when it has the markers and what is between them is not strict Base64 of UTF-8 (ERA-18).
    static func decode(_ value: String) -> String? {
        guard value.utf8.count >= prefix.utf8.count + suffix.utf8.count, value.hasPrefix(prefix),
            value.hasSuffix(suffix)
        else { return value }
        let payload = value.utf8.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
        guard let bytes = bytes(Array(payload)) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Decodes the standard alphabet, RFC 4648 section 4: padding required, unused trailing bits zero.
    private static func bytes(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        var decoded: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text.dropLast(padding) {
            guard let value = sextet(byte) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                decoded.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= 1 << UInt32(count) - 1
            }
        }
        return bits == 0 ? decoded : nil
    }

    private static func sextet(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
