package import HTTPTypes
internal import JSON
internal import Observability

/// Who is at the other end of one request.
struct Party<Caller: Sendable>: Sendable {
    let caller: Caller
    let client: ClientPresence
    let accepted: AcceptedTypes
}

/// The protocol of one endpoint: takes HTTP requests apart, answers them, and calls tools.
///
/// Bytes in, bytes out: no socket, no clock to wait for, no state between requests. Authentication, `Origin`
/// and `Host` (steps 1 to 5 of section 2) come before it.
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
        let headers = RequestHeaders(head.headerFields)
        let accepted = AcceptedTypes(headers.accept)
        if let refusal = Inbound.refusal(head.method, headers, accepted, bodyBytes: body.count, limits) {
            return refusal
        }
        let root: JSONElement
        do throws(RPCError) {
            root = try Inbound.parse(body, limits)
        } catch {
            return .error(nil, error)
        }
        let party = Party(caller: caller, client: client, accepted: accepted)
        guard !root.isArray else { return await respond(toBatch: root, headers, party) }
        switch IncomingMessage(root) {
        case .request(let request): return await respond(to: request, headers, party)
        case .notification(let method): return Self.acknowledge(headers.protocolVersion, notification: method)
        case .response: return Self.acknowledge(headers.protocolVersion, notification: nil)
        case .invalid(let id, let error): return .error(id, error)
        }
    }

    private func respond(to request: RPCRequest, _ headers: RequestHeaders, _ party: Party<Caller>) async -> MCPReply {
        var request = request
        let span = OperationSpan(of: request)
        request.span = span
        let result = await span.run { [request] in await reply(to: request, headers, party) }
        // What is streamed is not over yet; its call ends the span.
        if result.stream == nil { span.end(result.summary) }
        return result
    }

    private func reply(to request: RPCRequest, _ headers: RequestHeaders, _ party: Party<Caller>) async -> MCPReply {
        switch EraDecision(request, header: headers.protocolVersion) {
        case .modern:
            do throws(RPCError) {
                let method = try ModernLadder.check(request, headers)
                if method == .callTool, let tool = request.params?["name"].flatMap(registry.entry)?.definition {
                    try ToolRequirements.check(request, headers, tool)
                }
                return await reply(to: request, method, .july2026, party)
            } catch {
                return Answer(refusing: request, error, .july2026).reply(to: party.accepted)
            }
        case .legacy(let version):
            if let method = request.method, method.exists(in: .legacy) {
                return await reply(to: request, method, version, party)
            }
            let error = RPCError.methodNotFound(request.methodName.quotable, in: .legacy)
            return Answer(refusing: request, error, version).reply(to: party.accepted)
        case .refused(let error): return .error(request.id, error, MCPSummary(request, nil))
        }
    }

    /// Runs a method that exists in the era of `version`; only a call can become a stream.
    private func reply(
        to request: RPCRequest, _ method: Method, _ version: ProtocolVersion, _ party: Party<Caller>
    ) async -> MCPReply {
        guard method == .callTool else {
            return immediateAnswer(request, method, version).reply(to: party.accepted)
        }
        return await reply(toCall: request, version, party)
    }

    /// What needs no tool, in the era of `version`.
    func immediateAnswer(_ request: RPCRequest, _ method: Method, _ version: ProtocolVersion) -> Answer {
        switch method {
        case .callTool: preconditionFailure("a call takes time")
        case .listTools: listTools(request, version)
        case .discover: Answer(request, version, result: results.discover)
        case .initialize: initialize(request, version)
        case .ping: Answer(request, version, result: results.pong)
        }
    }

    /// One page, so that there is no cursor we could have issued; `null` counts as none (TL-03).
    private func listTools(_ request: RPCRequest, _ version: ProtocolVersion) -> Answer {
        if let cursor = request.params?["cursor"], !cursor.isNull {
            return Answer(refusing: request, .invalidParams("Unknown cursor"), version)
        }
        return Answer(request, version, result: version.isModern ? results.modernTools : results.legacyTools)
    }

    /// The body negotiates, whatever the header says (ERA-07, L-02).
    private func initialize(_ request: RPCRequest, _ version: ProtocolVersion) -> Answer {
        guard let requested = request.params?["protocolVersion"]?.string else {
            let supported = ProtocolVersion.advertised.filter { !$0.isModern }.map { JSONValue.string($0.rawValue) }
            let error = RPCError.invalidParams(
                "protocolVersion must be a string", data: ["supported": .array(supported)])
            return Answer(refusing: request, error, version)
        }
        let negotiated = ProtocolVersion.negotiated(for: requested)
        return Answer(request, negotiated, result: results.initialize(negotiated))
    }

    /// Notifications are taken note of; so are, in the legacy era, responses to requests we never sent (J-06, J-07).
    private static func acknowledge(_ header: RoutingHeader, notification: String?) -> MCPReply {
        do throws(RPCError) {
            let version = try EraDecision.version(ofUnansweredMessage: header)
            if notification == nil, version?.isModern == true {
                throw .invalidRequest("Responses are not accepted")
            }
            var summary = MCPSummary()
            if let notification,
                notification == "notifications/initialized" || notification == "notifications/cancelled"
            {
                summary.method = notification
            }
            summary.protocolVersion = version
            return MCPReply(status: .accepted, summary: summary)
        } catch {
            return .error(nil, error)
        }
    }
}
