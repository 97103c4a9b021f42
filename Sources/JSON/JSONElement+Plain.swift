extension JSONElement {
    /// Whether some string of the document, not necessarily in this value, must be cleaned.
    package var isInUncleanDocument: Bool { document.hasControlCharacters }

    /// Whether a string's copy is the same as its text; `true` for other kinds.
    package var isPlain: Bool { !node.isString || !node.has(.unclean) }

    /// The UTF-8 of a string whose text needs neither decoding nor cleaning; `nil` for other strings and kinds.
    ///
    /// Such a string stands in the document as it reads, so that a digest can copy it without making a `String`.
    package var plainUTF8: ArraySlice<UInt8>? {
        let node = node
        guard node.isString, !node.has(.escaped), !node.has(.unclean) else { return nil }
        return document.tape.bytes[node.range]
    }
}
