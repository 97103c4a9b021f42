internal import HTTPTypes
internal import JSON

/// The answer to one request message, before it becomes an HTTP reply or part of a batch.
struct Answer {
    /// The bytes of the JSON-RPC response.
    let message: [UInt8]
    /// The HTTP status if the response stands alone.
    let status: HTTPResponse.Status
    let summary: MCPSummary

    init(message: [UInt8], status: HTTPResponse.Status = .ok, summary: MCPSummary) {
        self.message = message
        self.status = status
        self.summary = summary
    }

    init(_ request: RPCRequest, _ version: ProtocolVersion, result: [UInt8]) {
        self.init(message: RPCResponse.result(request.id, result), summary: MCPSummary(request, version))
    }

    init(refusing request: RPCRequest, _ error: RPCError, _ version: ProtocolVersion) {
        var summary = MCPSummary(request, version)
        summary.rpcErrorCode = Int(error.code.rawValue)
        self.init(message: RPCResponse.error(request.id, error), status: error.status, summary: summary)
    }

    func reply(to accepted: AcceptedTypes) -> MCPReply {
        // Statuses other than 200 belong to clients that look at them; an event stream is always 200 (T-06).
        guard status == .ok else {
            return MCPReply(status: status, headers: MCPReply.jsonHeaders, body: message, summary: summary)
        }
        return .message(message, to: accepted, summary)
    }
}

extension MCPSummary {
    /// What is known of a request that was classified as `version`, or refused before that.
    init(_ request: RPCRequest, _ version: ProtocolVersion?) {
        if let method = request.method { self.method = method.rawValue }
        protocolVersion = version
        era = version.map { $0.isModern ? .modern : .legacy }
        let info = request.method == .initialize ? request.params?["clientInfo"] : request.meta?[MetaKey.clientInfo]
        clientName = info?["name"]?.string?.quotable
        clientVersion = info?["version"]?.string?.quotable
    }
}
