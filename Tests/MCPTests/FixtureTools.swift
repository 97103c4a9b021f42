internal import JSON
internal import Logging
internal import MCP
internal import Observability

/// A tool that does what its closure says.
struct FixtureTool: Tool {
    var definition: ToolDefinition
    let body: @Sendable (ToolArguments, ToolContext<String>) async throws -> ToolResult

    init(
        _ name: String, _ arguments: [Argument] = [],
        annotations: ToolAnnotations = .init(isReadOnly: true, isOpenWorld: false),
        _ body: @escaping @Sendable (ToolArguments, ToolContext<String>) async throws -> ToolResult
    ) {
        definition = ToolDefinition(
            name: name, title: "Title of \(name)", description: "Describes \(name).", arguments: arguments,
            outputSchema: ["type": "object"], annotations: annotations)
        self.body = body
    }

    func call(_ arguments: ToolArguments, in context: ToolContext<String>) async throws -> ToolResult {
        try await body(arguments, context)
    }
}

/// A failure with everything that K-12 knows.
struct FixtureError: CallerFacingError {
    var callerMessage: String { "Databricks refused the request (HTTP 403, PERMISSION_DENIED)." }
    var operatorMessage: String { "403 from runs/get" }
    var details: ErrorDetails {
        ErrorDetails(
            category: .permission, httpStatus: 403, errorCode: "PERMISSION_DENIED", retryable: false,
            retryAfterSeconds: 7, nextStep: "Ask the owner for CAN VIEW.")
    }
}

/// A failure that no caller should see.
struct FixtureBug: Error {
    let secret = "internal detail"
}

enum Fixture {
    static let listJobs = FixtureTool(
        "list_jobs",
        [
            .integer("limit", in: 1...100, default: 20, "Jobs to return."),
            .integer("offset", in: 0...Int64.max, "Jobs to skip."),
            .string("name", maximumLength: 4_096, "Exact job name to look for."),
        ]
    ) { arguments, _ in
        let limit = arguments.integer("limit") ?? -1
        return ToolResult(
            text: "\(limit) jobs",
            structured: Array(#"{"has_more":false,"jobs":[{"job_id":620948214978432}]}"#.utf8))
    }

    static let runNow = FixtureTool(
        "run_now", [.identifier("job_id", required: true, "The job to start.")],
        annotations: .init(isReadOnly: false, isDestructive: true, isIdempotent: false, isOpenWorld: true)
    ) { _, context in
        ToolResult(text: "started for \(context.caller)", structured: Array(#"{"run_id":455644833}"#.utf8))
    }

    static let getRun = FixtureTool("get_run") { _, _ in throw FixtureError() }
    static let broken = FixtureTool("broken") { _, _ in throw FixtureBug() }
    static let large = FixtureTool("large", [.integer("bytes", in: 0...2_000_000, required: true, "Size.")]) {
        arguments, _ in
        let filler = String(repeating: "x", count: Int(arguments.integer("bytes") ?? 0))
        return ToolResult(text: "large", structured: Array("{\"filler\":\"\(filler)\"}".utf8))
    }
    /// Reports the context it runs in.
    static let context = FixtureTool("context") { _, context in
        let current = RequestContext.current
        let text = [current?.tool, current?.method, TraceContext.current?.traceID, context.clientName]
            .map { $0 ?? "-" }.joined(separator: " ")
        return ToolResult(text: text, structured: Array("{}".utf8))
    }

    static let description = ServerDescription(
        name: "azure-databricks-jobs-mcp", title: "Azure Databricks Jobs", version: "1.0.0",
        instructions: "Inspect Azure Databricks jobs and runs and trigger jobs.")

    static func dispatcher(
        _ extra: [FixtureTool] = [], text: TextContent = .digest, limits: MCPLimits = MCPLimits()
    ) -> Dispatcher<String> {
        Dispatcher(
            description: description, tools: [listJobs, runNow, getRun, broken, large, context] + extra,
            textContent: text, limits: limits)
    }
}
