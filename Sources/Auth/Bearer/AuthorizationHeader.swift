/// The bearer token of a request's `Authorization` fields, RFC 6750 section 2.1.
enum AuthorizationHeader: Equatable {
    /// No credentials, or credentials of another scheme.
    case absent
    /// Not exactly one token: several fields, or a `Bearer` with none or many (A-16, E-165).
    case malformed(String)
    /// What follows the scheme, of any form.
    case bearer(Substring)

    /// - Parameters:
    ///   - values: The values of all `Authorization` fields.
    ///   - maximumTokenBytes: A longer token is returned without looking for blanks in it: it is refused anyway.
    init(_ values: [String], maximumTokenBytes: Int) {
        guard let value = values.first else {
            self = .absent
            return
        }
        guard values.count == 1 else {
            self = .malformed("several Authorization fields")
            return
        }
        var rest = value.utf8.drop(while: Self.isBlank)
        let scheme = rest.prefix { !Self.isBlank($0) }
        guard Self.isBearer(scheme) else {
            self = .absent
            return
        }
        rest = rest.dropFirst(scheme.count).drop(while: Self.isBlank)
        while let last = rest.last, Self.isBlank(last) { rest.removeLast() }
        if rest.isEmpty {
            self = .malformed("Bearer without a token")
        } else if rest.count <= maximumTokenBytes, rest.contains(where: Self.isBlank) {
            self = .malformed("Bearer with several tokens")
        } else {
            self = .bearer(Substring(rest))
        }
    }

    /// The scheme compares without regard to case.
    private static func isBearer(_ scheme: Substring.UTF8View) -> Bool {
        scheme.elementsEqual("bearer".utf8) { $0 | 0x20 == $1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
