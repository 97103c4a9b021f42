package import HTTPTransport
internal import Observability

/// A transport that makes a client span of every attempt, sends the trace on, and times requests of all but one peer.
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
        /// The workspace's client times its attempts itself, for the endpoint and the access line as well.
        fileprivate var isMeasured: Bool { self != .databricks }
        /// Both tolerate `traceparent` (D-17); the identity endpoint gets what its documentation names and no more.
        fileprivate var continuesTraces: Bool { self == .entra || self == .databricks }
    }

    private let peer: Peer
    private let base: any HTTPSending
    private let timers: OutgoingRequestTimers?

    /// - Parameters:
    ///   - peer: Who is called through it.
    ///   - base: What sends.
    package init(peer: Peer, _ base: any HTTPSending) {
        self.peer = peer
        self.base = base
        timers = peer.isMeasured ? OutgoingRequestTimers(peer: peer.rawValue) : nil
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
        let start = timers == nil ? nil : ContinuousClock.now
        do throws(TransportError) {
            let response = try await base.send(traced(request, span))
            if let start {
                timers?.record(request.method.rawValue, status: response.status, after: ContinuousClock.now - start)
            }
            describe(response, in: span)
            return response
        } catch {
            if let start {
                let elapsed = ContinuousClock.now - start
                timers?.record(request.method.rawValue, failure: error.kind.rawValue, after: elapsed)
            }
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
