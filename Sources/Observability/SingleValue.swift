/// The value of a header field that may stand only once, as proxies and clients send such fields: in copies.
///
/// Copies that say the same are one, whether they stand in fields of their own or were joined by a comma on the way
/// (RFC 9110 section 5.3). Copies that differ stay several: nobody may choose between them.
package enum SingleValue: Sendable, Equatable {
    /// No such field.
    case absent
    /// Its value, without white space at its ends.
    case value(String)
    /// The values, which differ, joined by commas.
    case several(String)

    /// The value of the fields of one name.
    package init(_ values: some Sequence<String>) {
        self = .absent
        for value in values { add(value) }
    }

    /// Takes note of one more field of the same name.
    package mutating func add(_ field: String) {
        let field = Self.withoutCopies(field)
        switch self {
        case .absent: self = .value(field)
        case .value(let value) where value.utf8.elementsEqual(field.utf8): break
        case .value(let value), .several(let value): self = .several("\(value), \(field)")
        }
    }

    /// The value, if there is one and no other.
    package var value: String? { if case .value(let value) = self { value } else { nil } }

    /// What came, for whoever is to be told.
    package var text: String? {
        switch self {
        case .absent: nil
        case .value(let text), .several(let text): text
        }
    }

    /// One of the copies that `field` consists of, without white space at its ends; all of it, if it has other parts.
    package static func withoutCopies(_ field: String) -> String {
        guard field.utf8.contains(UInt8(ascii: ",")) else {
            let bytes = field.utf8
            let isPadded = bytes.first.map(Substring.isBlank) == true || bytes.last.map(Substring.isBlank) == true
            return isPadded ? String(field[...].trimmingBlanks) : field
        }
        // By bytes: to Swift, a comma and a combining mark behind it are one character.
        let parts = field.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { Substring($0).trimmingBlanks }
        guard let first = parts.first, !first.isEmpty, parts.allSatisfy({ $0.utf8.elementsEqual(first.utf8) }) else {
            return String(field[...].trimmingBlanks)
        }
        return String(first)
    }
}

extension Substring {
    /// The text without spaces and tabs at its ends.
    fileprivate var trimmingBlanks: Substring {
        let bytes = utf8
        guard let first = bytes.firstIndex(where: { !Self.isBlank($0) }),
            let last = bytes.lastIndex(where: { !Self.isBlank($0) })
        else { return "" }
        return self[first...last]
    }

    fileprivate static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
