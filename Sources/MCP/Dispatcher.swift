package import HTTPTypes
internal import JSON
internal import Observability

/// Who sent one request: the caller, whether its client is still connected, and what media types it takes.
struct Party<Caller: Sendable>: Sendable {
    let caller: Caller
    let client: ClientPresence
    let accepted: AcceptedTypes
}

/// The protocol of one endpoint: takes HTTP requests apart, answers them, and calls tools.
///
/// Bytes in, bytes out: no socket, no clock to wait for, no state between requests. Authentication, `Origin`
/// and `Host` (steps 1 to 5 of docs/requirements/protocol.md) come before it.
package struct Dispatcher<Caller: Sendable>: Sendable {
    let registry: ToolRegistry<Caller>
    let results: ServerResults
    let textContent: TextContent
    let offersLogging: Bool
    let limits: MCPLimits
    let callTimeout: Duration
    /// Enforces ``callTimeout`` and keeps streams alive; its `run()` must be running for that.
    package let calls = RunningCalls()

    /// Creates a dispatcher and serialises what is the same for every caller.
    ///
    /// - Parameters:
    ///   - description: What the server says about itself.
    ///   - tools: The tools in the order in which they are listed; their names must be valid and different.
    ///   - textContent: What goes into the text block of a result (K-11).
    ///   - limits: What one request may cost.
    ///   - callTimeout: The time a tool has, the time it spends upstream included (C-05).
    package init(
        description: ServerDescription, tools: [any Tool<Caller>], textContent: TextContent = .digest,
        limits: MCPLimits = MCPLimits(), callTimeout: Duration = .seconds(60)
    ) {
        registry = ToolRegistry(tools)
        offersLogging = description.offersLogging
        results = ServerResults(description, tools: registry.listing)
        self.textContent = textContent
        self.limits = limits
        self.callTimeout = callTimeout
    }

    /// What is told about each tool, in the order of the listing.
    package var toolDefinitions: [ToolDefinition] { registry.definitions }

    /// Answers one HTTP request whose body has been read.
    ///
    /// Never throws: whatever happens there is one reply, sent or, when the client has gone, dropped.
    ///
    /// - Parameters:
    ///   - head: The request line and the headers.
    ///   - body: The whole body.
    ///   - caller: On whose behalf tools are called.
    ///   - client: Tells when the client hangs up, which ends a call of the modern era.
    /// - Returns: The reply. Its body may follow as a stream; nothing has been sent before (T-06).
    package func respond(
        to head: HTTPRequest, body: [UInt8], caller: Caller, client: ClientPresence = ClientPresence()
    ) async -> MCPReply {
        let summary = MCPSummary()
        RequestContext.current?.note { $0.operation = summary }
        let headers = RequestHeaders(head.headerFields)
        let accepted = AcceptedTypes(headers.accept)
        if let refusal = Inbound.refusal(head.method, headers, accepted, bodyBytes: body.count, limits, summary) {
            return refusal
        }
        let root: JSONElement
        do throws(RPCError) {
            root = try Inbound.parse(body, limits)
        } catch {
            return .error(nil, error, summary)
        }
        let party = Party(caller: caller, client: client, accepted: accepted)
        guard !root.isArray else { return await respond(toBatch: root, headers, party, summary) }
        switch IncomingMessage(root) {
        case .request(let request):
            let operation = Operation(request: request, summary: summary, span: OperationSpan(of: request))
            return await respond(to: operation, headers, party)
        case .notification(let method): return Self.acknowledge(headers.protocolVersion, notification: method, summary)
        case .response: return Self.acknowledge(headers.protocolVersion, notification: nil, summary)
        case .invalid(let id, let error):
            summary.noteClient(in: root["params"])
            return .error(id, error, summary)
        }
    }

    private func respond(
        to operation: Operation, _ headers: RequestHeaders, _ party: Party<Caller>
    ) async -> MCPReply {
        let result = await operation.span.run { await reply(to: operation, headers, party) }
        // What is streamed is not over yet; its call ends the span.
        if result.stream == nil { operation.span.end(operation.summary) }
        return result
    }

    private func reply(
        to operation: Operation, _ headers: RequestHeaders, _ party: Party<Caller>
    ) async -> MCPReply {
        let (request, summary) = (operation.request, operation.summary)
        switch EraDecision(request, header: headers.protocolVersion) {
        case .modern:
            summary.note(request, .july2026)
            do throws(RPCError) {
                let method = try ModernLadder.check(request, headers)
                if method == .callTool, let tool = request.params?["name"].flatMap(registry.entry)?.definition {
                    try ToolRequirements.check(request, headers, tool)
                }
                return await reply(to: operation, method, .july2026, party)
            } catch {
                return operation.refusal(error).reply(to: party.accepted, summary)
            }
        case .legacy(let version):
            summary.note(request, version)
            if let method = request.method, method.exists(in: .legacy) {
                return await reply(to: operation, method, version, party)
            }
            let error = RPCError.methodNotFound(request.methodName.quotable, in: .legacy)
            return operation.refusal(error).reply(to: party.accepted, summary)
        case .refused(let error):
            summary.note(request, nil)
            return .error(request.id, error, summary)
        }
    }

    /// Runs a method that exists in the era of `version`; only a call can become a stream.
    private func reply(
        to operation: Operation, _ method: Method, _ version: ProtocolVersion, _ party: Party<Caller>
    ) async -> MCPReply {
        guard method == .callTool else {
            return immediateAnswer(operation, method, version).reply(to: party.accepted, operation.summary)
        }
        return await reply(toCall: operation, version, party)
    }

    /// What needs no tool, in the era of `version`.
    func immediateAnswer(_ operation: Operation, _ method: Method, _ version: ProtocolVersion) -> Answer {
        switch method {
        case .callTool: preconditionFailure("a call takes time")
        case .listTools: listTools(operation, version)
        case .discover: operation.answer(results.discover)
        case .initialize: initialize(operation)
        case .ping: operation.answer(results.pong)
        }
    }

    /// One page, so that there is no cursor we could have issued; `null` counts as none (TL-03).
    private func listTools(_ operation: Operation, _ version: ProtocolVersion) -> Answer {
        if let cursor = operation.request.params?["cursor"], !cursor.isNull {
            return operation.refusal(.invalidParams("Unknown cursor"))
        }
        return operation.answer(version.isModern ? results.modernTools : results.legacyTools)
    }

    /// The body negotiates, whatever the header says (ERA-07, L-02).
    private func initialize(_ operation: Operation) -> Answer {
        guard let requested = operation.request.params?["protocolVersion"]?.string else {
            let supported = ProtocolVersion.advertised.filter { !$0.isModern }.map { JSONValue.string($0.rawValue) }
            let error = RPCError.invalidParams(
                "protocolVersion must be a string", data: ["supported": .array(supported)])
            return operation.refusal(error)
        }
        let negotiated = ProtocolVersion.negotiated(for: requested)
        operation.summary.note { $0.version = negotiated.rawValue }
        return operation.answer(results.initialize(negotiated))
    }

    /// Notifications are taken note of; so are, in the legacy era, responses to requests we never sent (J-06, J-07).
    private static func acknowledge(
        _ header: SingleValue, notification: String?, _ summary: MCPSummary
    ) -> MCPReply {
        do throws(RPCError) {
            let version = try EraDecision.version(ofUnansweredMessage: header)
            if notification == nil, version?.isModern == true {
                throw .invalidRequest("Responses are not accepted")
            }
            summary.note { facts in
                if let notification,
                    notification == "notifications/initialized" || notification == "notifications/cancelled"
                {
                    facts.method = notification
                }
                facts.version = version?.rawValue
            }
            return MCPReply(status: .accepted, summary: summary)
        } catch {
            return .error(nil, error, summary)
        }
    }
}
