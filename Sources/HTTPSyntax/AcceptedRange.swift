/// One element of an `Accept` header, RFC 9110 section 12.5.1.
package struct AcceptedRange: Sendable, Equatable {
    /// The longest header that is read; Prometheus sends about 300 bytes.
    package static let maximumBytes = 4_096

    /// Lower-case; `*` for any.
    package let type: String
    /// Lower-case; `*` for any.
    package let subtype: String
    /// The parameter of this name, without its quotes.
    package private(set) var version: String?
    /// In thousandths.
    package private(set) var weight = 1_000

    /// The ranges of all `Accept` fields that are well-formed; none if the fields are too long.
    package static func all(in values: [String]) -> [AcceptedRange] {
        guard values.reduce(0, { $0 + $1.utf8.count }) <= maximumBytes else { return [] }
        return values.flatMap { split($0[...], at: ",").compactMap(AcceptedRange.init) }
    }

    init?(_ text: Substring) {
        let parts = Self.split(text, at: ";")
        let name = parts[0].split(separator: "/", omittingEmptySubsequences: false)
        guard name.count == 2, !name[0].isEmpty, !name[1].isEmpty else { return nil }
        (type, subtype) = (name[0].lowercased(), name[1].lowercased())
        for part in parts.dropFirst() {
            guard let separator = part.firstIndex(of: "=") else { continue }
            let value = part[part.index(after: separator)...]
            switch part[..<separator].lowercased() {
            case "version": version = value.filter { $0 != "\"" && $0 != "\\" }
            case "q":
                guard let weight = Self.weight(value) else { return nil }
                self.weight = weight
            default: break
            }
        }
    }

    /// `qvalue` of RFC 9110 section 12.4.2: 0 to 1 with at most three decimals.
    private static func weight(_ text: Substring) -> Int? {
        let bytes = Array(text.utf8)
        guard (1...5).contains(bytes.count), bytes[0] == UInt8(ascii: "0") || bytes[0] == UInt8(ascii: "1"),
            bytes.count == 1 || bytes[1] == UInt8(ascii: "."),
            bytes.dropFirst(2).allSatisfy(\.isDigit)
        else { return nil }
        var weight = Int(bytes[0] - UInt8(ascii: "0"))
        for index in 2..<5 { weight = weight * 10 + (index < bytes.count ? Int(bytes[index] - UInt8(ascii: "0")) : 0) }
        return weight <= 1_000 ? weight : nil
    }

    /// Splits outside of quoted strings; blanks at the ends of the parts are dropped.
    private static func split(_ text: Substring, at separator: Character) -> [Substring] {
        var isQuoted = false
        var isEscaped = false
        let parts = text.split(omittingEmptySubsequences: false) { character in
            if isEscaped {
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else {
                if character == "\"" { isQuoted.toggle() }
                return !isQuoted && character == separator
            }
            return false
        }
        return parts.map { part in
            let start = part.drop { $0 == " " || $0 == "\t" }
            return start.lastIndex { $0 != " " && $0 != "\t" }.map { start[...$0] } ?? ""
        }
    }
}

/// How much a client's `Accept` wants one media type, and how exactly it named it.
package struct Preference: Sendable, Equatable {
    /// How exactly the range that decides names the type.
    package enum Exactness: Int, Sendable, Comparable {
        case none, anything, anySubtype, named, withVersion

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// In thousandths; 0 refuses.
    package private(set) var weight = 0
    /// How the range that decided names the type.
    package private(set) var exactness = Exactness.none

    /// The most exact range decides; of several, the one with the highest weight.
    ///
    /// Where the type has versions, another version is another type; where it has none, versions are not looked at.
    package init(for type: String, _ subtype: String, version: String? = nil, in ranges: [AcceptedRange]) {
        for range in ranges {
            let exactness: Exactness
            switch (range.type, range.subtype) {
            case ("*", "*"): exactness = .anything
            case (type, "*"): exactness = .anySubtype
            case (type, subtype) where version == nil || range.version == nil: exactness = .named
            case (type, subtype) where range.version == version: exactness = .withVersion
            default: continue
            }
            guard (exactness, range.weight) > (self.exactness, weight) else { continue }
            (self.exactness, weight) = (exactness, range.weight)
        }
    }
}
