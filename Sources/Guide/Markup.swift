/// A piece of HTML: what is written in a literal is markup, what is put into it is text and gets escaped.
///
/// A value of the deployment therefore cannot become a tag, an attribute or a script, whoever chose it.
package struct Markup: Sendable, Equatable, ExpressibleByStringInterpolation, CustomStringConvertible {
    /// The HTML.
    package let description: String

    /// Creates markup from a literal.
    package init(stringLiteral literal: String) { description = literal }

    /// Creates markup from a literal with values in it.
    package init(stringInterpolation: StringInterpolation) { description = stringInterpolation.markup }

    /// Several pieces after one another.
    init(_ pieces: [Markup]) { description = pieces.map(\.description).joined(separator: "\n") }

    /// The parts of a literal.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        /// Creates an empty one.
        package init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(literalCapacity) }

        /// Appends markup.
        package mutating func appendLiteral(_ literal: String) { markup += literal }

        /// Appends markup that was made before.
        package mutating func appendInterpolation(_ piece: Markup) { markup += piece.description }

        /// Appends text: fit for content and for attributes in double quotes.
        package mutating func appendInterpolation(_ text: String) {
            for character in text.unicodeScalars {
                switch character {
                case "&": markup += "&amp;"
                case "<": markup += "&lt;"
                case ">": markup += "&gt;"
                case "\"": markup += "&quot;"
                case "'": markup += "&#39;"
                default: markup.unicodeScalars.append(character)
                }
            }
        }
    }
}
