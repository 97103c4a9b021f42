internal import HTTPTypes
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
    case running(RunningCall, Task<Answer, Never>)
}

/// `tools/call` (TC-01 to TC-09).
extension Dispatcher {
    /// Answers a call that stands alone: in one piece if it ends before it has anything to say, else as a stream (T-06).
    func reply(toCall operation: Operation, _ version: ProtocolVersion, _ party: Party<Caller>) async -> MCPReply {
        let summary = operation.summary
        switch start(operation, version, party, mayStream: party.accepted.eventStream) {
        case .answered(let answer): return answer.reply(to: party.accepted, summary)
        case .running(let call, let task):
            switch await call.beginning() {
            case .answer(let answer): return answer.reply(to: party.accepted, summary)
            case .stream(let pieces):
                return MCPReply(
                    status: .ok, headers: ServerSentEvents.headers,
                    stream: ReplyStream(pieces, answer: task, summary), summary: summary)
            }
        }
    }

    /// Answers a call that is part of a batch, which is never streamed (B-05).
    func answer(toCall operation: Operation, _ version: ProtocolVersion, _ party: Party<Caller>) async -> Answer {
        switch start(operation, version, party, mayStream: false) {
        case .answered(let answer): answer
        case .running(_, let task): await task.value
        }
    }

    private func start(
        _ operation: Operation, _ version: ProtocolVersion, _ party: Party<Caller>, mayStream: Bool
    ) -> StartedCall {
        let request = operation.request
        let entry: ToolRegistry<Caller>.Entry
        let arguments: JSONElement?
        do throws(RPCError) {
            entry = try tool(named: request.params?["name"])
            arguments = try Self.arguments(request.params?["arguments"])
        } catch {
            return .answered(operation.refusal(error))
        }
        operation.summary.note { $0.tool = entry.definition.name }
        let response = CallResponse(
            id: request.id, era: version.isModern ? .modern : .legacy, results: results, summary: operation.summary)
        do throws(InvalidArguments) {
            let checked = try ToolArguments(arguments, for: entry.definition)
            let call = runningCall(request, version, mayStream: mayStream)
            return .running(call, run(call, entry, checked, party, response, operation.span))
        } catch {
            return .answered(response.answer(error))
        }
    }

    /// The call, with a stream if the client takes one and asked to be told something.
    private func runningCall(_ request: RPCRequest, _ version: ProtocolVersion, mayStream: Bool) -> RunningCall {
        guard mayStream else { return RunningCall(limit: callTimeout, intervals: nil) }
        let start = ContinuousClock.now
        let token = request.meta?[MetaKey.progressToken].flatMap(RequestID.init)
        let level = offersLogging && version.isModern ? request.meta?[MetaKey.logLevel]?.string : nil
        let logLevel = level.flatMap(ClientLogLevel.init(rawValue:))
        let stream =
            token == nil && logLevel == nil
            ? nil : CallStream(limits.streams, start: start, progressToken: token, logLevel: logLevel)
        return RunningCall(start: start, limit: callTimeout, intervals: limits.streams, stream: stream)
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

    /// Starts the tool.
    ///
    /// A client that hangs up ends the call in the modern era (C-01) and not in the legacy one (C-02).
    private func run(
        _ call: RunningCall, _ entry: ToolRegistry<Caller>.Entry, _ arguments: ToolArguments, _ party: Party<Caller>,
        _ response: CallResponse, _ span: OperationSpan
    ) -> Task<Answer, Never> {
        let context = ToolContext(
            caller: party.caller, deadline: call.deadline, clientName: response.summary.clientName,
            progress: call.reporter, log: call.log)
        return calls.start(call, endsWith: response.era == .modern ? party.client : nil) {
            let outcome = await Self.outcome(of: entry.tool, arguments, context)
            let answer = answer(entry.definition.name, outcome, call.interruption, response)
            span.end(response.summary)
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
        _ tool: String, _ outcome: Outcome, _ interruption: RunningCall.Interruption?, _ response: CallResponse
    ) -> Answer {
        switch (outcome, interruption) {
        case (.result(let result), _):
            let message = response.success(result, text: textContent)
            guard message.count > limits.maximumResponseBytes else { return Answer(message: message) }
            let error = CallFailure.tooLarge(tool: tool, bytes: message.count, maximum: limits.maximumResponseBytes)
            return response.answer(error)
        // A tool that says itself what its cancellation means knows more than we do (TC-09).
        case (.failure(let error), _): return response.answer(error)
        case (.bug, .overdue?): return response.answer(CallFailure.timedOut(tool: tool, after: callTimeout))
        case (.bug(let error), .abandoned?):
            return error is CancellationError ? response.abandoned() : response.answer(bug: error)
        case (.bug(let error), nil): return response.answer(bug: error)
        }
    }
}
