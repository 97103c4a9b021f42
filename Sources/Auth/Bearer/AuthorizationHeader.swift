internal import Observability

/// The bearer token of a request's `Authorization` fields, RFC 6750 section 2.1.
enum AuthorizationHeader: Equatable {
    /// No credentials, or credentials of another scheme.
    case absent
    /// Not exactly one token: fields that differ, or a `Bearer` with none or many (A-16, E-165).
    case malformed(String)
    /// What follows the scheme, of any form; see ``holdsSeveralTokens(_:)``.
    case bearer(Substring)

    /// - Parameter values: The values of all `Authorization` fields.
    init(_ values: [String]) {
        guard let value = values.first else {
            self = .absent
            return
        }
        guard values.dropFirst().allSatisfy({ $0.utf8.elementsEqual(value.utf8) }) else {
            self = .malformed("several Authorization fields that differ")
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
        self = rest.isEmpty ? .malformed("Bearer without a token") : .bearer(Substring(rest))
    }

    /// Whether there are blanks inside what follows the scheme.
    ///
    /// Asked separately, because a token that is known already needs no look at each of its bytes.
    static func holdsSeveralTokens(_ text: Substring) -> Bool {
        // By index: the iterator of a substring's bytes is slow enough to make garbage expensive.
        let bytes = text.utf8.span
        for index in bytes.indices where isBlank(bytes[index]) { return true }
        return false
    }

    /// One of the copies that a proxy has joined by a comma, which no token holds; `nil` when the value is none of that.
    static func copy(in values: [String]) -> String? {
        guard let value = values.first, case let copy = SingleValue.withoutCopies(value),
            copy.utf8.count < value.utf8.count, value.utf8.contains(UInt8(ascii: ","))
        else { return nil }
        return copy
    }

    /// The scheme compares without regard to case.
    private static func isBearer(_ scheme: Substring.UTF8View) -> Bool {
        scheme.elementsEqual("bearer".utf8) { $0 | 0x20 == $1 }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
