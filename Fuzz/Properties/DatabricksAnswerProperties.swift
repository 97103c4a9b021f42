internal import HTTPTypes
internal import JSON
internal import Jobs
internal import MCP
internal import Observability

/// What holds for every answer of the Jobs API, through all five tools: one well-formed reply of a bounded size whose
/// texts hold nothing that drives a terminal or hides.
enum DatabricksAnswerProperties {
    /// Enough for every tool; ids that nobody checks here.
    private static let calls: [(tool: String, arguments: JSONValue)] = [
        ("list_jobs", [:]), ("list_runs", ["job_id": 1]), ("get_run", ["run_id": 1]), ("get_run_output", ["run_id": 1]),
        ("run_now", ["job_id": 1, "idempotency_token": "fuzz"]),
    ]

    /// Somebody with a token that is always at hand.
    private struct Caller: WorkspaceTokenProviding {
        var identity: WorkspaceIdentity { .signedInUser }
        func require(_ access: JobsAccess) {}
        func workspaceToken(deadline: ContinuousClock.Instant) async throws -> WorkspaceToken {
            WorkspaceToken(secret: Secret("fuzz"), id: 1)
        }
        func discardWorkspaceToken(_ token: WorkspaceToken) async {}
    }

    static func check(_ input: [UInt8]) async throws(Violation) {
        let dispatcher = try dispatcher(FuzzService(input))
        for call in calls {
            let message: JSONValue = [
                "jsonrpc": "2.0", "id": 1, "method": "tools/call",
                "params": ["name": .string(call.tool), "arguments": call.arguments],
            ]
            let exchange = FuzzExchange(message.serialized)
            let reply = await withRequestContext(RequestContext(correlationID: CorrelationID())) {
                await dispatcher.respond(to: exchange.head, body: exchange.body, caller: Caller())
            }
            try require(
                reply.status == .ok, "\(call.tool): an understood call is 200: \(reply.status)")
            try require(
                reply.body.count <= 200_000, "\(call.tool): \(reply.body.count) bytes are no bounded answer")
            let answer = try succeed("\(call.tool): an answer is strict JSON") {
                try JSONValue.parse(reply.body, limits: .request)
            }
            let result = try require(answer["result"], "\(call.tool): whatever comes is a result: \(answer)")
            try checkTexts(of: result, call.tool)
            if let text = reply.summary.failure?.operatorMessage {
                try LogSafety.require(text, "what the operator reads")
            }
        }
    }

    private static func dispatcher(
        _ service: FuzzService
    ) throws(Violation) -> Dispatcher<any WorkspaceTokenProviding> {
        let instant = ContinuousClock.now
        let workspace = try succeed("the workspace") {
            try Workspace(host: "https://adb-1234567890123456.7.azuredatabricks.net")
        }
        let client = DatabricksClient(
            workspace: workspace, transport: service,
            configuration: DatabricksClient.Configuration(userAgent: UserAgent(version: "1.0.0")),
            surroundings: Surroundings(
                now: { instant }, epochMilliseconds: { FuzzTenant.now * 1000 }, sleep: { _ in }, random: { 0.5 }))
        return Dispatcher(
            description: ServerDescription(name: "fuzz", title: "Fuzz", version: "1.0.0", instructions: "None."),
            tools: JobsTools.all(client: client))
    }

    /// Text of a job may have several lines; nothing in it moves a cursor, hides, or turns the reading round.
    private static func checkTexts(of value: JSONValue, _ tool: String) throws(Violation) {
        switch value {
        case .string(let text):
            for line in text.split(whereSeparator: { $0 == "\n" || $0 == "\t" }) {
                try LogSafety.require(String(line), limit: .max, "\(tool): a text")
            }
        case .array(let elements):
            for element in elements { try checkTexts(of: element, tool) }
        case .object(let object):
            for member in object.members { try checkTexts(of: member.value, tool) }
        case .null, .bool, .integer, .number: break
        }
    }
}
