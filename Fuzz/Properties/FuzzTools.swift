internal import JSON
internal import MCP
internal import Observability

/// Tools with an argument of every kind that end in every way: with a result, an error, a bug, and too large.
struct FuzzTools: Tool {
    /// Known to a tool's failure and to nobody else.
    static let secret = "cause-of-the-bug"
    static let names = ["describe", "refuse", "break", "fill"]

    let definition: ToolDefinition

    private init(_ name: String) {
        definition = ToolDefinition(
            name: name, title: "Title of \(name)", description: "Describes \(name).",
            arguments: [
                .integer("limit", in: 1...100, default: 20, "An integer."),
                .integer("offset", in: 0...Int64.max, "An integer without an upper bound."),
                .identifier("job_id", "An identifier."),
                .string("name", minimumLength: 1, maximumLength: 64, "A string."),
                .boolean("expand", default: false, "A Boolean."),
                .choice("state", ["ACTIVE", "COMPLETED"], default: "ACTIVE", "One of two."),
                .stringMap("parameters", maximumCount: 4, "An object of strings."),
                .stringList("only", maximumCount: 4, "A list of strings."),
            ],
            outputSchema: ["type": "object"], annotations: .init(isReadOnly: true, isOpenWorld: false))
    }

    static func dispatcher(text: TextContent) -> Dispatcher<String> {
        Dispatcher(
            description: ServerDescription(
                name: "fuzz", title: "Fuzz", version: "1.0.0", instructions: "Call the tools with anything."),
            tools: names.map(FuzzTools.init), textContent: text,
            limits: MCPLimits(maximumBodyBytes: 64 << 10, maximumBatch: 4, maximumResponseBytes: 16 << 10))
    }

    func call(_ arguments: ToolArguments, in context: ToolContext<String>) async throws -> ToolResult {
        switch definition.name {
        case "refuse": throw FuzzRefusal()
        case "break": throw FuzzBug(cause: Self.secret)
        default: return result(arguments, context)
        }
    }

    /// Says the arguments back, so that they pass through the writer.
    private func result(_ arguments: ToolArguments, _ context: ToolContext<String>) -> ToolResult {
        let members = arguments.stringMap("parameters") ?? []
        let filler = String(repeating: "x", count: definition.name == "fill" ? 20_000 : 0)
        let structured: JSONValue = [
            "limit": .integer(arguments.integer("limit") ?? -1), "job_id": .integer(arguments.integer("job_id") ?? 0),
            "name": .string(arguments.string("name") ?? ""), "expand": .bool(arguments.boolean("expand") == true),
            "state": .string(arguments.string("state") ?? ""), "filler": .string(filler),
            "parameters": .array(members.map { [.string($0.name), .string($0.value)] }),
            "only": .array((arguments.stringList("only") ?? []).map(JSONValue.string)),
            "client": .string(context.clientName ?? "-"),
        ]
        return ToolResult(text: "for \(context.caller): \(structured)", structured: structured.serialized)
    }
}

/// A failure that the caller can act on, with everything that K-12 knows.
private struct FuzzRefusal: CallerFacingError {
    var callerMessage: String { "The workspace refused the request." }
    var operatorMessage: String { "403" }
    var details: ErrorDetails {
        ErrorDetails(
            category: .permission, httpStatus: 403, errorCode: "PERMISSION_DENIED", retryable: false,
            retryAfterSeconds: 7, nextStep: "Ask the owner.")
    }
}

/// A failure that no caller should see.
private struct FuzzBug: Error {
    let cause: String
}
