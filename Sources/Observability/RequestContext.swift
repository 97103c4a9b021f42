package import Logging

/// What every layer may know about the request it is working for.
package struct RequestContext: Sendable {
    /// Names the request in logs, errors, Entra ID and Databricks (K-20).
    package let correlationID: CorrelationID
    /// The client's own request id when it was not a UUID: visible ASCII, at most 128 characters (K-20).
    package var clientCorrelationID: String?
    /// The MCP method, one of the known names.
    package var method: String?
    /// What a background activity does, such as `jwks.refresh`; `nil` for requests.
    package private(set) var activity: String?
    /// The MCP tool being called: one of the registered names, so it is safe as a metric label.
    package var tool: String?
    /// The caller's directory object id (`oid`, E-15), once the token was accepted.
    package var principalID: String?
    /// Where the request's time goes.
    package let phases = RequestPhases()

    /// The context of the running task, or `nil` outside any request.
    @TaskLocal package static var current: RequestContext?

    /// Creates the context of one inbound request.
    package init(correlationID: CorrelationID, clientCorrelationID: String? = nil) {
        self.correlationID = correlationID
        self.clientCorrelationID = clientCorrelationID
    }

    /// The context of work that no single request owns, such as a key refresh.
    ///
    /// - Parameter activity: What the work is, for the log: `jwks.refresh`.
    /// - Returns: A context with an identifier of its own.
    package static func background(_ activity: String) -> RequestContext {
        var context = RequestContext(correlationID: CorrelationID())
        context.activity = activity
        return context
    }
}

/// Runs `operation` with `context` as ``RequestContext/current`` for it and its child tasks.
package func withRequestContext<Success, Failure: Error>(
    _ context: RequestContext,
    _ operation: () async throws(Failure) -> Success
) async throws(Failure) -> Success {
    // `withValue` rethrows untyped, so the outcome travels as a value and keeps its error type.
    let outcome: Result<Success, Failure> = await RequestContext.$current.withValue(context) {
        do throws(Failure) { return .success(try await operation()) } catch { return .failure(error) }
    }
    return try outcome.get()
}

extension Logger.MetadataProvider {
    /// Adds the current request's identity to every record, read when the record is emitted.
    package static let requestContext = Logger.MetadataProvider {
        guard let context = RequestContext.current else { return [:] }
        var metadata: Logger.Metadata = ["correlation.id": "\(context.correlationID)"]
        if let trace = TraceContext.current {
            metadata["trace.id"] = "\(trace.traceID)"
            metadata["span.id"] = "\(trace.spanID)"
        }
        if let id = context.clientCorrelationID { metadata["client.correlation.id"] = "\(id)" }
        if let method = context.method { metadata["mcp.method"] = "\(method)" }
        if let activity = context.activity { metadata["activity"] = "\(activity)" }
        if let tool = context.tool { metadata["mcp.tool"] = "\(tool)" }
        if let principal = context.principalID { metadata["entra.oid"] = "\(principal)" }
        return metadata
    }
}
