/// Base64 with the URL-safe alphabet and without padding, RFC 4648 section 5: the encoding of JOSE.
package enum Base64URL {
    /// Encodes `bytes` without padding.
    package static func encode(_ bytes: [UInt8]) -> String {
        Base64Alphabet.url.encode(bytes, padded: false)
    }

    /// Decodes canonical text only (E-01): no padding, no white space, unused trailing bits zero.
    ///
    /// Exactly one text decodes to given bytes, so a token cannot be altered without altering what was signed.
    /// - Returns: `nil` when `text` is not canonical; no bytes for empty text.
    package static func decode(strictly text: Span<UInt8>) -> [UInt8]? {
        Base64Alphabet.url.decode(text)
    }

    /// Decodes canonical text only; see the overload for spans.
    package static func decode(strictly text: [UInt8]) -> [UInt8]? { decode(strictly: text.span) }

    /// Decodes canonical text only; see the overload for spans.
    package static func decode(strictly text: ArraySlice<UInt8>) -> [UInt8]? { decode(strictly: text.span) }

    /// Decodes canonical text only; see the overload for spans.
    package static func decode(strictly text: String) -> [UInt8]? { decode(strictly: text.utf8.span) }

    /// Decodes canonical text only; see the overload for spans.
    package static func decode(strictly text: Substring) -> [UInt8]? { decode(strictly: text.utf8.span) }
}

/// Base64 with the standard alphabet and padding, RFC 4648 section 4.
package enum Base64 {
    /// Encodes `bytes` with padding.
    package static func encode(_ bytes: [UInt8]) -> String {
        Base64Alphabet.standard.encode(bytes, padded: true)
    }

    /// Decodes canonical text only (ERA-18): padding required, unused trailing bits zero.
    ///
    /// - Returns: `nil` when `text` is not canonical; no bytes for empty text.
    package static func decode(strictly text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var end = text.count
        while end > 0, end > text.count - 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
        return Base64Alphabet.standard.decode(text.extracting(first: end))
    }

    /// Decodes canonical text only; see the overload for spans.
    package static func decode(strictly text: String) -> [UInt8]? { decode(strictly: text.utf8.span) }

    /// Decodes canonical text only; see the overload for spans.
    package static func decode(strictly text: Substring) -> [UInt8]? { decode(strictly: text.utf8.span) }
}

/// The two alphabets of RFC 4648, which differ in their last two characters only.
private struct Base64Alphabet {
    let characters: [UInt8]
    let values: [UInt8]  // by character; 255 where the alphabet has none

    static let standard = Base64Alphabet(tail: "+/")
    static let url = Base64Alphabet(tail: "-_")

    init(tail: String) {
        characters = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + tail).utf8)
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
        self.values = values
    }

    func encode(_ bytes: [UInt8], padded: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var start = 0
        while start < bytes.count {
            let group = (0..<3).reduce(UInt32(0)) { group, offset in
                group << 8 | (start + offset < bytes.count ? UInt32(bytes[start + offset]) : 0)
            }
            let used = min(3, bytes.count - start) + 1
            for position in 0..<used { text.append(characters[Int(group >> (18 - 6 * UInt32(position)) & 63)]) }
            if padded { text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 4 - used)) }
            start += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes unpadded text; the bits that a last, incomplete group leaves over must be zero.
    func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits = 0
        for index in 0..<text.count {
            let value = values[Int(text[index])]
            guard value < 64 else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
                buffer &= (1 << UInt32(bits)) - 1
            }
        }
        return buffer == 0 ? bytes : nil
    }
}
