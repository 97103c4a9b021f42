/// The two text formats in which metrics are exposed.
package enum ExpositionFormat: Sendable, CaseIterable {
    /// Prometheus text exposition format 0.0.4.
    case text
    /// OpenMetrics 1.0.0, which has units and exemplars.
    case openMetrics

    /// The value of `Content-Type`.
    package var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// Chooses by the values of all `Accept` fields, RFC 9110 section 12.5.1.
    ///
    /// The format with the higher weight wins, then the one that was named more exactly. The text format also answers
    /// those who accept neither, or who send more than ``AcceptedRange/maximumBytes``: a graph is better than a 406.
    package init(accept values: [String]) {
        var (text, openMetrics) = (Preference(), Preference())
        for range in AcceptedRange.all(in: values) {
            text.consider(range, type: "text", subtype: "plain", version: "0.0.4")
            openMetrics.consider(range, type: "application", subtype: "openmetrics-text", version: "1.0.0")
        }
        let isBetter = (openMetrics.weight, openMetrics.exactness) > (text.weight, text.exactness)
        // Named alike and wanted alike: then the one that says more.
        let isEqual = openMetrics == text && openMetrics.exactness >= .named
        self = openMetrics.weight > 0 && (isBetter || isEqual) ? .openMetrics : .text
    }
}

/// What a client thinks of one format.
private struct Preference: Equatable {
    enum Exactness: Int, Comparable {
        case none, anything, anySubtype, named, withVersion

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// In thousandths.
    var weight = 0
    var exactness = Exactness.none

    /// The most exact range decides; of several, the one with the highest weight.
    mutating func consider(_ range: AcceptedRange, type: String, subtype: String, version: String) {
        let exactness: Exactness
        switch (range.type, range.subtype) {
        case ("*", "*"): exactness = .anything
        case (type, "*"): exactness = .anySubtype
        case (type, subtype):
            // Another version is another format.
            guard range.version == nil || range.version == version else { return }
            exactness = range.version == nil ? .named : .withVersion
        default: return
        }
        guard (exactness, range.weight) > (self.exactness, weight) else { return }
        (self.exactness, weight) = (exactness, range.weight)
    }
}

/// One element of an `Accept` header.
struct AcceptedRange: Equatable {
    /// The longest header that is read; Prometheus sends about 300 bytes.
    static let maximumBytes = 4_096

    let type: String
    let subtype: String
    private(set) var version: String?
    /// In thousandths.
    private(set) var weight = 1_000

    /// The ranges that are well-formed.
    static func all(in values: [String]) -> [AcceptedRange] {
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
            bytes.dropFirst(2).allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
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
