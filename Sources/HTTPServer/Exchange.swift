internal import NIOConcurrencyHelpers
internal import NIOCore

/// One request and its answer, as the request's task sees them: what it asks for happens on the connection's event loop.
final class Exchange: Sendable {
    /// What becomes of the connection after the answer.
    enum Ending: Sendable {
        /// The next request is served.
        case open
        /// The connection ends once what has come by then is answered.
        case lastForNow
        /// The connection ends.
        case last
        /// The connection is cut off.
        case cut
    }

    private struct State {
        var isClientGone: Bool
        var onLeave: (@Sendable () -> Void)?
        var isBodyPermitted = false
    }

    private let eventLoop: any EventLoop
    private let handler: NIOLoopBound<ConnectionHandler>
    private let state: NIOLockedValueBox<State>

    /// - Parameters:
    ///   - handler: The connection's; used on its event loop only.
    ///   - eventLoop: Of the connection, which calls this.
    ///   - isClientGone: Whether the client had closed its half of the connection before this request's turn came.
    init(_ handler: ConnectionHandler, on eventLoop: any EventLoop, isClientGone: Bool) {
        self.eventLoop = eventLoop
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
        state = NIOLockedValueBox(State(isClientGone: isClientGone))
    }

    /// Waits for the whole body.
    ///
    /// - Parameters:
    ///   - maximumBytes: The limit.
    ///   - isPermitting: Whether the client is told to send it.
    /// - Returns: The body.
    /// - Throws: ``BodyFailure``; at the latest when the time for a request to arrive is over.
    func body(upTo maximumBytes: Int, permitting isPermitting: Bool) async throws(BodyFailure) -> ByteBuffer {
        if isPermitting { state.withLockedValue { $0.isBodyPermitted = true } }
        let result = await withCheckedContinuation { continuation in
            let reader = IncomingBody.Reader(maximumBytes: maximumBytes, continuation: continuation)
            eventLoop.execute { self.handler.value.read(reader, permitting: isPermitting, for: self) }
        }
        return try result.get()
    }

    /// Whether the client was told to send the body.
    var isBodyPermitted: Bool { state.withLockedValue { $0.isBodyPermitted } }

    /// Sends `bytes` behind what was sent before.
    func send(_ bytes: ByteBuffer) {
        eventLoop.execute { self.handler.value.send(bytes, for: self) }
    }

    /// Sends `bytes` and waits until the system has taken them, which for a client that does not read takes as long as
    /// the connection's patience.
    ///
    /// - Returns: Whether it has; otherwise nothing more can be sent.
    func deliver(_ bytes: ByteBuffer) async -> Bool {
        await withCheckedContinuation { continuation in
            eventLoop.execute { self.handler.value.deliver(bytes, continuation, for: self) }
        }
    }

    /// The last call: sends `bytes`, after which the task does nothing more.
    func finish(_ ending: Ending, sending bytes: ByteBuffer = ByteBuffer()) {
        state.withLockedValue { $0.onLeave = nil }
        eventLoop.execute { self.handler.value.finish(bytes, ending, for: self) }
    }

    /// Has `action` run when the client leaves, at once when it has left.
    func whenClientLeaves(_ action: @escaping @Sendable () -> Void) {
        let isGone = state.withLockedValue { state in
            if !state.isClientGone { state.onLeave = action }
            return state.isClientGone
        }
        if isGone { action() }
    }

    /// The client has closed the connection or its half of it.
    func clientLeft() {
        let action = state.withLockedValue { state in
            state.isClientGone = true
            defer { state.onLeave = nil }
            return state.onLeave
        }
        action?()
    }
}
