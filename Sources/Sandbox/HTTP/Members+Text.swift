internal import JSON

extension Members {
    /// The members of a JSON object written in the source.
    ///
    /// Text is shorter to read than nested literals, and far faster to compile.
    init(json text: String) {
        do {
            self.init(of: try JSONValue.parse(text))
        } catch {
            preconditionFailure("The data set holds broken JSON: \(error) in \(text)")
        }
    }
}
