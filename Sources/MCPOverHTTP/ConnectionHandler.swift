internal import MCP
internal import NIOCore
internal import NIOHTTPTypes

/// Tells a ``Connection`` that its client has hung up, and puts a limit to the time a request takes to arrive.
///
/// Used on its event loop only.
final class ConnectionHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart

    private let connection: Connection
    private let arrivalTimeout: TimeAmount
    private var isArriving = false
    private var timer: Scheduled<Void>?

    init(_ connection: Connection, arrivalTimeout: TimeAmount) {
        self.connection = connection
        self.arrivalTimeout = arrivalTimeout
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: isArriving = true
        case .body: break
        case .end: hasArrived()
        }
        context.fireChannelRead(data)
    }

    /// Most requests arrive in one piece and cost no timer.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isArriving, timer == nil {
            timer = context.eventLoop.assumeIsolated().scheduleTask(in: arrivalTimeout) {
                context.fireErrorCaught(RequestTimeout())
            }
        }
        context.fireChannelReadComplete()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { connection.client.leave() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        hasArrived()
        connection.client.leave()
        context.fireChannelInactive()
    }

    private func hasArrived() {
        isArriving = false
        timer?.cancel()
        timer = nil
    }
}

/// A request did not arrive in the time it has.
package struct RequestTimeout: Error {}
