internal import JSON
internal import MCP

/// `list_jobs`: one page of the jobs the user may see, or those whose name contains something.
struct ListJobs: Tool {
    /// Pages that a search reads: a thousand jobs.
    private static let pagesPerSearch = 10

    let client: DatabricksClient
    let definition: ToolDefinition

    init(client: DatabricksClient) {
        self.client = client
        let next = client.configuration.guardRails.isReadOnly ? "." : ", or run_now."
        definition = ToolDefinition(
            name: "list_jobs",
            title: "List jobs",
            description: """
                Lists the jobs the signed-in user may see, newest first: id, name, schedule, parameters. \
                One page per call. To find a job, pass name_contains. Next: list_runs with a job_id\(next)
                """,
            arguments: [
                .integer("limit", in: 1...100, default: 20, "Jobs at most."),
                .string(
                    "name_contains", maximumLength: 4096, "Part of a name, in any case; searches 1,000 jobs a call."),
                .string("name", maximumLength: 4096, "Whole name, in any case."),
                .boolean("expand_tasks", default: false, "Add the tasks; large."),
                .string("page_token", maximumLength: 8192, "next_page_token of an answer to the same question."),
                .integer("offset", in: 0...Int64(Int32.max), "Deprecated: jobs to skip, up to 1,000. Use page_token."),
                Detail.argument,
            ],
            outputSchema: ResultSchema.object(
                [
                    ("jobs", ResultSchema.list(of: [("job_id", ResultSchema.id), ("created_at", ResultSchema.text)])),
                    ("has_more", ResultSchema.flag), ("next_page_token", ResultSchema.text),
                    ("pages_read", ResultSchema.number), ("items_scanned", ResultSchema.number),
                    ("truncated", ResultSchema.flag),
                ], required: ["jobs", "has_more", "truncated"]),
            annotations: ToolAnnotations(isReadOnly: true, isOpenWorld: false))
    }

    func call(
        _ arguments: ToolArguments, in context: ToolContext<any WorkspaceTokenProviding>
    ) async throws -> ToolResult {
        try arguments.checkPaging(tool: definition.name)
        let budget = ResultBudget(
            arguments.detail, client.configuration.results, more: "a smaller limit shows more of each job")
        let list = { [client] page in
            JobList(
                page, workspace: client.workspace, budget: budget,
                offersRuns: !client.configuration.guardRails.isReadOnly)
        }
        let session = try client.session(context, to: .read)
        return try await ListFit.result(limit: arguments.integer("limit") ?? 20) { limit in
            try await page(arguments, limit, in: session)
        } fit: { page in
            list(page).fit
        } cut: { page, room in
            list(page).cut(to: room)
        }
    }

    private func page(
        _ arguments: ToolArguments, _ limit: Int64, in session: ToolSession
    ) async throws -> ListPage {
        if let part = arguments.string("name_contains"), !part.isEmpty {
            guard arguments.integer("offset") ?? 0 == 0, arguments.string("name") ?? "" == "" else {
                throw ArgumentConflict(
                    tool: definition.name, problem: "name_contains excludes name and offset",
                    fix: "Pass name_contains alone, such as {\"name_contains\": \"orders\"}.")
            }
            return try await search(for: part, arguments, limit, in: session)
        }
        var request = DatabricksRequest(endpoint: .listJobs)
        request.addPage(arguments, limit: limit)
        if let name = arguments.string("name"), !name.isEmpty { request.query.append("name", name) }
        if arguments.boolean("expand_tasks") == true { request.query.append("expand_tasks", true) }
        let root = try await client.send(request, in: session).root
        let jobs = root["jobs"].map { Array($0.elements) } ?? []
        let visible = client.configuration.guardRails.restrictsReads ? jobs.filter(client.isVisible(job:)) : jobs
        return ListPage(items: visible, root: root, hidden: jobs.count - visible.count)
    }

    private func search(
        for part: String, _ arguments: ToolArguments, _ limit: Int64, in session: ToolSession
    ) async throws -> ListPage {
        let part = FoldedText(part)
        let expandsTasks = arguments.boolean("expand_tasks") ?? false
        let scan = ListScan(
            request: { limit, token in
                var request = DatabricksRequest(endpoint: .listJobs)
                request.query.append("limit", limit)
                if let token { request.query.append("page_token", token) }
                if expandsTasks { request.query.append("expand_tasks", true) }
                return request
            },
            list: "jobs", pageSize: 100, pages: Self.pagesPerSearch, wanted: Int(limit),
            isWanted: { [client] job in
                job["settings"]?["name"]?.string.map(part.isPart(of:)) == true && client.isVisible(job: job)
            })
        return try await scan.run(client, from: arguments.pageToken, in: session)
    }
}
