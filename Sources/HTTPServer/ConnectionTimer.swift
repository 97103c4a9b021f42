internal import NIOCore

/// The one timer of a connection: what it waits for changes with each request, the timer itself only when it would come
/// too late.
///
/// Used on its event loop only.
struct ConnectionTimer {
    /// What a connection waits for.
    enum Wait {
        /// Nothing of the network.
        case nothing
        /// The next request.
        case request
        /// The rest of a head.
        case head
        /// The rest of a body.
        case body
        /// The client to take what it is sent.
        case delivery
        /// The client to close an ended connection.
        case farewell
    }

    private(set) var wait = Wait.nothing
    private var deadline = NIODeadline.distantFuture
    private var scheduled: (deadline: NIODeadline, timer: Scheduled<Void>)?

    /// From now on the connection waits for `wait`, for as long as `limit`; what it waits for already it goes on to.
    mutating func await(_ wait: Wait, _ limit: TimeAmount) {
        guard wait != self.wait else { return }
        self.wait = wait
        deadline = wait == .nothing ? .distantFuture : .now() + limit
    }

    /// The present wait begins anew.
    mutating func extend(by limit: TimeAmount) { deadline = .now() + limit }

    /// Sets the timer, unless one is set that comes no later.
    mutating func arm(on eventLoop: any EventLoop, _ fire: @escaping () -> Void) {
        guard deadline < scheduled?.deadline ?? .distantFuture else { return }
        scheduled?.timer.cancel()
        scheduled = (deadline, eventLoop.assumeIsolated().scheduleTask(deadline: deadline, fire))
    }

    /// The timer has fired.
    ///
    /// - Returns: What was waited for too long, `nil` when there is time left.
    mutating func fired() -> Wait? {
        scheduled = nil
        return NIODeadline.now() < deadline ? nil : wait
    }

    /// Ends the timer.
    mutating func cancel() {
        scheduled?.timer.cancel()
        scheduled = nil
        deadline = .distantFuture
    }
}
