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
        append(name, encoded: Self.percentEncoded(value))
    }

    private mutating func append(_ name: StaticString, encoded: String) {
        text += "\(isEmpty ? "?" : "&")\(name)=\(encoded)"
    }

    private static func percentEncoded(_ value: String) -> String {
        let hexadecimal: StaticString = "0123456789ABCDEF"
        var bytes: [UInt8] = []
        bytes.reserveCapacity(value.utf8.count)
        for byte in value.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(ascii: "%"))
            unsafe bytes.append(hexadecimal.utf8Start[Int(byte >> 4)])
            unsafe bytes.append(hexadecimal.utf8Start[Int(byte & 15)])
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }
}
