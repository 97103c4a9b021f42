internal import JSON
internal import MCP

/// `list_runs`: one page of runs, newest first, or those with a certain outcome.
struct ListRuns: Tool {
    let client: DatabricksClient
    let definition = ToolDefinition(
        name: "list_runs",
        title: "List runs",
        description: """
            Lists runs, newest first, of one job or of all jobs the user may see: id, outcome, cause, times. \
            "Failed in the last day" is outcome failed with since 24h. Runs are kept for 60 days. \
            Next: get_run_output with a run_id for why it failed, get_run for its tasks.
            """,
        arguments: [
            .identifier("job_id", "Only this job; above 2^53 as a string."),
            .string("job_name", maximumLength: 4096, "Instead of job_id: the job's whole name."),
            .choice(
                "outcome", RunOutcome.searchable.map(\.rawValue),
                "Only runs that came to this; searches 500 runs a call."),
            .string("since", maximumLength: 40, "Started at or after: ISO 8601 (UTC), or ago: 24h, 7d."),
            .string("until", maximumLength: 40, "Started at or before."),
            .boolean("active_only", default: false, "Only runs not over."),
            .boolean("completed_only", default: false, "Only runs that are over."),
            .choice(
                "run_type", ["JOB_RUN", "WORKFLOW_RUN", "SUBMIT_RUN"],
                "JOB_RUN: of a job; WORKFLOW_RUN: started by a notebook; SUBMIT_RUN: one-time."),
            .integer("limit", in: 1...25, default: 20, "Runs at most."),
            .string("page_token", maximumLength: 8192, "next_page_token of an answer to the same question."),
            .integer("offset", in: 0...Int64(Int32.max), "Deprecated: runs to skip, up to 1,000. Use page_token."),
            Detail.argument,
        ],
        outputSchema: ResultSchema.object(
            [
                ("runs", ResultSchema.list(of: ResultSchema.run)), ("has_more", ResultSchema.flag),
                ("next_page_token", ResultSchema.text), ("pages_read", ResultSchema.number),
                ("items_scanned", ResultSchema.number), ("truncated", ResultSchema.flag),
            ], required: ["runs", "has_more", "truncated"]),
        annotations: ToolAnnotations(isReadOnly: true, isOpenWorld: false))

    func call(
        _ arguments: ToolArguments, in context: ToolContext<any WorkspaceTokenProviding>
    ) async throws -> ToolResult {
        let question = try RunsQuestion(arguments, now: client.surroundings.epochMilliseconds())
        let session = try client.session(context, to: .read)
        let job = try await client.job(arguments, in: session)
        if let job { try await client.requireVisible(job: job.id, in: session) }
        let budget = ResultBudget(
            arguments.detail, client.configuration.results, more: "a smaller limit shows more of each run")
        let list = { [client] page in
            RunList(
                page, workspace: client.workspace, now: client.surroundings.epochMilliseconds(), budget: budget)
        }
        return try await ListFit.result(limit: question.limit) { limit in
            try await question.page(client, job: job, limit: limit, in: session)
        } fit: { page in
            list(page).fit
        } cut: { page, room in
            list(page).cut(to: room)
        }
    }
}
