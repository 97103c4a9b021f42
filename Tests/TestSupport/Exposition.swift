/// Metrics as a scraper reads them: strict about OpenMetrics 1.0.0, and about what Prometheus text 0.0.4 shares with it.
package struct Exposition: Sendable {
    /// One line that is not a comment.
    package struct Sample: Sendable {
        /// The name with its suffix.
        package let name: String
        /// The labels.
        package let labels: [String: String]
        /// The number.
        package let value: Double
        /// The labels of the exemplar, if there is one.
        package let exemplar: [String: String]?
    }

    /// A family: what its `#` lines say, and its samples.
    package struct Family: Sendable {
        /// The name without suffix.
        package let name: String
        /// `counter`, `gauge`, `histogram` or `info`.
        package internal(set) var type = ""
        /// The unit, in OpenMetrics.
        package internal(set) var unit: String?
        /// The samples in their order.
        package internal(set) var samples: [Sample] = []
    }

    /// What is wrong with a text.
    package struct Malformed: Error, CustomStringConvertible {
        /// The line and the rule that it breaks.
        package let description: String
    }

    /// The families in their order.
    package private(set) var families: [Family] = []

    /// Reads a text.
    ///
    /// - Throws: ``Malformed``.
    package init(_ text: String, isOpenMetrics: Bool) throws {
        guard text.hasSuffix("\n") else { throw Malformed(description: "no line feed at the end") }
        var lines = text.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        if isOpenMetrics {
            guard lines.popLast() == "# EOF" else { throw Malformed(description: "no # EOF at the end") }
        }
        for line in lines {
            if line.hasPrefix("# ") {
                try readComment(line, isOpenMetrics)
            } else {
                try readSample(line, isOpenMetrics)
            }
        }
        for family in families { try Self.check(family) }
    }

    /// The family of this name.
    package func family(_ name: String) -> Family? { families.first { $0.name == name } }

    /// All samples.
    package var samples: [Sample] { families.flatMap(\.samples) }

    /// The sample of this name that has at least these labels.
    package func sample(_ name: String, _ labels: [String: String] = [:]) -> Sample? {
        samples.first { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }
    }

    private mutating func readComment(_ line: Substring, _ isOpenMetrics: Bool) throws {
        let words = line.split(separator: " ", maxSplits: 3).map(String.init)
        guard words.count == 4 else { throw Malformed(description: "\(line): unfinished") }
        switch words[1] {
        case "HELP":
            guard family(words[2]) == nil else { throw Malformed(description: "\(line): not in one piece") }
            families.append(Family(name: words[2]))
        case "TYPE" where families.last?.name == words[2]: families[families.count - 1].type = words[3]
        case "UNIT" where isOpenMetrics && families.last?.name == words[2] && words[2].hasSuffix("_\(words[3])"):
            families[families.count - 1].unit = words[3]
        default: throw Malformed(description: "\(line): out of place")
        }
    }

    private mutating func readSample(_ line: Substring, _ isOpenMetrics: Bool) throws {
        var rest = line
        let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" })
        rest = rest.dropFirst(name.count)
        let labels = rest.hasPrefix("{") ? try Self.labels(&rest) : [:]
        let parts = rest.split(separator: " # ", maxSplits: 1)
        guard let number = parts.first, number.hasPrefix(" "), let value = Double(number.dropFirst()),
            let family = families.last,
            Self.suffixes(family.type, isOpenMetrics).contains(where: { family.name + $0 == name })
        else { throw Malformed(description: "\(line): no sample of \(families.last?.name ?? "anything")") }
        var exemplar: [String: String]?
        if parts.count == 2 {
            guard isOpenMetrics, name.hasSuffix("_bucket") || name.hasSuffix("_total") else {
                throw Malformed(description: "\(line): an exemplar here")
            }
            exemplar = try Self.exemplar(parts[1])
        }
        families[families.count - 1].samples.append(
            Sample(name: name, labels: labels, value: value, exemplar: exemplar))
    }

    private static func suffixes(_ type: String, _ isOpenMetrics: Bool) -> [String] {
        switch type {
        case "counter": isOpenMetrics ? ["_total"] : [""]
        case "info": isOpenMetrics ? ["_info"] : []
        case "histogram": ["_bucket", "_sum", "_count"]
        case "gauge": [""]
        default: []
        }
    }

    /// `{labels} value timestamp`, with at most 128 characters of labels.
    private static func exemplar(_ text: Substring) throws -> [String: String] {
        var rest = text
        let labels = try labels(&rest)
        let numbers = rest.split(separator: " ").compactMap { Double($0) }
        guard numbers.count == 2, labels.map({ $0.key.count + $0.value.count }).reduce(0, +) <= 128 else {
            throw Malformed(description: "\(text): not an exemplar")
        }
        return labels
    }

    /// Takes `{name="value",...}` off the front.
    private static func labels(_ rest: inout Substring) throws -> [String: String] {
        let text = rest
        var labels: [String: String] = [:]
        rest = rest.dropFirst()
        while !rest.hasPrefix("}") {
            let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, rest.hasPrefix("=\"") else { throw Malformed(description: "\(text): labels") }
            rest = rest.dropFirst(2)
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\" else {
                    value.append(character)
                    continue
                }
                guard let escaped = rest.popFirst() else { break }
                value.append(escaped == "n" ? "\n" : escaped)
            }
            guard labels.updateValue(value, forKey: name) == nil else { throw Malformed(description: "\(text): twice") }
            if rest.hasPrefix(",") { rest = rest.dropFirst() }
        }
        rest = rest.dropFirst()
        return labels
    }

    /// A histogram's buckets rise, and the last one is the count.
    private static func check(_ family: Family) throws {
        guard !family.type.isEmpty, !family.samples.isEmpty else {
            throw Malformed(description: "\(family.name): no type or no sample")
        }
        guard family.type == "histogram" else { return }
        var last = 0.0
        var bound = -Double.infinity
        for sample in family.samples {
            switch sample.name.dropFirst(family.name.count) {
            case "_bucket":
                guard let next = sample.labels["le"].flatMap(Double.init), next > bound, sample.value >= last else {
                    throw Malformed(description: "\(family.name): buckets do not rise")
                }
                (bound, last) = (next, sample.value)
            case "_count":
                guard bound == .infinity, sample.value == last else {
                    throw Malformed(description: "\(family.name): the count is not the last bucket")
                }
                (bound, last) = (-.infinity, 0)
            default: break
            }
        }
    }
}
