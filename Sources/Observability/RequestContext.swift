package import Logging
internal import NIOConcurrencyHelpers
internal import Synchronization

/// The one record of a request: made when it comes, bound once for everything that works for it, and filled in by
/// whoever knows something; the access line, the span and the metrics are written from it when it is over.
///
/// Locks are held for one assignment or one copy.
package final class RequestContext: Sendable {
    /// Names the request in logs, errors, Entra ID and Databricks (K-20).
    package let correlationID: CorrelationID
    /// The client's own request id when it was not a UUID: visible ASCII, at most 128 characters (K-20).
    package let clientCorrelationID: String?
    /// What a background activity does, such as `jwks.refresh`; `nil` for requests.
    package let activity: String?
    /// Where the request went; a label.
    package let route: Route
    /// How it was made; a label.
    package let httpMethod: MethodLabel
    /// When it came.
    package let start: ContinuousClock.Instant
    /// Where it stands in its trace, kept or not; `nil` for work that has no ids, such as an answer to a probe.
    package let trace: TraceContext?

    private let state = NIOLockedValueBox(RequestFacts())
    private let tokenNanoseconds = Atomic<Int64>(0)
    private let queueNanoseconds = Atomic<Int64>(0)
    private let upstreamNanoseconds = Atomic<Int64>(0)
    private let calls = Atomic<Int>(0)

    /// The record of the running task's request, or `nil` outside any request.
    @TaskLocal package static var current: RequestContext?

    /// Begins the record of one inbound request.
    package init(
        correlationID: CorrelationID, clientCorrelationID: String? = nil, route: Route = .unknown,
        httpMethod: MethodLabel = .other, trace: TraceContext? = nil, activity: String? = nil
    ) {
        self.correlationID = correlationID
        self.clientCorrelationID = clientCorrelationID
        self.route = route
        self.httpMethod = httpMethod
        self.trace = trace
        self.activity = activity
        start = .now
    }

    /// The context of work that no single request owns, such as a key refresh.
    ///
    /// - Parameter activity: What the work is, for the log: `jwks.refresh`.
    /// - Returns: A context with an identifier of its own.
    package static func background(_ activity: String) -> RequestContext {
        RequestContext(correlationID: CorrelationID(), activity: activity)
    }

    /// What was found out so far.
    package var facts: RequestFacts { state.withLockedValue { $0 } }

    /// Adds what somebody has found out.
    package func note(_ change: (inout RequestFacts) -> Void) { state.withLockedValue(change) }

    /// The caller's directory object id (`oid`, E-15), once the token was accepted.
    package var principalID: String? { state.withLockedValue { $0.caller?.objectID } }

    /// The MCP method, one of the known names, once the message was read.
    package var method: String? { operation?.method }

    /// The MCP tool being called: one of the registered names, so it is safe as a metric label.
    package var tool: String? { operation?.tool }

    /// The operation that is under way.
    var operation: MCPSummary? { state.withLockedValue { $0.operation } }

    // MARK: Where the time goes

    /// Time the request has waited for a token for the workspace, from a cache or fresh.
    package var workspaceToken: Duration { .nanoseconds(tokenNanoseconds.load(ordering: .relaxed)) }
    /// Time it has waited until it might call the workspace: for a slot, or for the end of a pause.
    package var queue: Duration { .nanoseconds(queueNanoseconds.load(ordering: .relaxed)) }
    /// Time it has spent in calls to the workspace, without the wait for a free slot; calls side by side add up.
    package var upstream: Duration { .nanoseconds(upstreamNanoseconds.load(ordering: .relaxed)) }
    /// How many calls those were, repetitions included.
    package var upstreamCalls: Int { calls.load(ordering: .relaxed) }

    /// Adds a wait for a workspace token.
    package func addWorkspaceToken(_ duration: Duration) {
        tokenNanoseconds.wrappingAdd(duration.wholeNanoseconds, ordering: .relaxed)
    }

    /// Adds a wait before a call to the workspace.
    package func addQueue(_ duration: Duration) {
        queueNanoseconds.wrappingAdd(duration.wholeNanoseconds, ordering: .relaxed)
    }

    /// Adds one call to the workspace.
    package func addUpstreamCall(_ duration: Duration) {
        upstreamNanoseconds.wrappingAdd(duration.wholeNanoseconds, ordering: .relaxed)
        calls.wrappingAdd(1, ordering: .relaxed)
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
        if let trace = TraceContext.current(in: context) {
            metadata["trace.id"] = "\(trace.traceID)"
            metadata["span.id"] = "\(trace.spanID)"
        }
        if let id = context.clientCorrelationID { metadata["client.correlation.id"] = "\(id)" }
        if let activity = context.activity { metadata["activity"] = "\(activity)" }
        let facts = context.facts
        if let operation = facts.operation?.facts, let tool = operation.tool {
            metadata["mcp.method"] = "\(operation.method)"
            metadata["mcp.tool"] = "\(tool)"
        }
        if let principal = facts.caller?.objectID { metadata["entra.oid"] = "\(principal)" }
        return metadata
    }
}
