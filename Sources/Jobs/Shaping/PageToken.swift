internal import JSON

/// Paging facts, which come from the token alone: a short page can have a successor (D-35, D-52, P-31).
enum PageToken {
    /// The token of the next page; an empty one ends the listing.
    static func next(in root: JSONElement) -> JSONElement? {
        root["next_page_token"].flatMap { $0.string?.isEmpty == false ? $0 : nil }
    }

    /// Writes `has_more` and `next_page_token`, then what else the service sent beside the list called `list`.
    static func write(
        _ next: JSONElement?, rest root: JSONElement, except list: String, copy: inout UpstreamCopy,
        into writer: inout JSONWriter
    ) {
        writer.key("has_more")
        writer.bool(next != nil)
        if let next {
            writer.key("next_page_token")
            writer.copy(next)
        }
        copy.members(
            of: root, except: [list, "has_more", "next_page_token", "truncated", "left_out"], into: &writer)
    }

    /// Starts a digest: how many, and how to get more.
    static func heading(
        count: Int, _ one: StaticString, _ many: StaticString, _ next: JSONElement?, into text: inout ByteText
    ) {
        if count == 0 { text.append("No ") } else { text.append(Int64(count)) }
        if count > 0 { text.append(byte: UInt8(ascii: " ")) }
        if count == 1 { text.append(one) } else { text.append(many) }
        if let next {
            text.append(count == 0 ? " on this page" : " on this page, more available")
            text.append("; for the next page pass page_token ")
            text.append(quoted: next, limit: 1024)
        } else {
            text.append(count == 0 ? " found" : "; this is the last page")
        }
        text.append(count == 0 ? ".\n" : ":\n")
    }
}
