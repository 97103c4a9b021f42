internal import JSON

/// Paging facts, which come from the token alone: a short page can have a successor (D-35, D-52, P-31).
enum PageToken {
    /// Bytes of a token that a text repeats; a longer one is in the structured content only.
    static let textLimit = 1024

    /// The token of the next page; an empty one ends the listing.
    ///
    /// A token is passed on as it is or not at all, and so one that is not visible ASCII is none.
    static func next(in root: JSONElement) -> JSONElement? {
        root["next_page_token"].flatMap { token in
            guard let text = token.string, !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                return nil
            }
            return token
        }
    }

    /// Whether the service says that there is more, and not where.
    static func isLost(in root: JSONElement) -> Bool { root["has_more"]?.bool == true && next(in: root) == nil }
}

extension ByteText {
    /// Appends ` pass page_token "…"`, the token as it is; one that is too long is only named.
    mutating func append(wayTo token: JSONElement) {
        let text = token.string ?? ""
        guard text.utf8.count <= PageToken.textLimit else {
            return append(" pass next_page_token of the structured content as page_token")
        }
        append(" pass page_token \"")
        append(text)
        append("\"")
    }
}

extension JSONWriter {
    /// Writes a page token as it came.
    mutating func token(_ token: JSONElement) {
        key("next_page_token")
        string(token.string ?? "")
    }
}

extension ListPage {
    private static let handled = [
        "has_more", "next_page_token", "pages_read", "items_scanned", "hidden_by_rules", "truncated", "left_out",
    ]

    /// Writes `has_more` and `next_page_token`, how a search went, then what else the service sent beside `list`.
    func write(except list: String, copy: inout UpstreamCopy, into writer: inout JSONWriter) {
        writer.key("has_more")
        writer.bool(next != nil || isTokenLost)
        if let next { writer.token(next) }
        if isTokenLost { copy.note("the service says that there is more but gave no token") }
        if let unread { copy.note("the next page could not be read: \(unread)", way: "page_token reads it") }
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
        if let unread {
            text.append(" (the next page could not be read: ")
            text.append(unread)
            text.append(")")
        }
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
            text.append("; for the next page")
            text.append(wayTo: next)
        } else if isTokenLost {
            text.append(items.isEmpty ? " on this page" : "")
            text.append("; the service says that there is more but gave no token: ask again, or for less")
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
        if let next {
            text.append("; to search on")
            text.append(wayTo: next)
        } else if isTokenLost {
            text.append("; the service says that there is more but gave no token")
        } else {
            text.append("; nothing is left to search")
        }
    }
}
