internal import JSON

/// Text that goes into a page.
enum HTMLText {
    /// `text` as HTML text that people read: what they cannot see is not in it.
    static func shown(_ text: String) -> String {
        let visible = text.unicodeScalars.filter { $0 == "\n" || $0.properties.generalCategory != .control }
        return escaped(InvisibleCharacters.removed(from: String(String.UnicodeScalarView(visible))))
    }

    /// `text` as HTML text or as a quoted attribute value.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { html, character in
            switch character {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.append(character)
            }
        }
    }
}
