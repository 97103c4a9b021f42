internal import Auth
internal import HTTPServer
internal import HTTPTypes
internal import Logging
internal import MCP
internal import MCPOverHTTP
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability

/// Answers what came in place of a request: no route has seen it, so that its answer, its record and its measure are made
/// here.
///
/// Whoever can connect decides how often that is: of each reason, 10 records a minute are written, then their number.
/// The lock is held for one dictionary operation.
final class UnreadableRequests: Sendable {
    private let logger: Logger
    private let bursts = NIOLockedValueBox(BurstLimit<UnreadableRequest.Reason>())
    private let counters: [UnreadableRequest.Reason: Counter]

    init(logger: Logger) {
        self.logger = logger
        counters = Dictionary(
            uniqueKeysWithValues: UnreadableRequest.Reason.allCases.map {
                ($0, Counter(label: MetricNames.httpUnreadableRequests, dimensions: [("reason", $0.rawValue)]))
            })
    }

    /// The answer; the connection ends after it.
    func answer(_ request: UnreadableRequest, on listener: String) -> OutboundResponse {
        let reason = request.reason
        let identity = RequestIdentity(of: request.headers)
        counters[reason]?.increment()
        log(request, identity, listener)
        var response = OutboundResponse(.refusal(request.status, reason.rawValue, request.explanation))
        response.headers[.correlationID] = identity.correlationID.description
        return response
    }

    private func log(_ request: UnreadableRequest, _ identity: RequestIdentity, _ listener: String) {
        guard case .log(let suppressed) = bursts.withLockedValue({ $0.admit(request.reason, at: .now) }) else { return }
        var metadata: Logger.Metadata = [
            "correlation.id": "\(identity.correlationID)", "listener": "\(listener)",
            "http.status": "\(request.status.code)", "refusal.reason": "\(request.reason.rawValue)",
            "problem": "\(request.explanation)",
        ]
        if let id = identity.clientCorrelationID { metadata["client.correlation.id"] = "\(id)" }
        if suppressed > 0 { metadata["log.suppressed"] = "\(suppressed)" }
        logger.info("request could not be read", metadata: metadata)
    }
}
