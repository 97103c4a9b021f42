internal import Logging
package import NIOCore

/// Accepts while there are descriptors to accept with, and until it is told to leave further connections in the queue.
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

    private let logger: Logger
    private var hasLeft = false
    private var isFailing = false

    init(logger: Logger) { self.logger = logger }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isFailing = false
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError else { return context.fireErrorCaught(error) }
        // Once for each time that it begins, not for each connection that has to wait.
        if !isFailing { logger.error("no connection can be accepted", metadata: ["error.detail": "\(error)"]) }
        isFailing = true
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
