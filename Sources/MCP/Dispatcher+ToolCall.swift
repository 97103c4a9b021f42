internal import JSON
internal import Logging
internal import Observability

/// What came of a call that reached a tool.
private enum Outcome: Sendable {
    case result(ToolResult)
    case failure(any CallerFacingError)
    case bug(any Error)
}

/// `tools/call` (9.2, 9.3).
extension Dispatcher {
    func call(_ request: RPCRequest, _ version: ProtocolVersion, _ caller: Caller) async -> Answer {
        let entry: ToolRegistry<Caller>.Entry
        let arguments: JSONElement?
        do throws(RPCError) {
            entry = try tool(named: request.params?["name"])
            arguments = try Self.arguments(request.params?["arguments"])
        } catch {
            return Answer(refusing: request, error, version)
        }
        var summary = MCPSummary(request, version)
        summary.tool = entry.definition.name
        return await inContext(of: request, entry.definition.name) {
            let outcome = await outcome(entry, arguments, caller, summary)
            return answer(request, entry.definition.name, outcome, summary)
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

    /// Runs `body` as part of the trace that the request itself names, under the name of its tool (O-01).
    private func inContext(of request: RPCRequest, _ tool: String, _ body: () async -> Answer) async -> Answer {
        guard var context = RequestContext.current else { return await body() }
        context.method = Method.callTool.rawValue
        context.tool = tool
        if let parent = request.meta?[MetaKey.traceparent]?.string, let trace = TraceContext(traceparent: parent) {
            context.trace = trace
        }
        return await withRequestContext(context, body)
    }

    private func outcome(
        _ entry: ToolRegistry<Caller>.Entry, _ arguments: JSONElement?, _ caller: Caller, _ summary: MCPSummary
    ) async -> Outcome {
        let checked: ToolArguments
        do throws(InvalidArguments) {
            checked = try ToolArguments(arguments, for: entry.definition)
        } catch {
            return .failure(error)
        }
        let deadline = ContinuousClock.now + callTimeout
        let context = ToolContext(caller: caller, deadline: deadline, clientName: summary.clientName)
        // A client that hangs up has cancelled the call in the modern era (C-01) and not in the legacy one (C-02).
        let endsWithCaller = summary.era == .modern
        let (outcome, isOverdue) = await deadlines.limit(until: deadline, endsWithCaller: endsWithCaller) {
            do {
                return Outcome.result(try await entry.tool.call(checked, in: context))
            } catch let error as any CallerFacingError {
                return .failure(error)
            } catch {
                return .bug(error)
            }
        }
        // A tool that says itself what its cancellation means knows more than we do (TC-09).
        if isOverdue, case .bug = outcome {
            return .failure(CallFailure.timedOut(tool: entry.definition.name, after: callTimeout))
        }
        return outcome
    }

    private func answer(_ request: RPCRequest, _ tool: String, _ outcome: Outcome, _ summary: MCPSummary) -> Answer {
        let response = CallResponse(id: request.id, era: summary.era ?? .legacy, results: results)
        switch outcome {
        case .result(let result):
            let message = response.success(result, text: textContent)
            guard message.count > limits.maximumResponseBytes else { return Answer(message: message, summary: summary) }
            let error = CallFailure.tooLarge(tool: tool, bytes: message.count, maximum: limits.maximumResponseBytes)
            return failure(error, response, summary)
        case .failure(let error): return failure(error, response, summary)
        case .bug(let error): return bug(error, request, summary)
        }
    }

    private func failure(_ error: any CallerFacingError, _ response: CallResponse, _ summary: MCPSummary) -> Answer {
        var summary = summary
        summary.isToolError = true
        summary.errorCategory = error.details.category
        summary.failure = error
        return Answer(message: response.failure(error), summary: summary)
    }

    /// The caller gets a reference and nothing of the cause (M-04).
    private func bug(_ error: any Error, _ request: RPCRequest, _ summary: MCPSummary) -> Answer {
        if error is CancellationError {
            Logger.current.debug("tool call cancelled")
        } else {
            Logger.current.error("tool call failed unexpectedly", error: error)
        }
        let reference = RequestContext.current.map { " Correlation ID: \($0.correlationID)" } ?? ""
        var summary = summary
        summary.rpcErrorCode = Int(RPCError.Code.internalError.rawValue)
        summary.errorCategory = .internal
        return Answer(
            message: RPCResponse.error(request.id, .internalError("Internal error.\(reference)")), summary: summary)
    }
}
