internal import JSON
internal import MCP
internal import Observability

/// A tool that does what its closure says.
struct Fixture: Tool {
    let definition: ToolDefinition
    private let body: @Sendable (ToolArguments, ToolContext<Void>) async throws -> ToolResult

    init(
        _ name: String, _ description: String, _ arguments: [Argument] = [], inputSchema: JSONValue? = nil,
        outputSchema: JSONValue? = nil, requires capability: String? = nil,
        _ body: @escaping @Sendable (ToolArguments, ToolContext<Void>) async throws -> ToolResult
    ) {
        var definition = ToolDefinition(
            name: name, title: name, description: description, arguments: arguments, outputSchema: outputSchema,
            annotations: ToolAnnotations(isReadOnly: true, isOpenWorld: false))
        definition.customInputSchema = inputSchema
        definition.requiredCapability = capability
        self.definition = definition
        self.body = body
    }

    func call(_ arguments: ToolArguments, in context: ToolContext<Void>) async throws -> ToolResult {
        try await body(arguments, context)
    }
}

/// A failure that the caller is told of.
struct FixtureFailure: CallerFacingError {
    var callerMessage: String { "This tool intentionally returns an error for testing" }
    var operatorMessage: String { "an intended failure" }
    var details: ErrorDetails { ErrorDetails(category: .invalidArgument) }
}
