internal import MCP

extension ToolArguments {
    /// The token of a page; an empty one is none, as clients send for "not set".
    var pageToken: String? { string("page_token").flatMap { $0.isEmpty ? nil : $0 } }

    /// The required argument `run_id`.
    var run: RunReference { RunReference(id: integer("run_id") ?? 0, isRounded: mayBeRounded("run_id")) }
}

extension ToolArguments {
    /// The service reads all that an offset skips, and refuses large ones.
    private static let maximumOffset = 1000

    /// Refuses two ways of paging at once, and the one that does not lead far.
    func checkPaging(tool: String) throws {
        guard integer("offset") ?? 0 <= Self.maximumOffset else {
            throw ArgumentConflict(
                tool: tool, problem: "offset is above 1,000",
                fix: "Use page_token: next_page_token of each answer leads to the next page.")
        }
        guard integer("offset") ?? 0 == 0 || pageToken == nil else {
            throw ArgumentConflict(
                tool: tool, problem: "offset and page_token exclude each other",
                fix: "Pass only page_token to continue a listing.")
        }
    }
}

extension DatabricksRequest {
    /// Adds the paging arguments of a list (D-30 to D-32).
    mutating func addPage(_ arguments: ToolArguments, limit: Int64) {
        query.append("limit", limit)
        if let offset = arguments.integer("offset"), offset > 0 { query.append("offset", offset) }
        if let pageToken = arguments.pageToken { query.append("page_token", pageToken) }
    }
}

extension DatabricksClient {
    /// Opens the dealings of one tool call.
    ///
    /// - Throws: When the caller may not have them (E-85).
    nonisolated func session(
        _ context: ToolContext<any WorkspaceTokenProviding>, to access: JobsAccess
    ) throws -> ToolSession {
        try context.caller.require(access)
        return session(for: context.caller, deadline: context.deadline, clientName: context.clientName)
    }
}
