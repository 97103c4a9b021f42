/// Which of two representations an `Accept` header asks for, RFC 9110 section 12.5.1.
///
/// Browsers name `text/html`; whoever does not gets JSON, so that `*/*` of curl and no header at all are programs.
package enum MediaPreference: Sendable, Equatable {
    /// The page.
    case html
    /// The JSON object.
    case json
    /// Neither is acceptable.
    case neither

    /// Judges the values of all `Accept` headers of a request.
    package init(_ values: [String]) {
        let ranges = values.joined(separator: ",").split(separator: ",").compactMap(MediaRange.init)
        guard !ranges.isEmpty else {
            self = .json
            return
        }
        let html = Self.weight("text/html", "text/*", in: ranges)
        let json = Self.weight("application/json", "application/*", in: ranges)
        switch (html.thousandths, json.thousandths) {
        case (0, 0): self = .neither
        case (let left, let right) where left > right: self = .html
        case (let left, let right) where left == right && html.isNamed: self = .html
        default: self = .json
        }
    }

    /// The weight of the most specific range that covers a type, and whether more than `*/*` does.
    private static func weight(
        _ type: String, _ family: String, in ranges: [MediaRange]
    ) -> (thousandths: Int, isNamed: Bool) {
        for name in [type, family] {
            if let range = ranges.first(where: { $0.name == name }) { return (range.thousandths, true) }
        }
        return (ranges.first { $0.name == "*/*" }?.thousandths ?? 0, false)
    }
}

/// One element of an `Accept` header; parameters other than the weight are not looked at.
private struct MediaRange {
    let name: String
    let thousandths: Int

    init?(_ text: Substring) {
        let parts = text.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        guard let name = parts.first, !name.isEmpty else { return nil }
        self.name = name
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
        thousandths = weight.map(Self.thousandths) ?? 1_000
    }

    /// `0` to `1` with at most three decimals; anything else counts as 1, as if there were no weight.
    private static func thousandths(_ weight: Substring) -> Int {
        let parts = weight.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : ""
        guard let whole = parts.first, whole == "0" || whole == "1", decimals.utf8.count <= 3,
            decimals.utf8.allSatisfy({ 0x30...0x39 ~= $0 })
        else { return 1_000 }
        let fraction = Int(decimals + String(repeating: "0", count: 3 - decimals.utf8.count)) ?? 0
        return min(1_000, (whole == "1" ? 1_000 : 0) + fraction)
    }
}
