/// How a value of a foreign document changes on its way into ours.
package struct JSONCopyRules: Sendable {
    /// Integers beyond ±(2^53-1) become decimal strings (K-14).
    package var makesLargeIntegersStrings: Bool
    /// Strings lose control characters and terminal sequences (TC-05); names too.
    package var cleansStrings: Bool
    /// The names of members whose value the caller of the copy may replace, at any depth.
    package var replacedNames: [String]

    /// Creates rules; the defaults are those of every tool result.
    package init(makesLargeIntegersStrings: Bool = true, cleansStrings: Bool = true, replacedNames: [String] = []) {
        self.makesLargeIntegersStrings = makesLargeIntegersStrings
        self.cleansStrings = cleansStrings
        self.replacedNames = replacedNames
    }

    /// Nothing changes but white space between tokens, which goes.
    package static let verbatim = JSONCopyRules(makesLargeIntegersStrings: false, cleansStrings: false)
}

extension JSONWriter {
    /// Writes the replacement of a member's value.
    ///
    /// Called with the member's name and value; returns `false`, having written nothing, to let the value be copied.
    package typealias Replacement = (_ name: String, _ value: JSONElement, _ writer: inout JSONWriter) -> Bool

    /// Writes `element` and everything in it, changed as `rules` say.
    ///
    /// Costs a memory copy when the document has nothing to change, which the parser has noted.
    ///
    /// - Parameters:
    ///   - element: The root of what is copied.
    ///   - rules: What changes.
    ///   - replacement: Asked for each member that ``JSONCopyRules/replacedNames`` names.
    package mutating func copy(
        _ element: JSONElement, rules: JSONCopyRules = JSONCopyRules(), replacement: Replacement? = nil
    ) {
        separate()
        if TapeCopy.isNeeded(element.document.tape.traits, rules, replacement) {
            var copy = TapeCopy(element, rules, replacement)
            copy.run(into: &self)
        } else {
            let bytes = element.document.tape.bytes
            append(bytes.span, element.node.textRange)
        }
    }
}

/// One copy: walks the tape and copies the text in stretches, interrupted only by what changes.
private struct TapeCopy {
    private let document: JSONDocument
    private let bytes: [UInt8]
    private let hasWhiteSpace: Bool
    private let root: Int
    private let names: [String]
    /// Bit n is set when some name has n bytes, the last bit for all longer ones: few names need to be compared.
    private let nameLengths: UInt64
    private let replacement: JSONWriter.Replacement?
    /// The marks of entries that cannot be copied as they are.
    private let changing: Node.Flags
    /// Everything before this offset has been written or left out.
    private var position: Int

    static func isNeeded(
        _ traits: Tape.Traits, _ rules: JSONCopyRules, _ replacement: JSONWriter.Replacement?
    ) -> Bool {
        traits.contains(.whiteSpace) || replacement != nil && !rules.replacedNames.isEmpty
            || traits.contains(.uncleanStrings) && rules.cleansStrings
            || traits.contains(.integersBeyondDouble) && rules.makesLargeIntegersStrings
    }

    init(_ element: JSONElement, _ rules: JSONCopyRules, _ replacement: JSONWriter.Replacement?) {
        document = element.document
        bytes = document.tape.bytes
        hasWhiteSpace = document.tape.traits.contains(.whiteSpace)
        root = element.index
        names = replacement == nil ? [] : rules.replacedNames
        nameLengths = names.reduce(0) { $0 | Self.lengthBit($1.utf8.count) }
        self.replacement = replacement
        var changing: Node.Flags = []
        if rules.cleansStrings { changing.insert(.unclean) }
        if rules.makesLargeIntegersStrings { changing.insert(.beyondDouble) }
        self.changing = changing
        position = element.node.textRange.lowerBound
    }

    mutating func run(into writer: inout JSONWriter) {
        let end = Int(document.tape.nodes[root].next)
        var index = root
        while index < end {
            let node = document.tape.nodes[index]
            if node.hasAny(of: changing) {
                flush(to: node.textRange.lowerBound, into: &writer)
                writeChanged(index, node, into: &writer)
                position = node.textRange.upperBound
            } else if hasWhiteSpace, !node.isContainer {
                copyToken(node, into: &writer)
            }
            if node.has(.name), mayMatch(node), replaceValue(ofNameAt: index, into: &writer) {
                index = Int(document.tape.nodes[index + 1].next)
            } else {
                index += 1
            }
        }
        flush(to: document.tape.nodes[root].textRange.upperBound, into: &writer)
        writer.needsComma = true
    }

    private static func lengthBit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }

    private func mayMatch(_ name: Node) -> Bool {
        nameLengths & (name.has(.escaped) ? .max : Self.lengthBit(name.range.count)) != 0
    }

    /// Lets the caller write the value after the name at `index`, if the rules name it and the caller wants to.
    private mutating func replaceValue(ofNameAt index: Int, into writer: inout JSONWriter) -> Bool {
        guard let replacement, let name = names.first(where: { document.tape.isString(at: index, $0.utf8.span) })
        else { return false }
        let value = JSONElement(document: document, index: index + 1)
        flush(to: value.node.textRange.lowerBound, into: &writer)
        writer.needsComma = false
        guard replacement(name, value, &writer) else { return false }
        position = value.node.textRange.upperBound
        return true
    }

    private func writeChanged(_ index: Int, _ node: Node, into writer: inout JSONWriter) {
        writer.needsComma = false
        if node.isString {
            writer.string(utf8: ControlCharacterFilter.clean(document.tape.utf8(at: index)).span)
        } else {
            writer.string(utf8: bytes.span.extracting(node.range))
        }
    }

    /// Copies a scalar or name in a document with white space, and what stands between it and the one before.
    private mutating func copyToken(_ node: Node, into writer: inout JSONWriter) {
        let range = node.textRange
        flush(to: range.lowerBound, into: &writer)
        position = range.lowerBound
        writer.append(bytes.span, range)
        position = range.upperBound
    }

    /// Copies up to `end`; in a document with white space that is punctuation only, and the white space goes.
    private mutating func flush(to end: Int, into writer: inout JSONWriter) {
        let start = position
        position = end
        let text = bytes.span
        if hasWhiteSpace {
            for offset in start..<end where text.at(offset) > Byte.space {
                writer.append(text, offset..<offset + 1)
            }
        } else {
            writer.append(text, start..<end)
        }
    }
}
