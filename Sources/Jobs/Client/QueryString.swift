internal import HTTPSyntax

/// The query of a GET request, percent-encoded as it is built.
package struct QueryString: Sendable, Equatable {
    /// The query with its leading question mark, or the empty string.
    package private(set) var text = ""

    /// Whether nothing was added.
    package var isEmpty: Bool { text.isEmpty }

    /// An empty query.
    package init() {}

    /// Adds an integer in decimal (D-02).
    package mutating func append(_ name: StaticString, _ value: Int64) { append(name, encoded: String(value)) }

    /// Adds a boolean as a lower-case word: the service ignores `True` without saying so (D-02).
    package mutating func append(_ name: StaticString, _ value: Bool) {
        append(name, encoded: value ? "true" : "false")
    }

    /// Adds text; page tokens contain `=` (D-46), so everything outside RFC 3986 "unreserved" is encoded.
    package mutating func append(_ name: StaticString, _ value: String) {
        append(name, encoded: PercentEncoding.encode(value))
    }

    private mutating func append(_ name: StaticString, encoded: String) {
        text += "\(isEmpty ? "?" : "&")\(name)=\(encoded)"
    }
}
