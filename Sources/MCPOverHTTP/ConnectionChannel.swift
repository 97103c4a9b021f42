internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTPTypes

/// HTTP/1.1 whose requests know their ``Connection``.
struct ConnectionChannel: ServerChildChannel {
    /// A connection that was accepted.
    struct Value: ServerChildChannelValue {
        let http1: HTTP1Channel
        let parts: HTTP1Channel.Value
        let connection: Connection

        var channel: any Channel { parts.channel }
    }

    let responder: HTTPChannelHandler.Responder
    let limits: ConnectionLimits

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let connection = Connection()
        let http1 = http1(for: connection)
        return http1.setup(channel: channel, logger: logger).map {
            Value(http1: http1, parts: $0, connection: connection)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await Connection.$current.withValue(value.connection) {
            await value.http1.handle(value: value.parts, logger: logger)
        }
    }

    private func http1(for connection: Connection) -> HTTP1Channel {
        let arrivalTimeout = TimeAmount(limits.arrivalTimeout)
        return HTTP1Channel(
            responder: { request, writer, channel in
                do {
                    try await responder(request, writer, channel)
                } catch {
                    await connection.endResponse()
                    throw error
                }
                await connection.endResponse()
            },
            configuration: HTTP1Channel.Configuration(
                additionalChannelHandlers: [ConnectionHandler(connection, arrivalTimeout: arrivalTimeout)],
                idleTimeout: TimeAmount(limits.idleTimeout),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: limits.maximumHeaderBytes, maxHeaderListSize: limits.maximumHeadersBytes,
                    maxHeaderFieldCount: limits.maximumHeaderCount)))
    }
}
