internal import JSON

/// Paging facts, which come from the token alone: a short page can have a successor (D-35, D-52, P-31).
enum PageToken {
    /// The token of the next page; an empty one ends the listing.
    static func next(in root: JSONElement) -> JSONElement? {
        root["next_page_token"].flatMap { $0.string?.isEmpty == false ? $0 : nil }
    }
}

extension ListPage {
    private static let handled = [
        "has_more", "next_page_token", "pages_read", "items_scanned", "hidden_by_rules", "truncated", "left_out",
    ]

    /// Writes `has_more` and `next_page_token`, how a search went, then what else the service sent beside `list`.
    func write(except list: String, copy: inout UpstreamCopy, into writer: inout JSONWriter) {
        writer.key("has_more")
        writer.bool(next != nil)
        if let next {
            writer.key("next_page_token")
            writer.copy(next)
        }
        if hidden > 0 {
            writer.key("hidden_by_rules")
            writer.integer(Int64(hidden))
        }
        guard let scan else { return copy.members(of: root, except: [list] + Self.handled, into: &writer) }
        writer.key("pages_read")
        writer.integer(Int64(scan.pages))
        writer.key("items_scanned")
        writer.integer(Int64(scan.items))
    }

    /// Starts a digest: how many, what was looked through, and how to get more.
    func heading(_ one: StaticString, _ many: StaticString, into text: inout ByteText) {
        if items.isEmpty { text.append("No ") } else { text.append(Int64(items.count)) }
        if !items.isEmpty { text.append(byte: UInt8(ascii: " ")) }
        if items.count == 1 { text.append(one) } else { text.append(many) }
        if scan == nil { place(into: &text) } else { search(many, into: &text) }
        if hidden > 0 {
            text.append(" (")
            text.append(Int64(hidden))
            text.append(" more are not available through this server)")
        }
        text.append(items.isEmpty ? ".\n" : ":\n")
    }

    private func place(into text: inout ByteText) {
        if let next {
            text.append(items.isEmpty ? " on this page" : " on this page, more available")
            text.append("; for the next page pass page_token ")
            text.append(quoted: next, limit: 1024)
        } else {
            text.append(items.isEmpty ? " found" : "; this is the last page")
        }
    }

    private func search(_ many: StaticString, into text: inout ByteText) {
        text.append(items.isEmpty ? " found among " : " of ")
        text.append(Int64(scan?.items ?? 0))
        text.append(" ")
        text.append(many)
        text.append(" on ")
        text.append(Int64(scan?.pages ?? 0))
        text.append(scan?.pages == 1 ? " page" : " pages")
        guard let next else { return text.append("; nothing is left to search") }
        text.append("; to search on pass page_token ")
        text.append(quoted: next, limit: 1024)
    }
}
