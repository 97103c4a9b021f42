internal import JSON
internal import MCP

/// `list_jobs`: one page of the jobs the user may see.
struct ListJobs: Tool {
    let client: DatabricksClient
    let definition = ToolDefinition(
        name: "list_jobs",
        title: "List jobs",
        description: """
            Lists the jobs the signed-in user may see, newest first: id, name, schedule, parameters. \
            One page per call. Next: list_runs with a job_id, or run_now.
            """,
        arguments: [
            .integer("limit", in: 1...100, default: 20, "Jobs per page."),
            .integer("offset", in: 0...Int64(Int32.max), "Deprecated: jobs to skip. Use page_token."),
            .string("page_token", maximumLength: 2048, "next_page_token of an earlier answer, with the same name."),
            .string("name", maximumLength: 4096, "Exact job name, in any case; no substrings."),
        ],
        outputSchema: ResultSchema.object(
            [
                ("jobs", ResultSchema.list(of: [("job_id", ResultSchema.id), ("created_at", ResultSchema.text)])),
                ("has_more", ResultSchema.flag), ("next_page_token", ResultSchema.text),
                ("truncated", ResultSchema.flag),
            ], required: ["jobs", "has_more", "truncated"]),
        annotations: ToolAnnotations(isReadOnly: true, isOpenWorld: false))

    func call(
        _ arguments: ToolArguments, in context: ToolContext<any WorkspaceTokenProviding>
    ) async throws -> ToolResult {
        var request = DatabricksRequest(endpoint: .listJobs)
        try request.addPage(arguments, tool: definition.name)
        if let name = arguments.string("name"), !name.isEmpty { request.query.append("name", name) }
        let session = try client.session(context, to: .read)
        let page = JobList(try await client.send(request, in: session), workspace: client.workspace)
        return ToolResult(text: page.digest, structured: page.structured)
    }
}
