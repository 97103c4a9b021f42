/// The identifier that follows one request through logs, errors, Entra ID and Databricks (K-20).
///
/// A UUID, because Entra ID accepts nothing else as `client-request-id` (E-105), printed in lower case.
package struct CorrelationID: Sendable, Hashable {
    private let high: UInt64
    private let low: UInt64

    /// A random version 4 UUID, RFC 9562 section 5.4.
    package init() {
        high = RandomWords.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x0000_0000_0000_4000
        low = RandomWords.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    }
}

extension CorrelationID: LosslessStringConvertible {
    private static let dashes: [Int] = [8, 13, 18, 23]

    /// Reads a UUID of any version in its 36-character form, in either case.
    ///
    /// - Returns: `nil` for anything else, so that a client's value can never carry more than 128 bits into a log.
    package init?(_ description: String) {
        var words: (high: UInt64, low: UInt64) = (0, 0)
        var digits = 0
        guard description.utf8.count == 36 else { return nil }
        for (index, byte) in description.utf8.enumerated() {
            if Self.dashes.contains(index) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard let nibble = Hexadecimal.value(of: byte) else { return nil }
            if digits < 16 { words.high = words.high << 4 | nibble } else { words.low = words.low << 4 | nibble }
            digits += 1
        }
        (high, low) = words
    }

    /// The 36 characters of the UUID, in lower case.
    package var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends the 36 characters of the UUID.
    package func append(to bytes: inout [UInt8]) {
        for (word, shift, count) in [(high, 32, 8), (high, 16, 4), (high, 0, 4), (low, 48, 4), (low, 0, 12)] {
            if count != 8 { bytes.append(UInt8(ascii: "-")) }
            Hexadecimal.append(word >> UInt64(shift), count: count, to: &bytes)
        }
    }
}

/// Lower-case hexadecimal digits, for identifiers that are read and printed on every request.
enum Hexadecimal {
    /// The value of one digit in either case, or `nil`.
    static func value(of byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// The digit for a value below 16.
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// Reads `count` lower-case digits as W3C Trace Context writes them; upper case is invalid there.
    static func word(_ text: Substring.UTF8View, count: Int) -> UInt64? {
        guard text.count == count else { return nil }
        var word: UInt64 = 0
        for byte in text {
            guard byte < UInt8(ascii: "A") || byte > UInt8(ascii: "F"), let nibble = value(of: byte) else { return nil }
            word = word << 4 | nibble
        }
        return word
    }

    /// Appends `count` digits of `word`, the least significant last.
    static func append(_ word: UInt64, count: Int, to bytes: inout [UInt8]) {
        var shift = UInt64(4 * count)
        while shift > 0 {
            shift -= 4
            bytes.append(digit(UInt8(truncatingIfNeeded: word >> shift & 15)))
        }
    }
}
