internal import NIOCore
internal import NIOHTTP1

/// One connection: parts of requests in, bytes of answers out.
///
/// Requests are answered one after the other, each by one task. What comes behind the one that is being answered waits,
/// and as soon as something does, nothing more is read from the socket. Used on its event loop only.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// What has been parsed.
    enum Input {
        case part(HTTPServerRequestPart)
        case unreadable(UnreadableRequest)
    }

    /// The request whose turn it is.
    struct Turn {
        let head: HTTPRequestHead
        let exchange: Exchange
        var body = IncomingBody()
        /// Its task, from its start to its last call.
        var task: Task<Void, Never>?
        /// What becomes of the connection, as the task's last call said.
        var ending: Exchange.Ending?
    }

    let configuration: HTTPListener.Configuration
    private let connections: OpenConnections
    private let decoder: MeteredDecoder
    private let responder: HTTPListener.Responder
    private let executor: (any TaskExecutor)?
    /// `nil` when the connection is closed.
    private(set) var context: ChannelHandlerContext?
    /// `nil` when nothing of the connection is left.
    private var channel: (any Channel)?
    var turn: Turn?
    var queue = CircularBuffer<Input>(initialCapacity: 2)
    var isHeadArriving = false
    /// A head has come: whoever has sent one may take time until the next.
    var hasServed = false
    /// The client has closed its half.
    private(set) var isInputClosed = false
    /// The connection ends once what has come is answered.
    var endsSoon = false
    /// Nothing more is answered.
    var isEnding = false
    /// All that was written has gone out, and nothing more will be.
    var isSent = false
    /// A task waits until the client has taken something.
    var isDelivering = false
    var timer = ConnectionTimer()
    /// Bytes that the client had not taken when it was last looked at.
    var undelivered = 0
    /// Bytes of the body that had come when it was last looked at.
    var arrived = 0
    /// When the body must have come.
    var bodyDeadline = NIODeadline.distantFuture
    private var isReadHeld = false
    private var hasSeenPart = false

    init(
        _ configuration: HTTPListener.Configuration, _ connections: OpenConnections, _ decoder: MeteredDecoder,
        _ responder: @escaping HTTPListener.Responder
    ) {
        self.configuration = configuration
        self.connections = connections
        self.decoder = decoder
        self.responder = responder
        executor = configuration.executor()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        channel = context.channel
        if connections.add(context.channel) != nil { endsSoon = true }
    }

    func channelActive(context: ChannelHandlerContext) { proceed() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        hasSeenPart = true
        decoder.passPart()
        receive(.part(unwrapInboundIn(data)))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // Bytes that were no part yet are the beginning of a head.
        isHeadArriving = isHeadArriving || !hasSeenPart && turn == nil && queue.isEmpty && !isInputClosed
        hasSeenPart = false
        proceed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let unreadable as UnreadableRequest: receive(.unreadable(unreadable))
        // Of the connection itself: it is closed, or about to be.
        case is IOError, is ChannelError: return context.close(promise: nil)
        case is MeteredDecoder.Crowded:
            configuration.quota.refuse()
            return context.close(promise: nil)
        default: receive(.unreadable(UnreadableRequest(UnreadableBytes([]).reason(of: error))))
        }
        proceed()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            isInputClosed = true
            turn?.exchange.clientLeft()
            proceed()
        case ShutdownEvent.quiesce:
            endsSoon = true
            proceed()
        case ShutdownEvent.stop:
            turn?.task?.cancel()
            context.close(promise: nil)
        default: break
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { proceed() }

    func channelInactive(context: ChannelHandlerContext) { closed() }

    func handlerRemoved(context: ChannelHandlerContext) { closed() }

    private func closed() {
        context = nil
        timer.cancel()
        queue.removeAll()
        turn?.exchange.clientLeft()
        turn?.body.fail(.broken)
        leaveIfOver()
    }

    /// Reads on while there is room for what may come.
    func read(context: ChannelHandlerContext) {
        isReadHeld = !hasRoom
        if hasRoom { context.read() }
    }

    private var hasRoom: Bool { isEnding || queue.isEmpty && turn?.body.isHeldBack != true }

    /// Reads on if that was held back and there is room now.
    func readOn() {
        guard isReadHeld, hasRoom else { return }
        isReadHeld = false
        context?.read()
    }

    /// Starts the task of the request whose turn it is, with its body if all of that is there.
    ///
    /// The one task without a parent: it begins where NIO calls, and nothing async is above it. The handler keeps it until
    /// its last call, `HTTPListener.run()` waits for that and passes its own cancellation on.
    func startTask() {
        guard let turn, turn.task == nil, turn.ending == nil else { return }
        let body = self.turn?.body.takeWhole()
        let (head, exchange) = (turn.head, turn.exchange)
        self.turn?.task = Task(executorPreference: executor) {
            [responder, refusal = configuration.refusal, limit = configuration.limits.maximumHeaderBytes] in
            await exchange.answer(head, body, upTo: limit, by: responder, or: refusal)
        }
    }

    /// Lets the listener end once the connection is closed and its last task has made its last call.
    func leaveIfOver() {
        guard context == nil, turn?.task == nil, let channel else { return }
        self.channel = nil
        // The last exchange refers to its handler: without this, each would keep the other.
        turn = nil
        connections.remove(channel)
    }
}
