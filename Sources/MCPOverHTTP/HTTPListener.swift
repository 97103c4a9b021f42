internal import HTTPTypes
package import HummingbirdCore
package import Logging
package import NIOCore
internal import NIOExtras
internal import NIOHTTP1
internal import NIOPosix
internal import ServiceLifecycle

/// One HTTP listener, on an address or on a socket that somebody else has opened.
///
/// Does what Hummingbird's `Application` does for its responder, which can only listen on an address. When it is to
/// stop, it takes no further connection, lets those with a request finish it, and closes the others.
package struct HTTPListener: Service {
    /// Where connections come from.
    package enum Place: Sendable {
        /// A host name or address and a port of this machine.
        case address(host: String, port: Int)
        /// A stream socket that listens already; it is closed at the end, which ends it for this process only.
        case socket(CInt)
    }

    /// Answers one request on a connection.
    package typealias Responder = @Sendable (Request, any Channel) async throws -> Response

    private let place: Place
    private let limits: ConnectionLimits
    private let responder: Responder
    private let onOpen: @Sendable (any Channel) -> Void
    private let logger: Logger

    /// Describes a listener; ``run()`` opens it.
    ///
    /// - Parameters:
    ///   - place: Where to listen.
    ///   - limits: What a connection may cost.
    ///   - logger: For this listener's own troubles.
    ///   - onOpen: Called once, when connections are accepted, with the channel that accepts them.
    ///   - responder: Answers requests; what it throws becomes a bare 500.
    package init(
        _ place: Place, limits: ConnectionLimits, logger: Logger,
        onOpen: @escaping @Sendable (any Channel) -> Void = { _ in }, responder: @escaping Responder
    ) {
        self.place = place
        self.limits = limits
        self.logger = logger
        self.onOpen = onOpen
        self.responder = responder
    }

    /// Listens until a graceful shutdown has closed the last connection.
    ///
    /// - Throws: `IOError` or `SocketAddressError` when the place cannot be listened at.
    package func run() async throws {
        let quiescing = ServerQuiescingHelper(group: .singletonMultiThreadedEventLoopGroup)
        let connections = ConnectionChannel(responder: answer, limits: limits)
        let listening = try await open(connections, quiescing)
        onOpen(listening.channel)
        await withGracefulShutdownHandler {
            await serve(listening, connections)
        } onGracefulShutdown: {
            quiescing.initiateShutdown(promise: nil)
        }
    }

    private func serve(_ listening: NIOAsyncChannel<ConnectionChannel.Value, Never>, _ connections: ConnectionChannel)
        async
    {
        await withDiscardingTaskGroup { group in
            do {
                try await listening.executeThenClose { accepted in
                    for try await connection in accepted {
                        group.addTask { await connections.handle(value: connection, logger: logger) }
                    }
                }
            } catch is CancellationError {
                // The time for an orderly stop is over.
            } catch {
                logger.error("listener failed", metadata: ["error.detail": "\(error)"])
            }
        }
    }

    private func open(
        _ connections: ConnectionChannel, _ quiescing: ServerQuiescingHelper
    ) async throws -> NIOAsyncChannel<ConnectionChannel.Value, Never> {
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        quiescing.makeServerChannelHandler(channel: channel))
                }
            }
        switch place {
        case .address(let host, let port):
            return try await bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port) { connections.setup(channel: $0, logger: logger) }
        case .socket(let descriptor):
            return try await bootstrap.bind(descriptor) { connections.setup(channel: $0, logger: logger) }
        }
    }

    @concurrent
    private func answer(
        _ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        var response: Response
        do {
            response = try await responder(request, channel)
        } catch let error as HTTPParserError {
            throw error  // answered 400 by the connection
        } catch {
            logger.error("request failed", error: error)
            response = Response(status: .internalServerError)
        }
        response.headers[.date] = HTTPDate.now()
        do {
            try await writer.write(response: response.head, body: response.body)
        } catch is HTTPParserError {
            // A response has begun, so there must not be a second one for what is wrong with the request's rest.
            throw BodyFailure.broken
        }
    }
}
