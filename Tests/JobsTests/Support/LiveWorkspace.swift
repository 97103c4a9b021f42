internal import HTTPTransport
internal import JSON
internal import Jobs
internal import Logging
internal import MCP
internal import NIOConcurrencyHelpers
internal import Observability
internal import Sandbox
internal import TestSupport
internal import Testing

/// The five tools as one user of a sandbox, over real HTTP.
struct LiveWorkspace: Sendable {
    let sandbox: Sandbox
    let client: DatabricksClient
    let tokens: SandboxTokens

    /// Calls a tool as the dispatcher would; its result must conform to its output schema (P-81).
    func call(
        _ name: String, _ arguments: JSONValue = [:], progress: ProgressReporter = .none,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ToolResult {
        let tools = JobsTools.all(client: client)
        guard let tool = tools.first(where: { $0.definition.name == name }) else { throw NoSuchTool() }
        let document = try JSONDocument(parsing: arguments.serialized, limits: .request)
        let checked = try ToolArguments(document.root, for: tool.definition)
        let context = ToolContext<any WorkspaceTokenProviding>(
            caller: tokens, deadline: client.surroundings.now() + Patience.long * 10, clientName: "tests",
            progress: progress)
        let quiet = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
        let result = try await withLogger(quiet) { _ in try await tool.call(checked, in: context) }
        try expectConforms(result, to: tool.definition, sourceLocation: sourceLocation)
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

    /// The newest runs of a job as `list_runs` shows them.
    func runs(of job: KnownJob) async throws -> [JSONValue] {
        try await call("list_runs", ["job_id": .integer(job.rawValue), "limit": 25]).json["runs"]?.elements ?? []
    }

    /// The id of a job's newest run.
    func newestRun(of job: KnownJob) async throws -> JSONValue {
        guard let id = try await runs(of: job).first?["run_id"] else { throw NoRun() }
        return id
    }

    private struct NoSuchTool: Error {}
    private struct NoFailure: Error {}
    private struct NoRun: Error {}
}

/// Databricks tokens of one user, fresh after each that was discarded.
final class SandboxTokens: WorkspaceTokenProviding {
    private let sandbox: Sandbox
    private let user: String
    private let current = NIOLockedValueBox<(id: UInt64, token: String?)>((1, nil))

    let identity = WorkspaceIdentity.signedInUser

    func require(_ access: JobsAccess) {}

    init(_ sandbox: Sandbox, user: String) {
        self.sandbox = sandbox
        self.user = user
    }

    func workspaceToken(deadline: ContinuousClock.Instant) async throws -> WorkspaceToken {
        let (id, held) = current.withLockedValue { $0 }
        let token = try held ?? sandbox.token(TokenOrder(kind: .databricks, user: user))
        current.withLockedValue { if $0.id == id { $0.token = token } }
        return WorkspaceToken(secret: Secret(token), id: id)
    }

    func discardWorkspaceToken(_ token: WorkspaceToken) async {
        current.withLockedValue { if $0.id == token.id { $0 = (token.id + 1, nil) } }
    }
}

/// Runs `body` as `user` of a fresh sandbox.
func withWorkspace<Value: Sendable>(
    as user: String = "alice", version: Workspace.APIVersion = .v22,
    _ configuration: SandboxConfiguration = SandboxConfiguration(),
    configure: (inout DatabricksClient.Configuration) -> Void = { _ in },
    surroundings: @Sendable (Sandbox) -> Surroundings = { sandbox in
        Surroundings(epochMilliseconds: { sandbox.clock.milliseconds })
    },
    _ body: @Sendable (LiveWorkspace) async throws -> Value
) async throws -> Value {
    var settings = DatabricksClient.Configuration(userAgent: UserAgent(version: "1.0.0"))
    // Budgets of minutes, unless a test is about them.
    settings.retry.attemptTimeout = Patience.long
    settings.retry.budget = Patience.long * 5
    configure(&settings)
    let clientSettings = settings
    return try await withSandbox(configuration) { sandbox in
        let transport = CurlTransport()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await transport.run() }
            defer { group.cancelAll() }
            let client = DatabricksClient(
                workspace: try Workspace(host: sandbox.baseURL, apiVersion: version), transport: transport,
                configuration: clientSettings, surroundings: surroundings(sandbox))
            return try await body(
                LiveWorkspace(sandbox: sandbox, client: client, tokens: SandboxTokens(sandbox, user: user)))
        }
    }
}
