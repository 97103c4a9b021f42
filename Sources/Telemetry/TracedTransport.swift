package import HTTPTransport
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability

/// A transport that makes a client span of every attempt, sends the trace on, and measures.
package struct TracedTransport: HTTPSending {
    /// Who is called: a closed set, the metric label (E-166).
    ///
    /// Host names are never labels.
    package enum Peer: String, Sendable, CaseIterable {
        /// Entra ID: token endpoint, keys, metadata.
        case entra
        /// The workspace.
        case databricks
        /// The platform's identity endpoint.
        case identity
        /// The collector of our spans.
        case telemetry

        /// Exports are no part of any trace: each would cause the next.
        fileprivate var isTraced: Bool { self != .telemetry }
        /// Both tolerate `traceparent` (D-17); the identity endpoint gets what its documentation names and no more.
        fileprivate var continuesTraces: Bool { self == .entra || self == .databricks }
    }

    private let peer: Peer
    private let base: any HTTPSending
    private let timers: ClientTimers

    /// - Parameters:
    ///   - peer: Who is called through it.
    ///   - base: What sends.
    package init(peer: Peer, _ base: any HTTPSending) {
        self.peer = peer
        self.base = base
        timers = ClientTimers(peer: peer.rawValue)
    }

    /// Sends `request` once, as ``HTTPSending`` says.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let span =
            peer.isTraced
            ? WorkSpan.start("\(request.method.rawValue) \(request.pathTemplate)", kind: .client) : .unrecorded
        defer { span.end() }
        span.annotate([
            "peer.service": .text(peer.rawValue), "http.request.method": .text(request.method.rawValue),
            "server.address": .text(request.address.host), "server.port": request.address.port.map { .number($0) },
            "url.template": .text(request.pathTemplate),
            "http.request.resend_count": request.resendCount > 0 ? .number(request.resendCount) : nil,
        ])
        let start = ContinuousClock.now
        do throws(TransportError) {
            let response = try await base.send(traced(request, span))
            timers.record(request.method, status: response.status, since: start)
            describe(response, in: span)
            return response
        } catch {
            timers.record(request.method, failure: error.kind, since: start)
            span.fail(error.kind.rawValue)
            throw error
        }
    }

    /// W3C Trace Context, and nothing of `baggage`: what a caller's systems tell each other is not for these services.
    private func traced(_ request: HTTPRequest, _ span: WorkSpan) -> HTTPRequest {
        // A dropped span has no ids; the request gets some all the same, so that it can be told from its repetition.
        guard peer.continuesTraces, let trace = span.trace ?? TraceContext.current?.child() else { return request }
        var request = request
        request.headers.append("traceparent", trace.traceparent)
        if let state = trace.state { request.headers.append("tracestate", state) }
        return request
    }

    private func describe(_ response: HTTPResponse, in span: WorkSpan) {
        guard span.isRecording else { return }
        let requestID = peer == .entra ? response.headers["x-ms-request-id"] : nil
        span.annotate([
            "http.response.status_code": .number(response.status),
            // The request id of the sign-in log (E-106).
            "entra.request_id": requestID.map { .text(LogSafeText.clean($0, limit: 64)) },
        ])
        if response.status >= 400 { span.fail(String(response.status)) }
    }
}

/// The timers of one peer, made once for each way a request can end.
///
/// At most two methods times the known statuses and a dozen kinds of failure.
private final class ClientTimers: Sendable {
    private struct Key: Hashable {
        let method: HTTPRequest.Method
        let status: Int
        let failure: TransportError.Kind?
    }

    private static let otherStatus = -1

    private let peer: String
    private let timers = NIOLockedValueBox<[Key: Timer]>([:])

    init(peer: String) { self.peer = peer }

    func record(_ method: HTTPRequest.Method, status: Int, since start: ContinuousClock.Instant) {
        // Whatever else a server invents is one label.
        let status = MetricCatalogue.clientStatuses.contains(status) ? status : Self.otherStatus
        record(Key(method: method, status: status, failure: nil), since: start)
    }

    func record(_ method: HTTPRequest.Method, failure: TransportError.Kind, since start: ContinuousClock.Instant) {
        record(Key(method: method, status: 0, failure: failure), since: start)
    }

    private func record(_ key: Key, since start: ContinuousClock.Instant) {
        let duration = ContinuousClock.now - start
        let timer = timers.withLockedValue { timers in
            if let timer = timers[key] { return timer }
            let timer = Timer(label: MetricNames.httpClientRequestDuration, dimensions: labels(of: key))
            timers[key] = timer
            return timer
        }
        timer.record(duration: duration)
    }

    private func labels(of key: Key) -> [(String, String)] {
        let status =
            switch key.status {
            case 0: ""
            case Self.otherStatus: "_OTHER"
            default: "\(key.status)"
            }
        let error = key.failure?.rawValue ?? ((1..<400).contains(key.status) ? "" : status)
        return [
            ("peer", peer), ("http_request_method", key.method.rawValue),
            ("http_response_status_code", status), ("error_type", error),
        ]
    }
}
