internal import MCP

/// How a page of a list fits into a result.
enum ListFit {
    /// Every item is there.
    case result(ToolResult)
    /// Not even the shortest form of all items fits; about so many would.
    case tooLong(roomFor: Int)

    /// Shorter pages that are asked for in place of one that does not fit.
    private static let maximumPages = 3

    /// Asks for ever shorter pages until one fits, so that its token goes on behind the last item that is shown.
    ///
    /// - Parameters:
    ///   - limit: What the caller asked for.
    ///   - ask: Asks for a page of at most so many items.
    ///   - fit: Writes it.
    ///   - cut: Writes so many of its items and says so: the last resort, when the service gives no shorter page.
    /// - Returns: The page that fits.
    /// - Throws: What the first page throws.
    static func result<Page>(
        limit: Int64, _ ask: (Int64) async throws -> Page, fit: (Page) -> ListFit, cut: (Page, Int) -> ToolResult
    ) async throws -> ToolResult {
        var page = try await ask(limit)
        for _ in 0..<maximumPages {
            switch fit(page) {
            case .result(let result): return result
            case .tooLong(let room):
                do {
                    page = try await ask(Int64(room))
                } catch is DatabricksError {
                    return cut(page, room)
                }
            }
        }
        switch fit(page) {
        case .result(let result): return result
        case .tooLong(let room): return cut(page, room)
        }
    }
}
