internal import JSON
internal import Logging
internal import Observability

/// What came of a call that reached a tool.
private enum Outcome: Sendable {
    case result(ToolResult)
    case failure(any CallerFacingError)
    case bug(any Error)
}

/// A call on its way: refused before it reached its tool, or running.
private enum StartedCall: Sendable {
    case answered(Answer)
    case running(Task<Answer, Never>, CallStream?, MCPSummary)
}

/// `tools/call` (9.2, 9.3).
extension Dispatcher {
    /// Answers a call that stands alone: in one piece if it ends before it has anything to say, else as a stream (T-06).
    func reply(toCall request: RPCRequest, _ version: ProtocolVersion, _ party: Party<Caller>) async -> MCPReply {
        switch await start(request, version, party, stream(for: request, version, party)) {
        case .answered(let answer): return answer.reply(to: party.accepted)
        case .running(let task, let stream, let summary):
            // The first of two: something to say, or the end of the call, which ends the pieces.
            if let stream, let first = await stream.pieces.first(where: { _ in true }) {
                return MCPReply(ReplyStream(first: first, rest: stream.pieces, answer: task), summary)
            }
            return await task.value.reply(to: party.accepted)
        }
    }

    /// Answers a call that is part of a batch, which is never streamed (B-05).
    func answer(toCall request: RPCRequest, _ version: ProtocolVersion, _ party: Party<Caller>) async -> Answer {
        switch await start(request, version, party, nil) {
        case .answered(let answer): answer
        case .running(let task, _, _): await task.value
        }
    }

    private func stream(
        for request: RPCRequest, _ version: ProtocolVersion, _ party: Party<Caller>
    ) -> CallStream? {
        guard party.accepted.eventStream else { return nil }
        let token = request.meta?[MetaKey.progressToken].flatMap(RequestID.init)
        let level = offersLogging && version.isModern ? request.meta?[MetaKey.logLevel]?.string : nil
        return CallStream(
            limits.streams, progressToken: token, logLevel: level.flatMap(ClientLogLevel.init(rawValue:)))
    }

    private func start(
        _ request: RPCRequest, _ version: ProtocolVersion, _ party: Party<Caller>, _ stream: CallStream?
    ) async -> StartedCall {
        let entry: ToolRegistry<Caller>.Entry
        let arguments: JSONElement?
        do throws(RPCError) {
            entry = try tool(named: request.params?["name"])
            arguments = try Self.arguments(request.params?["arguments"])
        } catch {
            return .answered(Answer(refusing: request, error, version))
        }
        var summary = MCPSummary(request, version)
        summary.tool = entry.definition.name
        return await inContext(of: entry.definition.name) {
            let response = CallResponse(id: request.id, era: summary.era ?? .legacy, results: results)
            do throws(InvalidArguments) {
                let checked = try ToolArguments(arguments, for: entry.definition)
                let call = RunningCall(deadline: .now + callTimeout, stream: stream, span: request.span)
                let task = run(call, entry, checked, party, response, summary)
                return .running(task, stream, summary)
            } catch {
                return .answered(failure(error, response, summary))
            }
        }
    }

    private func tool(named name: JSONElement?) throws(RPCError) -> ToolRegistry<Caller>.Entry {
        guard let name, name.kind == .string else { throw .invalidParams("name must be a string") }
        guard let entry = registry.entry(named: name) else {
            throw .invalidParams("Unknown tool: \((name.string ?? "").quotable)")
        }
        return entry
    }

    /// An object or nothing; `null` counts as nothing (TC-01).
    private static func arguments(_ element: JSONElement?) throws(RPCError) -> JSONElement? {
        guard let element, !element.isNull else { return nil }
        guard element.isObject else { throw .invalidParams("arguments must be an object") }
        return element
    }

    /// Runs `body` under the name of its tool.
    private func inContext(of tool: String, _ body: () async -> StartedCall) async -> StartedCall {
        guard var context = RequestContext.current else { return await body() }
        context.method = Method.callTool.rawValue
        context.tool = tool
        return await withRequestContext(context, body)
    }

    /// Starts the tool.
    ///
    /// A client that hangs up ends the call in the modern era (C-01) and not in the legacy one (C-02).
    private func run(
        _ call: RunningCall, _ entry: ToolRegistry<Caller>.Entry, _ arguments: ToolArguments, _ party: Party<Caller>,
        _ response: CallResponse, _ summary: MCPSummary
    ) -> Task<Answer, Never> {
        let context = ToolContext(
            caller: party.caller, deadline: call.deadline, clientName: summary.clientName,
            progress: call.stream?.reporter ?? .none, log: call.stream?.log ?? .none)
        return calls.start(call, endsWith: response.era == .modern ? party.client : nil) {
            let outcome = await Self.outcome(of: entry.tool, arguments, context)
            let answer = answer(entry.definition.name, outcome, call.interruption, response, summary)
            call.span?.end(answer.summary)
            return answer
        }
    }

    private static func outcome(
        of tool: any Tool<Caller>, _ arguments: ToolArguments, _ context: ToolContext<Caller>
    ) async -> Outcome {
        do {
            return .result(try await tool.call(arguments, in: context))
        } catch let error as any CallerFacingError {
            return .failure(error)
        } catch {
            return .bug(error)
        }
    }

    private func answer(
        _ tool: String, _ outcome: Outcome, _ interruption: RunningCall.Interruption?, _ response: CallResponse,
        _ summary: MCPSummary
    ) -> Answer {
        switch (outcome, interruption) {
        case (.result(let result), _):
            let message = response.success(result, text: textContent)
            guard message.count > limits.maximumResponseBytes else { return Answer(message: message, summary: summary) }
            let error = CallFailure.tooLarge(tool: tool, bytes: message.count, maximum: limits.maximumResponseBytes)
            return failure(error, response, summary)
        // A tool that says itself what its cancellation means knows more than we do (TC-09).
        case (.failure(let error), _): return failure(error, response, summary)
        case (.bug, .overdue?): return failure(CallFailure.timedOut(tool: tool, after: callTimeout), response, summary)
        case (.bug(let error), .abandoned?):
            return error is CancellationError ? abandoned(response, summary) : bug(error, response, summary)
        case (.bug(let error), nil): return bug(error, response, summary)
        }
    }

    /// Nobody reads this answer; the log says that nobody waited for it.
    private func abandoned(_ response: CallResponse, _ summary: MCPSummary) -> Answer {
        var summary = summary
        summary.isAbandoned = true
        return Answer(message: RPCResponse.error(response.id, .internalError("Cancelled.")), summary: summary)
    }

    private func failure(_ error: any CallerFacingError, _ response: CallResponse, _ summary: MCPSummary) -> Answer {
        var summary = summary
        summary.isToolError = true
        summary.errorCategory = error.details.category
        summary.failure = error
        return Answer(message: response.failure(error), summary: summary)
    }

    /// The caller gets a reference and nothing of the cause (M-04).
    private func bug(_ error: any Error, _ response: CallResponse, _ summary: MCPSummary) -> Answer {
        Logger.current.error("tool call failed unexpectedly", error: error)
        let reference = RequestContext.current.map { " Correlation ID: \($0.correlationID)" } ?? ""
        var summary = summary
        summary.rpcErrorCode = Int(RPCError.Code.internalError.rawValue)
        summary.errorCategory = .internal
        return Answer(
            message: RPCResponse.error(response.id, .internalError("Internal error.\(reference)")), summary: summary)
    }
}
