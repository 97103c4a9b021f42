internal import HTTPTypes
internal import JSON

/// Arrays of messages, which revision 2025-03-26 alone has (8.3).
extension Dispatcher {
    func respond(toBatch batch: JSONElement, _ headers: RequestHeaders, _ party: Party<Caller>) async -> MCPReply {
        var summary = MCPSummary()
        summary.method = "_BATCH"
        if let error = Self.refusal(batch, headers.protocolVersion, limits) { return .error(nil, error, summary) }
        summary.era = .legacy
        summary.protocolVersion = .march2025

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
    private static func refusal(_ batch: JSONElement, _ version: RoutingHeader, _ limits: MCPLimits) -> RPCError? {
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
            var request = request
            let span = OperationSpan(of: request)
            request.span = span
            let result = await span.run { [request] in await answer(toElement: request, party) }
            span.end(result.summary)
            return result.message
        }
    }

    private func answer(toElement request: RPCRequest, _ party: Party<Caller>) async -> Answer {
        guard let method = request.method, method.exists(in: .legacy) else {
            let error = RPCError.methodNotFound(request.methodName.quotable, in: .legacy)
            return Answer(refusing: request, error, .march2025)
        }
        guard method != .initialize else {
            return Answer(refusing: request, .invalidRequest("initialize cannot be part of a batch"), .march2025)
        }
        guard method == .callTool else { return immediateAnswer(request, method, .march2025) }
        return await answer(toCall: request, .march2025, party)
    }
}
