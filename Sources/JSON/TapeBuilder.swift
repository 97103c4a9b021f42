/// The parser: one pass over the text that checks the grammar and writes the tape.
///
/// It keeps no stack: a container that is still open holds its parent's index in `next` (``Node``), so that neither
/// the depth of a document nor the number of its values costs anything but entries of one array. Nothing is decoded
/// here. Every access to the text is bounds-checked by the span.
struct TapeBuilder: ~Copyable {
    private static let none = Int(UInt32.max)

    let limits: JSONLimits
    private(set) var nodes: NodeBuffer
    var traits: Tape.Traits = []

    private var values = 0
    private var depth = 0
    private var container = TapeBuilder.none
    private var isInObject = false
    /// Members or elements of the innermost container so far; those of its parents wait in their entries.
    private var count = 0

    /// - Parameters:
    ///   - limits: What the document may cost.
    ///   - size: Bytes of the text that will be parsed.
    init(limits: JSONLimits, size: Int) {
        self.limits = limits
        // Generous for API answers, which have about one entry per 10 bytes; it grows for the rest.
        nodes = NodeBuffer(capacity: size / 9 + 8)
    }

    /// Parses all of `text`.
    mutating func build(_ text: Span<UInt8>) throws(JSONError) {
        guard text.count < Self.none else { throw JSONError(.tooLarge, at: 0) }
        if text.at(0) == 0xEF, text.at(1) == 0xBB, text.at(2) == 0xBF { throw JSONError(.byteOrderMark, at: 0) }
        var at = 0
        while let next = try afterValue(text, at: value(text, at: at)) { at = next }
    }

    /// The result: the text, which must be the one that was parsed, and what was found in it.
    consuming func tape(of bytes: [UInt8]) -> Tape { Tape(bytes: bytes, nodes: nodes, traits: traits) }

    /// Parses what starts at or after `start` up to the end of a scalar or of an empty container.
    private mutating func value(_ text: Span<UInt8>, at start: Int) throws(JSONError) -> Int {
        var at = start
        while true {
            at = skipWhiteSpace(text, at: at)
            switch text.at(at) {
            case Byte.quote:
                try countValue(at: at)
                return try string(text, from: at + 1, [])
            case Byte.openBrace:
                try open(.object, at: at)
                at = skipWhiteSpace(text, at: at + 1)
                if text.at(at) == Byte.closeBrace { return close(at: at) }
                at = try name(text, at: at)
            case Byte.openBracket:
                try open(.array, at: at)
                at = skipWhiteSpace(text, at: at + 1)
                if text.at(at) == Byte.closeBracket { return close(at: at) }
            case Byte.minus, Byte.zero...Byte.nine:
                try countValue(at: at)
                return try number(text, from: at)
            default:
                try countValue(at: at)
                return try literal(text, at: at)
            }
        }
    }

    /// Parses separators and closing brackets after a value.
    ///
    /// - Returns: Where the next value starts, or `nil` at the end of the document.
    private mutating func afterValue(_ text: Span<UInt8>, at start: Int) throws(JSONError) -> Int? {
        var at = start
        while container != Self.none {
            at = skipWhiteSpace(text, at: at)
            switch (text.at(at), isInObject) {
            case (Byte.comma, true): return try name(text, at: skipWhiteSpace(text, at: at + 1))
            case (Byte.comma, false): return at + 1
            case (Byte.closeBrace, true):
                if limits.duplicateNames == .reject, count > 1 {
                    try refuseDuplicateNames(text, inObjectAt: container, count: count)
                }
                at = close(at: at)
            case (Byte.closeBracket, false): at = close(at: at)
            default: throw unexpected(text, at: at)
            }
        }
        at = skipWhiteSpace(text, at: at)
        guard at == text.count else { throw JSONError(.trailingBytes, at: at) }
        return nil
    }

    /// Parses a member's name and the colon.
    private mutating func name(_ text: Span<UInt8>, at start: Int) throws(JSONError) -> Int {
        guard text.at(start) == Byte.quote else { throw unexpected(text, at: start) }
        let at = skipWhiteSpace(text, at: try string(text, from: start + 1, .name))
        guard text.at(at) == Byte.colon else { throw unexpected(text, at: at) }
        return at + 1
    }

    private mutating func literal(_ text: Span<UInt8>, at start: Int) throws(JSONError) -> Int {
        if start <= text.count &- 5 {
            // Any bit pattern is valid, and the load is bounds-checked.
            let word = UInt32(bigEndian: unsafe text.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self))
            switch word {
            case 0x7472_7565: return appended(.bool, .isTrue, start: start, end: start &+ 4)  // "true"
            case 0x6E75_6C6C: return appended(.null, [], start: start, end: start &+ 4)  // "null"
            case 0x6661_6C73 where text.at(start &+ 4) == UInt8(ascii: "e"):  // "fals"
                return appended(.bool, [], start: start, end: start &+ 5)
            default: break
            }
        }
        if text.at(start) == UInt8(ascii: "t") { return try literal("true", .bool, .isTrue, text, at: start) }
        if text.at(start) == UInt8(ascii: "f") { return try literal("false", .bool, [], text, at: start) }
        return try literal("null", .null, [], text, at: start)
    }

    private mutating func literal(
        _ word: String, _ kind: Node.Kind, _ flags: Node.Flags, _ text: Span<UInt8>, at start: Int
    ) throws(JSONError) -> Int {
        var at = start
        for byte in word.utf8 {
            guard text.at(at) == byte else { throw unexpected(text, at: at) }
            at += 1
        }
        append(kind, flags, start: start, end: at)
        return at
    }

    // MARK: The tape

    /// Adds a literal and returns the offset after it.
    private mutating func appended(_ kind: Node.Kind, _ flags: Node.Flags, start: Int, end: Int) -> Int {
        append(kind, flags, start: start, end: end)
        return end
    }

    /// Adds a scalar or a name.
    mutating func append(_ kind: Node.Kind, _ flags: Node.Flags, start: Int, end: Int) {
        nodes.append(Node(kind, flags, start: start, end: end, next: nodes.count + 1))
    }

    private mutating func countValue(at offset: Int) throws(JSONError) {
        values += 1
        guard values <= limits.maximumValues else { throw JSONError(.tooManyValues, at: offset) }
        count += 1
    }

    private mutating func open(_ kind: Node.Kind, at start: Int) throws(JSONError) {
        try countValue(at: start)
        depth += 1
        guard depth <= limits.maximumDepth else { throw JSONError(.tooDeep, at: start) }
        if container != Self.none { nodes[container].count = count }
        count = 0
        nodes.append(Node(kind, start: start, end: start, next: container))
        container = nodes.count - 1
        isInObject = kind == .object
    }

    private mutating func close(at bracket: Int) -> Int {
        let parent = Int(nodes[container].next)
        nodes[container].next = UInt32(truncatingIfNeeded: nodes.count)
        nodes[container].end = UInt32(truncatingIfNeeded: bracket + 1)
        nodes[container].count = count
        container = parent
        if parent != Self.none {
            isInObject = nodes[parent].isObject
            count = nodes[parent].count
        }
        depth -= 1
        return bracket + 1
    }

    @inline(__always)
    private mutating func skipWhiteSpace(_ text: Span<UInt8>, at start: Int) -> Int {
        text.at(start) > Byte.space ? start : skipRunOfWhiteSpace(text, at: start)
    }

    private mutating func skipRunOfWhiteSpace(_ text: Span<UInt8>, at start: Int) -> Int {
        var at = start
        while at < text.count {
            switch text.at(at) {
            case Byte.space, Byte.newline, Byte.carriageReturn, Byte.tab: at += 1
            default:
                if at > start, container != Self.none { traits.insert(.whiteSpace) }
                return at
            }
        }
        return at
    }

    func unexpected(_ text: Span<UInt8>, at offset: Int) -> JSONError {
        JSONError(offset < text.count ? .unexpectedByte : .unexpectedEnd, at: offset)
    }
}

extension Span<UInt8> {
    /// The byte at `offset`, or 0 past the end: a byte that no rule of the grammar accepts.
    @inline(__always)
    func at(_ offset: Int) -> UInt8 { offset < count ? self[offset] : 0 }
}
