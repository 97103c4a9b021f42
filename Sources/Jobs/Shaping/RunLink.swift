/// Rewrites links into the workspace, byte by byte (D-68).
enum RunLink {
    /// What a caller may see of a link that the service sent.
    ///
    /// - Parameters:
    ///   - link: The link as received.
    ///   - origin: The configured workspace.
    /// - Returns: A run's page on the configured host in the form that does not send non-administrators to the home page,
    ///   whichever of its names the workspace has in the link; any other link on that host unchanged, and `nil` for the
    ///   rest.
    static func shown(_ link: ArraySlice<UInt8>, origin: String) -> [UInt8]? {
        let origin = Array(origin.utf8)
        if link.starts(with: origin) {
            let rest = link.dropFirst(origin.count)
            guard let next = rest.first else { return Array(link) }
            if next == UInt8(ascii: "/") || next == UInt8(ascii: "?") || next == UInt8(ascii: "#") {
                return page(rest, origin) ?? Array(link)
            }
        }
        // A workspace has several names, and the answer came from the configured one.
        var rest = link
        guard rest.take("https://") || rest.take("http://") else { return nil }
        return page(rest.drop { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }, origin)
    }

    /// The page of the run that `/?o=<workspace>#job/<job>/run/<run>` or `/jobs/<job>/runs/<run>?o=<workspace>` names.
    private static func page(_ path: ArraySlice<UInt8>, _ origin: [UInt8]) -> [UInt8]? {
        guard let (job, run, workspace) = legacyIDs(path) ?? ids(path) else { return nil }
        var page = ByteText(reserving: origin.count + path.count + 8)
        page.append(contentsOf: origin[...])
        page.append("/jobs/")
        page.append(contentsOf: job)
        page.append("/runs/")
        page.append(contentsOf: run)
        guard let workspace else { return page.bytes }
        page.append("?o=")
        page.append(contentsOf: workspace)
        return page.bytes
    }

    private typealias IDs = (job: ArraySlice<UInt8>, run: ArraySlice<UInt8>, workspace: ArraySlice<UInt8>?)

    private static func legacyIDs(_ path: ArraySlice<UInt8>) -> IDs? {
        var rest = path
        guard rest.take("/?o="), let workspace = rest.takeDigits(), rest.take("#job/"), let job = rest.takeDigits(),
            rest.take("/run/"), let run = rest.takeDigits(), rest.isEmpty
        else { return nil }
        return (job, run, workspace)
    }

    private static func ids(_ path: ArraySlice<UInt8>) -> IDs? {
        var rest = path
        guard rest.take("/jobs/"), let job = rest.takeDigits(), rest.take("/runs/"), let run = rest.takeDigits() else {
            return nil
        }
        if rest.isEmpty { return (job, run, nil) }
        guard rest.take("?o="), let workspace = rest.takeDigits(), rest.isEmpty else { return nil }
        return (job, run, workspace)
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
