internal import HTTPSyntax

/// Which of two representations an `Accept` header asks for.
///
/// Browsers name `text/html`; whoever does not gets JSON, so that `*/*` of curl and no header at all are programs.
enum MediaPreference: Sendable, Equatable {
    /// The page.
    case html
    /// The JSON object.
    case json
    /// Neither is acceptable.
    case neither

    /// Judges the values of all `Accept` fields of a request.
    init(_ values: [String]) {
        let ranges = AcceptedRange.all(in: values)
        guard !ranges.isEmpty else {
            self = .json
            return
        }
        let html = Preference(for: "text", "html", in: ranges)
        let json = Preference(for: "application", "json", in: ranges)
        switch (html.weight, json.weight) {
        case (0, 0): self = .neither
        case (let left, let right) where left > right: self = .html
        case (let left, let right) where left == right && html.exactness > .anything: self = .html
        default: self = .json
        }
    }
}
