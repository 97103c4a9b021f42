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
        if let plain = element.plainUTF8, plain.count <= limit, !SecretMask.isSuspicious(plain.span) {
            return append(contentsOf: plain)
        }
        let head = element.cleanString ?? ""
        for byte in UntrustedText.line(head, limit: limit).utf8 {
            append(byte: byte == UInt8(ascii: "\"") ? substitute : byte)
        }
    }
}
