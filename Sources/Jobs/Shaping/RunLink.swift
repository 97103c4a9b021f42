/// Rewrites links into the workspace, byte by byte (D-68).
enum RunLink {
    /// What a caller may see of a link that the service sent.
    ///
    /// - Parameters:
    ///   - link: The link as received.
    ///   - origin: The configured workspace.
    /// - Returns: `nil` for a link to another host; the form that does not send non-administrators to the home page for
    ///   `<origin>/?o=<workspace>#job/<job>/run/<run>`; any other link unchanged.
    static func shown(_ link: ArraySlice<UInt8>, origin: String) -> [UInt8]? {
        let origin = Array(origin.utf8)
        guard link.starts(with: origin) else { return nil }
        var rest = link.dropFirst(origin.count)
        guard let next = rest.first else { return Array(link) }
        guard next == UInt8(ascii: "/") || next == UInt8(ascii: "?") || next == UInt8(ascii: "#") else { return nil }
        guard rest.take("/?o="), let workspace = rest.takeDigits(), rest.take("#job/"), let job = rest.takeDigits(),
            rest.take("/run/"), let run = rest.takeDigits(), rest.isEmpty
        else { return Array(link) }
        var page = ByteText(reserving: link.count + 8)
        page.append(contentsOf: origin[...])
        page.append("/jobs/")
        page.append(contentsOf: job)
        page.append("/runs/")
        page.append(contentsOf: run)
        page.append("?o=")
        page.append(contentsOf: workspace)
        return page.bytes
    }
}

extension ArraySlice<UInt8> {
    fileprivate mutating func take(_ literal: String) -> Bool {
        guard starts(with: literal.utf8) else { return false }
        self = dropFirst(literal.utf8.count)
        return true
    }

    fileprivate mutating func takeDigits() -> ArraySlice<UInt8>? {
        let digits = prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty else { return nil }
        self = dropFirst(digits.count)
        return digits
    }
}
