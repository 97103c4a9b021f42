internal import HTTPSyntax
internal import NIOConcurrencyHelpers
internal import Observability

/// What has become of the requests to `/mcp` so far, in the few figures that an operator sees in `systemctl status`.
final class RequestTally: Sendable {
    /// A state of the counters.
    struct Counts: Sendable, Equatable {
        /// Requests that have arrived.
        var arrived = 0
        /// Requests that are being answered.
        var inFlight = 0
        /// Requests that were answered 401, 403, 429 or 503: their sender's fault, or too many.
        var refused = 0
        /// Requests that were answered with another 5xx, or whose tool reports a failure.
        var failed = 0
        /// The newest of those.
        var lastFailure: Failure?
    }

    /// A request that failed, named by values of closed lists and the identifier to look for.
    struct Failure: Sendable, Equatable {
        /// Milliseconds since 1970-01-01T00:00:00Z.
        let time: Int64
        let tool: String?
        /// `ErrorDetails.Category`, or the HTTP status.
        let kind: String
        let correlationID: CorrelationID?

        /// `10:11:12Z get_run unavailable (CORRELATION_ID=...)`.
        var text: String {
            let clock = RFC3339.text(milliseconds: time, fraction: false).dropFirst(11)
            let words = [String(clock), tool, kind, correlationID.map { "(CORRELATION_ID=\($0))" }]
            return words.compactMap(\.self).joined(separator: " ")
        }
    }

    private let counts = NIOLockedValueBox(Counts())

    /// The present state.
    var current: Counts { counts.withLockedValue { $0 } }

    func begin() {
        counts.withLockedValue { counts in
            counts.arrived += 1
            counts.inFlight += 1
        }
    }

    func end(_ record: RequestContext, _ facts: RequestFacts) {
        let (isRefused, failure) = Self.judge(record, facts)
        counts.withLockedValue { counts in
            counts.inFlight -= 1
            if isRefused { counts.refused += 1 }
            guard let failure else { return }
            counts.failed += 1
            counts.lastFailure = failure
        }
    }

    private static func judge(
        _ record: RequestContext, _ facts: RequestFacts
    ) -> (isRefused: Bool, failure: Failure?) {
        if [401, 403, 429, 503].contains(facts.status) { return (true, nil) }
        let operation = facts.operation?.facts
        let category = operation?.isToolError == true ? operation?.errorCategory?.rawValue ?? "failed" : nil
        guard let kind = category ?? (facts.status >= 500 ? "HTTP \(facts.status)" : nil) else { return (false, nil) }
        return (
            false,
            Failure(
                time: WallClock.milliseconds(), tool: operation?.tool, kind: kind, correlationID: record.correlationID)
        )
    }
}
