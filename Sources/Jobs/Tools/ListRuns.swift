internal import JSON
internal import MCP

/// `list_runs`: one page of runs, newest first.
struct ListRuns: Tool {
    let client: DatabricksClient
    let definition = ToolDefinition(
        name: "list_runs",
        title: "List runs",
        description: """
            Lists runs, newest first, of one job or of all jobs the user may see: id, outcome, cause, times. \
            One page per call; runs are kept for 60 days. \
            Next: get_run with a run_id for its tasks, get_run_output for why it failed.
            """,
        arguments: [
            .identifier("job_id", "Only runs of this job."),
            .boolean("active_only", default: false, "Only runs that are queued or under way."),
            .boolean("completed_only", default: false, "Only runs that are over. Not with active_only."),
            .integer("limit", in: 1...25, default: 20, "Runs per page."),
            .integer("offset", in: 0...10_000, "Deprecated: runs to skip. Use page_token."),
            .string("page_token", maximumLength: 2048, "next_page_token of an earlier answer, with the same filters."),
        ],
        outputSchema: ResultSchema.object(
            [
                ("runs", ResultSchema.list(of: ResultSchema.run)), ("has_more", ResultSchema.flag),
                ("next_page_token", ResultSchema.text), ("truncated", ResultSchema.flag),
            ], required: ["runs", "has_more", "truncated"]),
        annotations: ToolAnnotations(isReadOnly: true, isOpenWorld: false))

    func call(
        _ arguments: ToolArguments, in context: ToolContext<any WorkspaceTokenProviding>
    ) async throws -> ToolResult {
        let request = try request(arguments)
        let session = try client.session(context, to: .read)
        let page = RunList(
            try await client.send(request, in: session), workspace: client.workspace,
            now: client.surroundings.epochMilliseconds())
        return ToolResult(text: page.digest, structured: page.structured)
    }

    private func request(_ arguments: ToolArguments) throws -> DatabricksRequest {
        var request = DatabricksRequest(endpoint: .listRuns)
        let activeOnly = arguments.boolean("active_only") ?? false
        let completedOnly = arguments.boolean("completed_only") ?? false
        guard !activeOnly || !completedOnly else {
            throw ArgumentConflict(
                tool: definition.name, problem: "active_only and completed_only exclude each other",
                fix: "Set one of them, or neither for all runs.")
        }
        try request.addPage(arguments, tool: definition.name)
        if let job = arguments.integer("job_id") {
            request.subject = .job(job)
            request.isSubjectRounded = arguments.mayBeRounded("job_id")
            request.query.append("job_id", job)
        }
        if activeOnly { request.query.append("active_only", true) }
        if completedOnly { request.query.append("completed_only", true) }
        return request
    }
}
