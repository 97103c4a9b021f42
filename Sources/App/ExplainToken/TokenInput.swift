internal import JSON

/// What people pass to `explain-token`: a token, and whatever their tools put around it.
///
/// What is taken off is said, because a client that sends it along is refused for it.
struct TokenInput: Equatable {
    /// The token itself.
    private(set) var token: Substring
    /// What was around it, from the outside in; empty for a bare token.
    private(set) var wrappings: [String] = []

    /// The members in which token endpoints and command-line tools hand out a token, the right one first.
    private static let members = ["access_token", "accessToken", "token", "id_token"]
    /// More layers than this are no mistake of a tool.
    private static let maximumLayers = 8

    /// Unwraps `bytes` as long as there is something to take off.
    init(_ bytes: [UInt8]) {
        let (text, encoding) = Self.decode(bytes)
        token = Self.trimmed(text[...])
        if let encoding { wrappings.append(encoding) }
        for _ in 0..<Self.maximumLayers {
            guard let (inner, wrapping) = Self.unwrap(token) else { break }
            token = Self.trimmed(inner)
            wrappings.append(wrapping)
        }
    }

    /// PowerShell writes UTF-16 with a byte order mark, Windows editors UTF-8 with one.
    private static func decode(_ bytes: [UInt8]) -> (text: String, encoding: String?) {
        switch (bytes.first, bytes.dropFirst().first) {
        case (0xFF, 0xFE): (utf16(bytes.dropFirst(2)) { UInt16($1) << 8 | UInt16($0) }, "UTF-16")
        case (0xFE, 0xFF): (utf16(bytes.dropFirst(2)) { UInt16($0) << 8 | UInt16($1) }, "UTF-16")
        case (0xEF, 0xBB) where bytes.dropFirst(2).first == 0xBF:
            (String(decoding: bytes.dropFirst(3), as: UTF8.self), "a byte order mark")
        default: (String(decoding: bytes, as: UTF8.self), nil)
        }
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, unit: (UInt8, UInt8) -> UInt16) -> String {
        let pairs = stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2)
        return String(decoding: pairs.map { unit(bytes[$0], bytes[$0 + 1]) }, as: UTF16.self)
    }

    private static func unwrap(_ text: Substring) -> (inner: Substring, wrapping: String)? {
        for prefix in ["authorization:", "bearer "] where text.lowercased().hasPrefix(prefix) {
            return (text.dropFirst(prefix.count), prefix == "bearer " ? "Bearer" : "a header field's name")
        }
        if let first = text.first, "\"'`".contains(first), text.count > 1, text.last == first {
            return (text.dropFirst().dropLast(), "quotes")
        }
        guard text.first == "{", let document = try? JSONDocument(parsing: Array(text.utf8), limits: .upstream) else {
            return nil
        }
        for name in members {
            if let token = document.root[name]?.string { return (token[...], "a response, of which \(name) is read") }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { $0.isWhitespace }
        return start[..<(start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)]
    }
}
