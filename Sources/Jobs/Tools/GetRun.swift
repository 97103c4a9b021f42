internal import JSON
internal import MCP

/// `get_run`: one run with all its tasks.
struct GetRun: Tool {
    let client: DatabricksClient
    let definition = ToolDefinition(
        name: "get_run",
        title: "Get run",
        description: """
            Shows one run: whether it is over, its outcome and cause, and all its tasks with their own run ids. \
            Takes a job run id or a task run id; for a for-each task it shows the iterations. \
            A run is over only when finished is true. Next: get_run_output for errors and output; \
            call again later while not finished.
            """,
        arguments: [
            .identifier("run_id", required: true, "The run."),
            .boolean("include_history", default: false, "Add the repair history."),
            .string("page_token", maximumLength: 2048, "next_page_token of an earlier answer about the same run."),
        ],
        outputSchema: ResultSchema.object(
            ResultSchema.run + [
                ("tasks", ResultSchema.list(of: [("task_key", ResultSchema.text)] + ResultSchema.run)),
                ("failed_tasks", ResultSchema.list(of: [])), ("has_more", ResultSchema.flag),
                ("next_page_token", ResultSchema.text), ("truncated", ResultSchema.flag),
            ], required: ["finished", "outcome", "failed_tasks", "has_more", "truncated"]),
        annotations: ToolAnnotations(isReadOnly: true, isOpenWorld: false))

    func call(
        _ arguments: ToolArguments, in context: ToolContext<any WorkspaceTokenProviding>
    ) async throws -> ToolResult {
        let session = try client.session(context, to: .read)
        let pages = try await client.run(
            arguments.run, includeHistory: arguments.boolean("include_history") ?? false,
            from: arguments.pageToken, in: session)
        let detail = RunDetail(pages, workspace: client.workspace, now: client.surroundings.epochMilliseconds())
        return ToolResult(text: detail.digest, structured: detail.structured)
    }
}
