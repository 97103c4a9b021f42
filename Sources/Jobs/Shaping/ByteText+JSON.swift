internal import JSON

extension ByteText {
    /// Appends an untrusted string in double quotes, on one line, at most about `limit` bytes of it.
    ///
    /// The text of most names and messages is plain and is copied as it stands in the document.
    mutating func append(quoted element: JSONElement, limit: Int) {
        append(byte: UInt8(ascii: "\""))
        append(line: element, limit: limit, quoteBecomes: UInt8(ascii: "'"))
        append(byte: UInt8(ascii: "\""))
    }

    /// Appends an untrusted string without quotes, on one line.
    mutating func append(line element: JSONElement, limit: Int) {
        append(line: element, limit: limit, quoteBecomes: UInt8(ascii: "\""))
    }

    private mutating func append(line element: JSONElement, limit: Int, quoteBecomes substitute: UInt8) {
        let content = element.rawBytes.dropFirst().dropLast()
        if content.count <= limit, Self.isPlain(content) { return append(contentsOf: content) }
        let head = element.cleanString ?? ""
        for byte in UntrustedText.line(head, limit: limit).utf8 {
            append(byte: byte == UInt8(ascii: "\"") ? substitute : byte)
        }
    }

    /// Whether the content of a JSON string is its own text: nothing escaped, no control character.
    private static func isPlain(_ content: ArraySlice<UInt8>) -> Bool {
        var previous: UInt8 = 0
        for byte in content {
            if byte == UInt8(ascii: "\\") || byte == 0x7F || previous == 0xC2 && byte < 0xA0 { return false }
            previous = byte
        }
        return true
    }
}
