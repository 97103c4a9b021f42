internal import MCP

extension ToolArguments {
    /// The token of a page; an empty one is none, as clients send for "not set".
    var pageToken: String? { string("page_token").flatMap { $0.isEmpty ? nil : $0 } }

    /// The required argument `run_id`.
    var run: RunReference { RunReference(id: integer("run_id") ?? 0, isRounded: mayBeRounded("run_id")) }
}

extension DatabricksRequest {
    /// Adds the paging arguments of the two lists (D-30 to D-32, D-44 to D-46).
    mutating func addPage(_ arguments: ToolArguments, tool: String) throws {
        let offset = arguments.integer("offset").flatMap { $0 > 0 ? $0 : nil }
        let pageToken = arguments.pageToken
        guard offset == nil || pageToken == nil else {
            throw ArgumentConflict(
                tool: tool, problem: "offset and page_token exclude each other",
                fix: "Pass only page_token to continue a listing.")
        }
        query.append("limit", arguments.integer("limit") ?? 20)
        if let offset { query.append("offset", offset) }
        if let pageToken { query.append("page_token", pageToken) }
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
