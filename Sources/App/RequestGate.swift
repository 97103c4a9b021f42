internal import Auth
internal import HTTPServer
internal import HTTPTypes
internal import MCP
internal import MCPOverHTTP
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability

/// Bounds the requests that are answered at once, in all and for each caller (H-01, H-05, R-07).
///
/// The lock is held for one dictionary operation.
final class RequestGate: Sendable {
    struct Limits: Sendable {
        /// Requests to `/mcp` of everybody, those without a token included.
        var total = 1_024
        /// Requests of one caller.
        var perCaller = 64
    }

    /// Who calls: the tenant and the object in it, of users and applications alike.
    struct CallerKey: Hashable, Sendable {
        let tenantID: GUID
        let objectID: GUID

        init(_ caller: AuthenticatedCaller) {
            tenantID = caller.tenantID
            objectID = caller.objectID
        }
    }

    /// The place of one request among all, and among its caller's once that is known; free again when nothing holds it,
    /// which for a stream is at its end.
    final class Place: Sendable {
        private let gate: RequestGate
        private let caller = NIOLockedValueBox<CallerKey?>(nil)

        fileprivate init(_ gate: RequestGate) { self.gate = gate }

        fileprivate func belong(to key: CallerKey) { caller.withLockedValue { $0 = key } }

        deinit { gate.leave(caller.withLockedValue { $0 }) }
    }

    private struct State {
        var isDraining = false
        var isClosed = false
        var total = 0
        var perCaller: [CallerKey: Int] = [:]
    }

    private let limits: Limits
    private let state = NIOLockedValueBox(State())
    private let shed: [Refusal: Counter]

    init(_ limits: Limits = Limits()) {
        self.limits = limits
        shed = Dictionary(
            uniqueKeysWithValues: Refusal.allCases.map {
                ($0, Counter(label: MetricNames.httpShedRequests, dimensions: [("reason", $0.rawValue)]))
            })
    }

    /// Takes a place for a request of whomever, ahead of everything else.
    ///
    /// - Throws: The answer when there is none: 503.
    func enter() throws(RequestRefusal) -> Place {
        let refusal = state.withLockedValue { state -> Refusal? in
            if state.isClosed { return .closing }
            guard state.total < limits.total else { return .overloaded }
            state.total += 1
            return nil
        }
        if let refusal { throw turnAway(refusal) }
        return Place(self)
    }

    /// Makes it one of the caller's own places, right after the token was accepted.
    ///
    /// - Throws: The answer when all are taken: 429.
    func enter(_ caller: AuthenticatedCaller, _ place: Place) throws(RequestRefusal) {
        let key = CallerKey(caller)
        let hasEntered = state.withLockedValue { state in
            let count = state.perCaller[key, default: 0]
            guard count < limits.perCaller else { return false }
            state.perCaller[key] = count + 1
            return true
        }
        guard hasEntered else { throw turnAway(.flooding) }
        place.belong(to: key)
    }

    private func turnAway(_ refusal: Refusal) -> RequestRefusal {
        shed[refusal]?.increment()
        return RequestRefusal(refusal)
    }

    /// The server is about to be stopped: who still comes is let in, and told to come by another connection next time.
    func drain() { state.withLockedValue { $0.isDraining = true } }

    /// The server is being stopped: nobody enters any more.
    func close() {
        state.withLockedValue { state in
            state.isDraining = true
            state.isClosed = true
        }
    }

    /// Whether connections end with the response that is being sent.
    var isDraining: Bool { state.withLockedValue { $0.isDraining } }

    private func leave(_ caller: CallerKey?) {
        state.withLockedValue { state in
            state.total -= 1
            guard let caller else { return }
            let count = state.perCaller[caller, default: 1] - 1
            state.perCaller[caller] = count > 0 ? count : nil
        }
    }
}

extension RequestGate {
    /// Why there is no place; a label of ``MetricNames/httpShedRequests``.
    enum Refusal: String, Error, CaseIterable {
        /// As many requests are being answered as the server takes on.
        case overloaded
        /// The server is being stopped.
        case closing
        /// As many requests of this caller are being answered as one may have.
        case flooding

        /// The answer; all three are worth another try.
        var response: OutboundResponse {
            var (reply, seconds): (MCPReply, Int) =
                switch self {
                case .overloaded:
                    (.refusal(.serviceUnavailable, "overloaded", "The server is busy; try again in a second"), 1)
                case .closing:
                    (.refusal(.serviceUnavailable, "shutting_down", "The server restarts; try again in 5 seconds"), 5)
                case .flooding:
                    (
                        .refusal(
                            .tooManyRequests, "too_many_requests",
                            "Too many calls of yours are running; wait for one to end"), 1
                    )
                }
            reply.headers[.retryAfter] = "\(seconds)"
            return OutboundResponse(reply)
        }
    }
}
