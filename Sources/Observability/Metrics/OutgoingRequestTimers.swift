internal import CoreMetrics
internal import NIOConcurrencyHelpers

/// The timers of requests to one other service, made once for each way a request can end.
///
/// At most two methods times the known statuses and a dozen kinds of failure. Whoever sends a request measures it once,
/// for this and for whatever else is counted of it.
package final class OutgoingRequestTimers: Sendable {
    private struct Key: Hashable {
        let method: String
        /// 0 when there was no answer.
        let status: Int
        let failure: String?
    }

    private static let otherStatus = -1

    private let peer: String
    private let timers = NIOLockedValueBox<[Key: Timer]>([:])

    /// - Parameter peer: Who is called: one of a closed set (E-166).
    package init(peer: String) { self.peer = peer }

    /// Records a request that was answered.
    ///
    /// - Parameters:
    ///   - method: `GET` or `POST`.
    ///   - status: The status of the answer.
    ///   - duration: How long it took, connecting included.
    package func record(_ method: String, status: Int, after duration: Duration) {
        // Whatever else a server invents is one label.
        let status = MetricCatalogue.clientStatuses.contains(status) ? status : Self.otherStatus
        record(Key(method: method, status: status, failure: nil), after: duration)
    }

    /// Records a request that was not answered, and why: one of a closed set.
    package func record(_ method: String, failure: String, after duration: Duration) {
        record(Key(method: method, status: 0, failure: failure), after: duration)
    }

    private func record(_ key: Key, after duration: Duration) {
        let timer = timers.withLockedValue { timers in
            if let timer = timers[key] { return timer }
            let timer = Timer(label: MetricNames.httpClientRequestDuration, dimensions: labels(of: key))
            timers[key] = timer
            return timer
        }
        timer.recordNanoseconds(duration.wholeNanoseconds)
    }

    private func labels(of key: Key) -> [(String, String)] {
        let status =
            switch key.status {
            case 0: ""
            case Self.otherStatus: "_OTHER"
            default: "\(key.status)"
            }
        let error = key.failure ?? ((1..<400).contains(key.status) ? "" : status)
        return [
            ("peer", peer), ("http_request_method", key.method),
            ("http_response_status_code", status), ("error_type", error),
        ]
    }
}
