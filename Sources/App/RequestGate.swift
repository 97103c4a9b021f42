internal import Auth
internal import HTTPServer
internal import HTTPTypes
internal import MCP
internal import MCPOverHTTP
internal import Metrics
internal import NIOConcurrencyHelpers
internal import Observability

/// Bounds the requests that are answered at once, and the bodies that are in memory, in all and for each caller
/// (H-01, H-05, R-07).
///
/// Nobody takes a place of all before the whole request is there: whoever sends slowly has places of their own only, and
/// whoever has not signed in has none. The lock is held for one dictionary operation.
final class RequestGate: Sendable {
    struct Limits: Sendable {
        /// Requests of everybody who has signed in that are being answered.
        var total = 1_024
        /// Requests of one caller, those included whose body is still on its way.
        var perCaller = 64
        /// Bytes of all bodies, from the permission to send them to the end of the answer.
        var bodyBytes = 16 << 20
        /// Bytes of one caller's bodies.
        var bodyBytesPerCaller = 2 << 20

        /// The last of the places are for callers who have none.
        var reserve: Int { total / 8 }
    }

    /// Who calls: the tenant and the object in it, of users and applications alike.
    struct CallerKey: Hashable, Sendable {
        let tenantID: GUID
        let objectID: GUID

        init(tenantID: GUID, objectID: GUID) { (self.tenantID, self.objectID) = (tenantID, objectID) }

        init(_ caller: AuthenticatedCaller) { self.init(tenantID: caller.tenantID, objectID: caller.objectID) }
    }

    /// What a caller, or a request of theirs, has of the gate.
    fileprivate struct Share: Sendable, Equatable {
        var requests = 0
        var running = 0
        var bodyBytes = 0

        static func - (left: Share, right: Share) -> Share {
            Share(
                requests: left.requests - right.requests, running: left.running - right.running,
                bodyBytes: left.bodyBytes - right.bodyBytes)
        }
    }

    /// The place of one request; free again when nothing holds it, which for a stream is at its end.
    final class Place: Sendable {
        private let gate: RequestGate
        private let key: CallerKey
        private let share = NIOLockedValueBox(Share(requests: 1))

        fileprivate init(_ gate: RequestGate, _ key: CallerKey) { (self.gate, self.key) = (gate, key) }

        /// Makes room for a body of this size, before it is read; once.
        ///
        /// - Throws: The answer when there is none: 503, or 429 where the caller's other bodies take it.
        func admitBody(of bytes: Int) throws(RequestRefusal) {
            try gate.admitBody(of: bytes, key)
            share.withLockedValue { $0.bodyBytes = bytes }
        }

        /// Gives back what a body was admitted for and did not take: of chunks, only their end tells how much they are.
        func settleBody(at bytes: Int) {
            let surplus = share.withLockedValue { share in
                let surplus = max(0, share.bodyBytes - bytes)
                share.bodyBytes -= surplus
                return surplus
            }
            if surplus > 0 { gate.leave(key, Share(bodyBytes: surplus)) }
        }

        /// Takes one of the places of all, when the whole request is there; once.
        ///
        /// - Throws: The answer when there is none: 503.
        func start() throws(RequestRefusal) {
            try gate.start(key)
            share.withLockedValue { $0.running = 1 }
        }

        deinit { gate.leave(key, share.withLockedValue { $0 }) }
    }

    private struct State {
        var isDraining = false
        var isClosed = false
        var running = 0
        var bodyBytes = 0
        var callers: [CallerKey: Share] = [:]
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

    /// Lets a request of whomever in, ahead of everything else.
    ///
    /// - Throws: The answer when the server is being stopped: 503.
    func enter() throws(RequestRefusal) {
        if state.withLockedValue({ $0.isClosed }) { throw turnAway(.closing) }
    }

    /// Takes one of the caller's own places, right after the token was accepted.
    ///
    /// - Throws: The answer when all are taken: 429.
    func enter(_ key: CallerKey) throws(RequestRefusal) -> Place {
        let hasEntered = state.withLockedValue { state in
            guard state.callers[key, default: Share()].requests < limits.perCaller else { return false }
            state.callers[key, default: Share()].requests += 1
            return true
        }
        guard hasEntered else { throw turnAway(.flooding) }
        return Place(self, key)
    }

    fileprivate func admitBody(of bytes: Int, _ key: CallerKey) throws(RequestRefusal) {
        let refusal = state.withLockedValue { state -> Refusal? in
            guard state.callers[key, default: Share()].bodyBytes + bytes <= limits.bodyBytesPerCaller else {
                return .callerBodies
            }
            guard state.bodyBytes + bytes <= limits.bodyBytes else { return .bodies }
            state.bodyBytes += bytes
            state.callers[key, default: Share()].bodyBytes += bytes
            return nil
        }
        if let refusal { throw turnAway(refusal) }
    }

    fileprivate func start(_ key: CallerKey) throws(RequestRefusal) {
        let hasStarted = state.withLockedValue { state in
            let isFirst = state.callers[key, default: Share()].running == 0
            guard state.running < (isFirst ? limits.total : limits.total - limits.reserve) else { return false }
            state.running += 1
            state.callers[key, default: Share()].running += 1
            return true
        }
        if !hasStarted { throw turnAway(.overloaded) }
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

    /// Bytes of all bodies.
    var bodyBytes: Int { state.withLockedValue { $0.bodyBytes } }

    fileprivate func leave(_ key: CallerKey, _ share: Share) {
        state.withLockedValue { state in
            state.running -= share.running
            state.bodyBytes -= share.bodyBytes
            let left = state.callers[key, default: share] - share
            state.callers[key] = left == Share() ? nil : left
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
        /// The bodies in memory are as large as they may be together.
        case bodies
        /// This caller's bodies are as large as one's may be together.
        case callerBodies = "caller_bodies"

        /// The answer; all of them are worth another try.
        var response: OutboundResponse {
            var (reply, seconds): (MCPReply, Int) =
                switch self {
                case .overloaded, .bodies:
                    (.refusal(.serviceUnavailable, "overloaded", "The server is busy; try again in a second"), 1)
                case .closing:
                    (.refusal(.serviceUnavailable, "shutting_down", "The server restarts; try again in 5 seconds"), 5)
                case .flooding, .callerBodies:
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
