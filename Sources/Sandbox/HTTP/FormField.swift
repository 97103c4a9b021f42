internal import HTTPSyntax

/// A name and a value of a query or a form, decoded.
struct FormField: Sendable, Equatable {
    let name: String
    let value: String

    /// Parses `application/x-www-form-urlencoded` text.
    ///
    /// - Returns: `nil` for a broken escape, a byte that must be escaped, or text that is not UTF-8.
    static func parse(_ bytes: some Collection<UInt8>) -> [FormField]? {
        var fields: [FormField] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]), let value = parts.count > 1 ? decoded(parts[1]) : "" else { return nil }
            fields.append(FormField(name: name, value: value))
        }
        return fields
    }

    private static func decoded(_ bytes: some Collection<UInt8>) -> String? {
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return PercentEncoding.decode(bytes.lazy.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 })
    }
}

extension [FormField] {
    /// The value of the first field called `name`.
    subscript(name: String) -> String? { first { $0.name == name }?.value }

    /// The name of a field that occurs more than once.
    var repeatedName: String? {
        var seen: Set<String> = []
        return first { !seen.insert($0.name).inserted }?.name
    }
}
