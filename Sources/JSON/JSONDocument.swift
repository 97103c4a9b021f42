/// A parsed JSON text: the bytes and a flat index over them, immutable and shareable.
///
/// Parsing checks everything the grammar of RFC 8259 says and decodes nothing; strings and numbers are decoded when
/// they are read. Two allocations per document, whatever its size.
package final class JSONDocument: Sendable {
    let tape: Tape

    /// Parses all of `bytes`, which must be one JSON value with optional white space around it.
    package init(parsing bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
        var builder = TapeBuilder(limits: limits, size: bytes.count)
        try builder.build(bytes.span)
        tape = builder.tape(of: bytes)
    }

    /// The document's one value.
    package var root: JSONElement { JSONElement(document: self, index: 0) }

    /// Whether a string holds control characters other than tab and line ends, invisible ones, or a lone surrogate.
    ///
    /// A copy of such a string should be cleaned (TC-05); ``JSONWriter/copy(_:rules:replacement:)`` does.
    package var hasControlCharacters: Bool { tape.traits.contains(.uncleanStrings) }
}
