/// A valid text and the index over it; what the views read.
struct Tape: ~Copyable, Sendable {
    /// What a copy of the document must look out for.
    struct Traits: OptionSet, Sendable {
        let rawValue: UInt8
        /// Some string must be cleaned.
        static let uncleanStrings = Traits(rawValue: 1)
        /// Some integer must become a string.
        static let integersBeyondDouble = Traits(rawValue: 2)
        /// There is white space between the tokens of a container.
        static let whiteSpace = Traits(rawValue: 4)
    }

    let bytes: [UInt8]
    let nodes: NodeBuffer
    let traits: Traits

    init(bytes: [UInt8], nodes: consuming NodeBuffer, traits: Traits) {
        self.bytes = bytes
        self.nodes = nodes
        self.traits = traits
    }

    /// The entry of the value that the object at `index` gives to `name`: the first, if there are several.
    func value(named name: String, inObjectAt index: Int) -> Int? {
        guard nodes[index].isObject else { return nil }
        let wanted = name.utf8.span
        let end = Int(nodes[index].next)
        var key = index + 1
        while key < end {
            if isName(nodes[key], at: key, wanted) { return key + 1 }
            key = Int(nodes[key + 1].next)
        }
        return nil
    }

    /// Whether the entry at `index` is a string or name that stands for `text`.
    func isString(at index: Int, _ text: Span<UInt8>) -> Bool {
        let node = nodes[index]
        return node.isString && isName(node, at: index, text)
    }

    /// Whether the string or name at `index`, whose entry is `node`, stands for these UTF-8 bytes.
    @inline(__always)
    private func isName(_ node: Node, at index: Int, _ text: Span<UInt8>) -> Bool {
        guard !node.has(.escaped) else { return isEscaped(at: index, text) }
        return bytes.span.isEqual(node.range, text)
    }

    @inline(never)
    private func isEscaped(at index: Int, _ text: Span<UInt8>) -> Bool {
        let decoded = utf8(at: index)
        return decoded.span.isEqual(0..<decoded.count, text)
    }

    /// The string or name at `index`, decoded, or a number as it is written.
    func string(at index: Int) -> String {
        let node = nodes[index]
        if node.isString, node.has(.escaped) { return String(decoding: utf8(at: index), as: UTF8.self) }
        // The parser has validated these bytes as UTF-8.
        return String(copying: unsafe UTF8Span(unchecked: bytes.span.extracting(node.range)))
    }

    /// The string or name at `index`, decoded, as UTF-8.
    func utf8(at index: Int) -> [UInt8] {
        let range = nodes[index].range
        var decoded: [UInt8] = []
        decoded.reserveCapacity(range.count)
        bytes.span.decodeString(in: range, to: &decoded)
        return decoded
    }

    /// The number at `index`, if it is an integer within Int64.
    func integer(at index: Int) -> Int64? {
        let node = nodes[index]
        guard node.kind == .number else { return nil }
        let text = bytes.span.extracting(node.range)
        return node.has(.integral) ? Int64(decimal: text) : Int64(integralValueOf: text)
    }

    /// The number or string at `index`, if it is plain digits within Int64.
    func exactInteger(at index: Int) -> Int64? {
        let node = nodes[index]
        let isInteger = node.kind == .number && node.has(.integral)
        guard isInteger || node.isString else { return nil }
        let text = bytes.span.extracting(node.range)
        let digits = text.at(0) == Byte.minus ? 1 : 0
        let isCanonical = text.count == digits + 1 || text.at(digits) != Byte.zero
        return isCanonical ? Int64(decimal: text) : nil
    }
}
