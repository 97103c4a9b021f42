internal import HTTPTransport
internal import JSON
internal import Jobs
internal import Logging
internal import MCP
internal import NIOConcurrencyHelpers
internal import Observability
internal import TestSupport
internal import Testing

/// The five tools around a transport, with a clock that stands still until somebody sleeps.
struct ToolBench {
    /// 2026-02-02T04:00:41Z, hours after the runs of the fixtures, and 41 s after one was queued.
    static let now: Int64 = 1_770_004_841_000

    let transport: any HTTPSending
    let tokens: NumberedTokens
    let client: DatabricksClient
    /// Where the client logs: nowhere, unless a test listens.
    var logger = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
    /// How long the client has slept in all.
    let slept: NIOLockedValueBox<Duration>

    init(
        _ transport: any HTTPSending, host: String = "https://adb-1234567890123456.7.azuredatabricks.net",
        version: Workspace.APIVersion = .v22, tokens: NumberedTokens = NumberedTokens(),
        configure: (inout DatabricksClient.Configuration) -> Void = { _ in }
    ) throws {
        self.transport = transport
        self.tokens = tokens
        var configuration = DatabricksClient.Configuration(userAgent: UserAgent(version: "1.0.0"))
        configure(&configuration)
        let slept = NIOLockedValueBox(Duration.zero)
        let start = ContinuousClock.now
        self.slept = slept
        client = DatabricksClient(
            workspace: try Workspace(host: host, apiVersion: version), transport: transport,
            configuration: configuration,
            surroundings: Surroundings(
                now: { start + slept.withLockedValue { $0 } }, epochMilliseconds: { Self.now },
                sleep: { deadline in
                    try Task.checkCancellation()
                    slept.withLockedValue { $0 = max($0, start.duration(to: deadline)) }
                },
                random: { 0.5 }))
    }

    func tool(_ name: String) throws -> any Tool<any WorkspaceTokenProviding> {
        guard let tool = JobsTools.all(client: client).first(where: { $0.definition.name == name }) else {
            throw NoSuchTool()
        }
        return tool
    }

    /// Calls a tool as the dispatcher would: arguments checked against the definition first.
    func call(
        _ name: String, _ arguments: JSONValue = [:], timeout: Duration = .seconds(60), clientName: String? = nil,
        progress: ProgressReporter = .none
    ) async throws -> ToolResult {
        let tool = try tool(name)
        let document = try JSONDocument(parsing: arguments.serialized, limits: .request)
        let context = ToolContext<any WorkspaceTokenProviding>(
            caller: tokens, deadline: client.surroundings.now() + timeout, clientName: clientName,
            progress: progress)
        let checked = try ToolArguments(document.root, for: tool.definition)
        let result = try await withLogger(logger) { _ in try await tool.call(checked, in: context) }
        try expectConforms(result, to: tool.definition)
        return result
    }

    /// Calls a tool that must fail, and returns how.
    func failure(of name: String, _ arguments: JSONValue = [:]) async throws -> DatabricksError {
        do {
            _ = try await call(name, arguments)
            throw NoFailure()
        } catch let error as DatabricksError {
            return error
        }
    }

    private struct NoSuchTool: Error {}
    private struct NoFailure: Error {}
}

/// Checks a result against the output schema of its tool, and its size against the limits (K-11, P-73, P-81).
func expectConforms(
    _ result: ToolResult, to definition: ToolDefinition, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let schema = try #require(definition.outputSchema, "\(definition.name) has no output schema (TL-07)")
    let violations = JSONSchemaCheck.violations(of: try result.json, against: schema)
    #expect(violations == [], "\(definition.name)", sourceLocation: sourceLocation)
    #expect(result.text.utf8.count <= 4096, sourceLocation: sourceLocation)
    #expect(result.text.utf8.count + result.structured.count <= 64 << 10, sourceLocation: sourceLocation)
}

extension ToolResult {
    /// The structured part, parsed.
    var json: JSONValue {
        get throws { try JSONValue.parse(structured) }
    }
}

extension JSONValue {
    var string: String? { if case .string(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
    var elements: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }
    var names: [String] { if case .object(let object) = self { object.members.map(\.name) } else { [] } }

    subscript(position: Int) -> JSONValue? { elements.indices.contains(position) ? elements[position] : nil }
}
