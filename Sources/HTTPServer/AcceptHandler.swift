internal import Logging
package import NIOCore

/// Accepts while there are places and descriptors to accept with, and until it is told to leave further connections in
/// the queue.
///
/// NIO goes on to poll a socket that accepts nothing, and its `AcceptBackoffHandler` holds reads back that were asked for
/// already; only a channel that does not read by itself is left alone. Used on its event loop only.
final class AcceptHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    /// Told to the channel when nothing more is to be accepted.
    struct Leave: Sendable {}

    /// How long nothing is accepted after the system could not; who comes meanwhile waits in the queue.
    private static let pause = TimeAmount.milliseconds(500)

    private let quota: ConnectionQuota
    private let logger: Logger
    private var hasLeft = false
    private var fullness = Occasion()
    private var failure = Occasion()

    init(_ quota: ConnectionQuota, logger: Logger) {
        self.quota = quota
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let connection = unwrapInboundIn(data)
        // Closed and not left in the queue: a proxy can go elsewhere at once.
        guard quota.enter() else {
            connection.close(promise: nil)
            return sayFull()
        }
        connection.closeFuture.whenComplete { [quota] _ in quota.leave() }
        context.fireChannelRead(data)
    }

    private func sayFull() {
        guard fullness.isDue() else { return }
        logger.warning(
            "no further connection is accepted until one is closed",
            metadata: ["connections.limit": "\(quota.maximumConnections)"])
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError else { return context.fireErrorCaught(error) }
        quota.acceptFailed()
        if failure.isDue() { logger.error("no connection can be accepted", metadata: ["error.detail": "\(error)"]) }
        setReading(false, context)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            if !self.hasLeft { self.setReading(true, context) }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is Leave else { return context.fireUserInboundEventTriggered(event) }
        hasLeft = true
        setReading(false, context)
    }

    /// Does nothing to a channel that is closed.
    private func setReading(_ isReading: Bool, _ context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }
}

/// Something that is worth a record when it begins, and again when it has not ended after a minute.
private struct Occasion {
    private var next: NIODeadline?

    /// Whether it is to be said now.
    mutating func isDue() -> Bool {
        let now = NIODeadline.now()
        if let next, now < next { return false }
        next = now + .minutes(1)
        return true
    }
}

extension HTTPListener {
    /// Leaves further connections in the queue of the socket, for whoever else has it.
    ///
    /// - Parameter channel: The listener's, as it was told when it was opened.
    package static func stopAccepting(_ channel: any Channel) async {
        // A listener that is closed already accepts nothing either.
        try? await channel.eventLoop.submit {
            channel.pipeline.syncOperations.fireUserInboundEventTriggered(AcceptHandler.Leave())
        }
        .get()
    }
}
