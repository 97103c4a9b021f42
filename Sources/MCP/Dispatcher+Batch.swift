internal import HTTPTypes
internal import JSON
internal import Observability

/// Arrays of messages, which revision 2025-03-26 alone has (B-01).
extension Dispatcher {
    func respond(
        toBatch batch: JSONElement, _ headers: RequestHeaders, _ party: Party<Caller>, _ summary: MCPSummary
    ) async -> MCPReply {
        summary.note { $0.method = "_BATCH" }
        if let error = Self.refusal(batch, headers.protocolVersion, limits) { return .error(nil, error, summary) }
        summary.note {
            $0.era = Era.legacy.rawValue
            $0.version = ProtocolVersion.march2025.rawValue
        }
        // Each element is the request's operation while it is answered; in the end that is the batch.
        defer { RequestContext.current?.note { $0.operation = summary } }

        var json = JSONWriter(capacity: 1_024)
        json.beginArray()
        var isEmpty = true
        for element in batch.elements {
            guard let response = await response(toElement: element, party) else { continue }
            json.raw(response)
            isEmpty = false
        }
        json.endArray()
        return isEmpty
            ? MCPReply(status: .accepted, summary: summary)
            : MCPReply(status: .ok, headers: MCPReply.jsonHeaders, body: json.bytes, summary: summary)
    }

    /// B-01 and B-02: batches that are refused as a whole.
    private static func refusal(_ batch: JSONElement, _ version: SingleValue, _ limits: MCPLimits) -> RPCError? {
        switch version {
        case .absent, .value(ProtocolVersion.march2025.rawValue): break
        default: return .invalidRequest("Batches are only accepted for revision 2025-03-26")
        }
        guard batch.count > 0 else { return .invalidRequest("The batch is empty") }
        guard batch.count <= limits.maximumBatch else {
            return .invalidRequest("The batch has more than \(limits.maximumBatch) elements")
        }
        guard !batch.elements.contains(where: { $0["params"]?["_meta"]?[MetaKey.protocolVersion] != nil }) else {
            return .invalidRequest("Requests that name a protocol version cannot be part of a batch")
        }
        return nil
    }

    /// B-03 to B-05; nothing for notifications and responses.
    private func response(toElement element: JSONElement, _ party: Party<Caller>) async -> [UInt8]? {
        switch IncomingMessage(element) {
        case .notification, .response: return nil
        case .invalid(let id, let error): return RPCResponse.error(id, error)
        case .request(let request):
            let operation = Operation(request: request, summary: MCPSummary(), span: OperationSpan(of: request))
            RequestContext.current?.note { $0.operation = operation.summary }
            let result = await operation.span.run { await answer(toElement: operation, party) }
            operation.span.end(operation.summary)
            return result.message
        }
    }

    private func answer(toElement operation: Operation, _ party: Party<Caller>) async -> Answer {
        let request = operation.request
        operation.summary.note(request, .march2025)
        guard let method = request.method, method.exists(in: .legacy) else {
            return operation.refusal(.methodNotFound(request.methodName.quotable, in: .legacy))
        }
        guard method != .initialize else {
            return operation.refusal(.invalidRequest("initialize cannot be part of a batch"))
        }
        guard method == .callTool else { return immediateAnswer(operation, method, .march2025) }
        return await answer(toCall: operation, .march2025, party)
    }
}
