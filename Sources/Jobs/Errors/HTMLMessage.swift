/// The sentence inside an HTML error page: the text in `<pre>`, else in `<title>` (D-93, D-102, D-103).
struct HTMLMessage {
    /// The text without markup; empty when the page has neither element.
    let text: String

    /// Reads `page`, or returns `nil` when it is not HTML.
    init?(_ page: String) {
        let start = page.drop { $0.isWhitespace }.prefix(64).lowercased()
        let looksLikeHTML = start.hasPrefix("<!doctype html") || start.hasPrefix("<html") || start.hasPrefix("<head")
        guard looksLikeHTML || Self.element("html", in: page) != nil || Self.element("title", in: page) != nil else {
            return nil
        }
        text = Self.plain(Self.element("pre", in: page) ?? Self.element("title", in: page) ?? "")
    }

    /// What stands between the first `<name …>` and the `</name>` after it, in any case of letters.
    private static func element(_ name: String, in page: String) -> Substring? {
        let bytes = page.utf8
        guard let open = find("<\(name)", in: bytes[...]),
            let openEnd = bytes[open.upperBound...].firstIndex(of: UInt8(ascii: ">")),
            let close = find("</\(name)", in: bytes[openEnd...])
        else { return nil }
        return page[bytes.index(after: openEnd)..<close.lowerBound]
    }

    private static func find(_ needle: String, in text: Substring.UTF8View) -> Range<Substring.UTF8View.Index>? {
        let needle = Array(needle.utf8)
        var start = text.startIndex
        while let candidate = text[start...].firstIndex(of: UInt8(ascii: "<")) {
            let end = text.index(candidate, offsetBy: needle.count, limitedBy: text.endIndex) ?? text.endIndex
            if text[candidate..<end].elementsEqual(needle, by: { lowercased($0) == $1 }) { return candidate..<end }
            start = text.index(after: candidate)
        }
        return nil
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static let entities: [(String, String)] = [
        ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&"),
    ]

    /// Removes tags first and decodes entities after, then removes what the entities may have turned into tags.
    private static func plain(_ markup: Substring) -> String {
        var text = withoutTags(String(markup))
        for (entity, character) in entities { text = text.replacing(entity, with: character) }
        return withoutTags(text)
    }

    /// `text` without anything in angle brackets that could be a tag.
    static func withoutTags(_ text: String) -> String {
        var kept = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "<") {
            let next = rest[rest.index(after: open)...].first
            guard let next, next.isLetter || next == "/" || next == "!",
                let close = rest[open...].firstIndex(of: ">")
            else {
                kept += rest[...open]
                rest = rest[rest.index(after: open)...]
                continue
            }
            kept += rest[..<open]
            kept += " "
            rest = rest[rest.index(after: close)...]
        }
        return kept + rest
    }
}
