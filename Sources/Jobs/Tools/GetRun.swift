internal import JSON
internal import MCP

/// `get_run`: one run with all its tasks, now or when it is over.
struct GetRun: Tool {
    let client: DatabricksClient
    let definition = ToolDefinition(
        name: "get_run",
        title: "Get run",
        description: """
            Shows one run: whether it is over, its outcome and cause, and all its tasks with their own run ids. \
            Takes a job run id or a task run id; for a for-each task it shows the iterations. \
            A run is over only when finished is true; to follow a run, pass wait_seconds instead of asking again \
            and again. Next: get_run_output with the same run_id for errors and output.
            """,
        arguments: [
            .identifier("run_id", required: true, "The run; above 2^53 as a string."),
            .integer(
                "wait_seconds", in: 0...RunWait.maximumSeconds, default: 0,
                "Wait so long for the end; if it does not come, the answer shows the run as it is."),
            .boolean("include_history", default: false, "Add repairs."),
            .boolean("include_resolved_values", default: false, "Add the tasks' parameters after substitution."),
            .string("page_token", maximumLength: 8192, "next_page_token of an earlier answer about the run."),
            Detail.argument,
        ],
        outputSchema: ResultSchema.object(
            ResultSchema.run + [
                ("waited_seconds", ResultSchema.number), ("task_counts", ResultSchema.object([])),
                ("tasks", ResultSchema.list(of: [("task_key", ResultSchema.text)] + ResultSchema.run)),
                ("failed_tasks", ResultSchema.list(of: [])), ("has_more", ResultSchema.flag),
                ("next_page_token", ResultSchema.text), ("truncated", ResultSchema.flag),
            ], required: ["finished", "outcome", "failed_tasks", "has_more", "truncated"]),
        annotations: ToolAnnotations(isReadOnly: true, isOpenWorld: false))

    func call(
        _ arguments: ToolArguments, in context: ToolContext<any WorkspaceTokenProviding>
    ) async throws -> ToolResult {
        let question = RunQuestion(
            run: arguments.run, includesHistory: arguments.boolean("include_history") ?? false,
            includesResolvedValues: arguments.boolean("include_resolved_values") ?? false,
            pageToken: arguments.pageToken)
        var pages: RunPages
        var wait: RunWait.Outcome?
        if let seconds = arguments.integer("wait_seconds"), seconds > 0 {
            (pages, wait) = try await client.run(question, waiting: seconds, in: context)
        } else {
            pages = try await client.run(question, in: client.session(context, to: .read))
        }
        let budget = ResultBudget(
            arguments.detail, client.configuration.results, more: "get_run with a task's run_id shows that task")
        return RunDetail(
            pages, wait: wait, workspace: client.workspace, now: client.surroundings.epochMilliseconds(),
            budget: budget
        ).result
    }
}
