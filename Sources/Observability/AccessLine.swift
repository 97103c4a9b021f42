internal import HTTPSyntax
package import Logging

/// The line `request answered`: what a request was, who made it and what became of it (docs/logging.md).
///
/// This is the one description of its fields; each form of the log takes them from here.
extension RequestContext {
    /// Hands `fields` everything that the line has, in the order of the keys.
    func describe(to fields: inout some LogFieldWriter) {
        let facts = facts
        let operation = facts.operation?.facts
        fields.add(.authentication, milliseconds: facts.authentication)
        if let kind = facts.caller?.kind { fields.add(.callerKind, word: kind) }
        fields.add(.clientCorrelation, clientCorrelationID)
        fields.add(.clientName, operation?.clientName)
        fields.add(.clientVersion, operation?.clientVersion)
        fields.add(.correlation, plain: correlationID.append)
        fields.add(.duration, milliseconds: facts.duration)
        if let caller = facts.caller {
            fields.add(.client, caller.clientID)
            fields.add(.object, word: caller.objectID)
            fields.add(.roles, caller.roles)
            fields.add(.tenant, word: caller.tenantID)
            fields.add(.tokenID, caller.tokenID)
        }
        fields.add(.error, operation?.failure.map { LogSafeText.visible($0.operatorMessage) })
        if let category = operation?.errorCategory { fields.add(.errorCategory, word: category.rawValue) }
        fields.add(.httpMethod, word: httpMethod.rawValue)
        fields.add(.httpRoute, word: route.rawValue)
        fields.add(.httpStatus, facts.status)
        if let operation { describe(operation, to: &fields) }
        if operation?.tool != nil {
            fields.add(.tokenTime, milliseconds: workspaceToken)
            fields.add(.queueTime, milliseconds: queue)
        }
        describe(facts.refused ?? operation?.refused, reason: facts.refusal, to: &fields)
        fields.add(.requestBytes, facts.requestBytes)
        fields.add(.responseBytes, facts.responseBytes)
        if facts.isStream { fields.add(.responseStream, word: "true") }
        if let trace {
            fields.add(.span, plain: trace.appendSpanID)
            fields.add(.trace, plain: trace.appendTraceID)
        }
        guard operation?.tool != nil else { return }
        fields.add(.upstreamCalls, upstreamCalls)
        fields.add(.upstreamTime, milliseconds: upstream)
    }

    private func describe(_ refused: RefusedField?, reason: String?, to fields: inout some LogFieldWriter) {
        if let refused { fields.add(.refusedField, refused.name) }
        if let reason { fields.add(.refusal, word: reason) }
        guard let refused else { return }
        if let setting = refused.setting { fields.add(.refusedSetting, word: setting) }
        fields.add(.refusedValue, refused.value)
    }

    private func describe(_ operation: MCPSummary.Facts, to fields: inout some LogFieldWriter) {
        if let era = operation.era { fields.add(.era, word: era) }
        fields.add(.mcpMethod, word: operation.method)
        fields.add(.outcome, word: operation.errorType ?? "ok")
        if let tool = operation.tool { fields.add(.tool, word: tool) }
        if let version = operation.version { fields.add(.version, word: version) }
    }

    /// Bytes of the line, roughly; for the bounds of the queue, which need no more.
    var weight: Int { 1_024 + (operation?.failure?.operatorMessage.utf8.count ?? 0) }
}

extension LogKey {
    fileprivate static let authentication = LogKey("auth.ms")
    fileprivate static let callerKind = LogKey("caller.kind")
    fileprivate static let clientCorrelation = LogKey("client.correlation.id")
    fileprivate static let clientName = LogKey("client.name")
    fileprivate static let clientVersion = LogKey("client.version")
    fileprivate static let correlation = LogKey("correlation.id")
    fileprivate static let duration = LogKey("duration.ms")
    fileprivate static let client = LogKey("entra.azp")
    fileprivate static let object = LogKey("entra.oid")
    fileprivate static let roles = LogKey("entra.roles")
    fileprivate static let tenant = LogKey("entra.tid")
    fileprivate static let tokenID = LogKey("entra.uti")
    fileprivate static let error = LogKey("error")
    fileprivate static let errorCategory = LogKey("error.category")
    fileprivate static let httpMethod = LogKey("http.method")
    fileprivate static let httpRoute = LogKey("http.route")
    fileprivate static let httpStatus = LogKey("http.status")
    fileprivate static let era = LogKey("mcp.era")
    fileprivate static let mcpMethod = LogKey("mcp.method")
    fileprivate static let outcome = LogKey("mcp.outcome")
    fileprivate static let tool = LogKey("mcp.tool")
    fileprivate static let version = LogKey("mcp.version")
    fileprivate static let tokenTime = LogKey("obo.ms")
    fileprivate static let queueTime = LogKey("queue.ms")
    fileprivate static let refusedField = LogKey("refusal.field")
    fileprivate static let refusal = LogKey("refusal.reason")
    fileprivate static let refusedSetting = LogKey("refusal.setting")
    fileprivate static let refusedValue = LogKey("refusal.value")
    fileprivate static let requestBytes = LogKey("request.bytes")
    fileprivate static let responseBytes = LogKey("response.bytes")
    fileprivate static let responseStream = LogKey("response.stream")
    fileprivate static let span = LogKey("span.id")
    fileprivate static let trace = LogKey("trace.id")
    fileprivate static let upstreamCalls = LogKey("upstream.calls")
    fileprivate static let upstreamTime = LogKey("upstream.ms")
}

/// Writes the access lines of the server, without the way through metadata that other records take.
package struct AccessLog: Sendable {
    private let queue: LogQueue
    private let levels: LogLevelControl

    /// - Parameters:
    ///   - queue: Takes the lines; each form of the log has them like any other record.
    ///   - levels: Whether they are wanted.
    package init(queue: LogQueue, levels: LogLevelControl) {
        self.queue = queue
        self.levels = levels
    }

    /// Queues the line of a request that was answered; nothing may be noted about it from here on.
    ///
    /// - Parameters:
    ///   - request: The record of the request.
    ///   - level: How much the line matters.
    ///   - file: Where in the source.
    ///   - function: Who logs.
    ///   - line: The line in `file`.
    package func write(
        _ request: RequestContext, level: Logger.Level, file: String = #fileID, function: String = #function,
        line: UInt = #line
    ) {
        guard level >= levels.minimum, levels.allow(level, from: "App") else { return }
        let record = LogRecord(
            time: WallClock.milliseconds(), level: level, message: "request answered", module: "App", request: request,
            file: file, function: function, line: line)
        queue.append(record.weight > LogRecord.maximumBytes / 2 ? record.bounded() : record)
    }
}
