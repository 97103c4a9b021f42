internal import JSON

/// One page of a list, or what fits on several of them.
struct ListPage {
    /// The jobs or runs.
    let items: [JSONElement]
    /// The answer that came last.
    let root: JSONElement
    /// How the search went; `nil` for a plain page.
    var scan: Scan?
    /// How many items the operator's rules keep back.
    var hidden = 0
    /// Why the page after this one could not be read, when a search ended there.
    var unread: String?

    /// What was looked through, so that nobody takes "not found" for "not there" (D-54).
    struct Scan {
        var pages = 0
        var items = 0
    }

    /// Where the list goes on.
    var next: JSONElement? { PageToken.next(in: root) }
    /// Whether the service says that there is more, and gives no page token.
    var isTokenLost: Bool { PageToken.isLost(in: root) }
}

/// A search that the service does not offer: its pages are read and the items judged here (D-54).
struct ListScan {
    /// Asks for one page.
    let request: @Sendable (_ limit: Int64, _ pageToken: String?) -> DatabricksRequest
    /// The member that holds the items.
    let list: String
    /// Items per page, as many as the service gives.
    let pageSize: Int64
    /// Pages to read at most.
    let pages: Int
    /// Items to find at most.
    let wanted: Int
    let isWanted: @Sendable (JSONElement) -> Bool

    /// The places of the items to keep, and how many of the page's items were looked at for them.
    private func pick(from items: [JSONElement], room: Int) -> (kept: [JSONElement], seen: Int) {
        var kept: [JSONElement] = []
        for (index, item) in items.enumerated() where isWanted(item) {
            if kept.count == room { return (kept, index) }
            kept.append(item)
        }
        return (kept, items.count)
    }

    /// Reads pages until enough is found, the list ends, or the budget of pages or time is spent.
    ///
    /// A page with more matches than there is room for is asked for once more, shorter, so that its token goes on
    /// exactly behind the last match that is returned. A page that cannot be read ends the search; what was found before
    /// it is worth having, and the token leads to that page.
    func run(_ client: DatabricksClient, from start: String?, in session: ToolSession) async throws -> ListPage {
        var found: [JSONElement] = []
        var scan = ListPage.Scan()
        var token = start
        var last: JSONElement?
        while true {
            let root: JSONElement
            let (kept, seen): ([JSONElement], Int)
            do {
                (root, kept, seen) = try await page(client, from: token, room: wanted - found.count, in: session)
            } catch let error as DatabricksError {
                guard let last else { throw error }
                return ListPage(items: found, root: last, scan: scan, unread: error.problem)
            }
            found += kept
            last = root
            scan.pages += 1
            scan.items += seen
            let next = PageToken.next(in: root)?.string
            let hasTime = client.surroundings.now() + .seconds(5) < session.deadline
            guard let next, found.count < wanted, scan.pages < pages, hasTime else {
                return ListPage(items: found, root: root, scan: scan)
            }
            token = next
        }
    }

    private func page(
        _ client: DatabricksClient, from token: String?, room: Int, in session: ToolSession
    ) async throws -> (root: JSONElement, kept: [JSONElement], seen: Int) {
        let root = try await client.send(request(pageSize, token), in: session).root
        let (kept, seen) = pick(from: items(of: root), room: room)
        guard seen < items(of: root).count else { return (root, kept, seen) }
        let shorter = try await client.send(request(Int64(seen), token), in: session).root
        let picked = pick(from: items(of: shorter), room: room)
        return (shorter, picked.kept, picked.seen)
    }

    private func items(of root: JSONElement) -> [JSONElement] { root[list].map { Array($0.elements) } ?? [] }
}
