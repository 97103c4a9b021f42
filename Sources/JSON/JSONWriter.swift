/// Writes one JSON text, front to back, into one array of bytes; always UTF-8, never a line break (J-10).
///
/// Commas are set automatically; that the calls make a well-formed document is the caller's business.
package struct JSONWriter: Sendable {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []
    /// Whether the next value or name needs a comma before it.
    var needsComma = false

    /// Creates an empty writer with room for `capacity` bytes.
    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    // MARK: Structure

    /// Opens an object.
    package mutating func beginObject() { open(Byte.openBrace) }
    /// Closes the object opened last.
    package mutating func endObject() { close(Byte.closeBrace) }
    /// Opens an array.
    package mutating func beginArray() { open(Byte.openBracket) }
    /// Closes the array opened last.
    package mutating func endArray() { close(Byte.closeBracket) }

    /// Writes a member's name; its value follows.
    package mutating func key(_ name: String) {
        separate()
        quote(name.utf8.span)
        bytes.append(Byte.colon)
        needsComma = false
    }

    // MARK: Values

    /// Writes the literal `null`.
    package mutating func null() { literal("null") }
    /// Writes a Boolean literal.
    package mutating func bool(_ value: Bool) { if value { literal("true") } else { literal("false") } }

    /// Writes a string, escaping what RFC 8259 section 7 demands and nothing else.
    package mutating func string(_ value: String) { string(utf8: value.utf8.span) }

    /// Writes a string given as valid UTF-8.
    package mutating func string(utf8 value: Span<UInt8>) {
        separate()
        quote(value)
    }

    /// Writes an integer with all its digits.
    package mutating func integer(_ value: Int64) {
        separate()
        digits(value)
    }

    /// Writes an id: an integer up to ±(2^53-1), beyond that a decimal string (K-14).
    package mutating func identifier(_ value: Int64) {
        separate()
        let isExact = value.magnitude <= 9_007_199_254_740_991
        if !isExact { bytes.append(Byte.quote) }
        digits(value)
        if !isExact { bytes.append(Byte.quote) }
    }

    /// Writes a number in its shortest exact form; `null` for infinities and NaN, which JSON lacks.
    package mutating func number(_ value: Double) {
        separate()
        bytes.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
    }

    /// Writes a value and everything in it.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let value): number(value)
        case .string(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.name)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// Writes bytes that are one JSON value already.
    package mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Writes bytes that are one JSON value already.
    package mutating func raw(_ json: ArraySlice<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Writes one JSON value that `append` adds to the bytes so far.
    package mutating func raw(_ append: (inout [UInt8]) -> Void) {
        separate()
        append(&bytes)
    }

    /// Writes a member's name that stands in quotes already; its value follows.
    package mutating func key(quoted name: [UInt8]) {
        separate()
        bytes.append(contentsOf: name)
        bytes.append(Byte.colon)
        needsComma = false
    }

    // MARK: Bytes

    /// Appends part of a document, without comma.
    @inline(__always)
    mutating func append(_ text: Span<UInt8>, _ range: Range<Int>) { text.append(range, to: &bytes) }

    /// Sets a comma if the place needs one; the next thing written at this level will.
    @inline(__always)
    mutating func separate() {
        if needsComma { bytes.append(Byte.comma) }
        needsComma = true
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func literal(_ text: String) {
        separate()
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func digits(_ value: Int64) {
        // From the back into 20 bytes on the stack, as many as the sign and 19 digits of the smallest number take.
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
            var start = 20
            var rest = value.magnitude
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                start -= 1
                unsafe buffer[start] = Byte.zero + UInt8(truncatingIfNeeded: digit)
                rest = quotient
            } while rest > 0
            if value < 0 {
                start -= 1
                unsafe buffer[start] = Byte.minus
            }
            unsafe bytes.append(contentsOf: buffer[start...])
        }
    }

    private mutating func quote(_ text: Span<UInt8>) {
        bytes.append(Byte.quote)
        var at = 0
        while at < text.count {
            let run = at
            at = text.escapable(from: at)
            text.append(run..<at, to: &bytes)
            guard at < text.count else { break }
            escape(text.at(at))
            at += 1
        }
        bytes.append(Byte.quote)
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(Byte.backslash)
        switch byte {
        case Byte.quote, Byte.backslash: bytes.append(byte)
        case Byte.newline: bytes.append(UInt8(ascii: "n"))
        case Byte.carriageReturn: bytes.append(UInt8(ascii: "r"))
        case Byte.tab: bytes.append(UInt8(ascii: "t"))
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        default:
            let low = byte & 0x0F
            bytes.append(contentsOf: [UInt8(ascii: "u"), Byte.zero, Byte.zero, Byte.zero + byte >> 4])
            bytes.append(low < 10 ? Byte.zero + low : UInt8(ascii: "a") + low - 10)
        }
    }
}

extension Span<UInt8> {
    /// The first byte at or after `start` that a string must escape, or the end.
    fileprivate func escapable(from start: Int) -> Int {
        var at = start
        while at < count {
            at = TapeBuilder.skipPlain(self, at: at)
            let byte = self.at(at)
            if byte == Byte.quote || byte == Byte.backslash || byte < Byte.space { return at }
            at += 1  // DEL and UTF-8 sequences go out as they are
        }
        return count
    }
}
