package import Logging
package import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// One HTTP/1.1 listener, on an address or on a socket that somebody else has opened.
///
/// When it is to stop, it takes no further connection, lets those with a request finish it, and closes the others; when
/// its task is cancelled, it closes all of them at once and cancels what is being answered.
package struct HTTPListener: Service {
    /// Where connections come from.
    package enum Place: Sendable {
        /// A host name or address and a port of this machine.
        case address(host: String, port: Int)
        /// A stream socket that listens already; it is closed at the end, which ends it for this process only.
        case socket(CInt)
    }

    /// Answers one request, in a task of its own; `nil` closes the connection without a word.
    package typealias Responder = @Sendable (InboundRequest) async -> OutboundResponse?

    /// Answers what is no request; a stream is left out.
    package typealias Refusal = @Sendable (UnreadableRequest) -> OutboundResponse

    /// How requests are read and answered; the same for all connections.
    package struct Configuration: Sendable {
        /// What a connection may cost.
        package var limits = ConnectionLimits()
        /// What all connections may take together; several listeners may share it.
        package var quota = ConnectionQuota()
        /// The threads that move bytes.
        package var group: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup
        /// Asked once for each connection, which stays with the executor that it gets: all its requests run there;
        /// `nil` is the global one.
        package var executor: @Sendable () -> (any TaskExecutor)? = { nil }
        /// The answer to what is no request; the connection ends after it.
        package var refusal: Refusal = { $0.response }

        /// The defaults.
        package init() {}
    }

    private let place: Place
    private let configuration: Configuration
    private let responder: Responder
    private let onOpen: @Sendable (any Channel) -> Void
    private let logger: Logger

    /// Describes a listener; ``run()`` opens it.
    ///
    /// - Parameters:
    ///   - place: Where to listen.
    ///   - configuration: How requests are read and answered.
    ///   - logger: For this listener's own troubles.
    ///   - onOpen: Called once, when connections are accepted, with the channel that accepts them.
    ///   - responder: Answers requests.
    package init(
        _ place: Place, _ configuration: Configuration = Configuration(), logger: Logger,
        onOpen: @escaping @Sendable (any Channel) -> Void = { _ in }, responder: @escaping Responder
    ) {
        self.place = place
        self.configuration = configuration
        self.logger = logger
        self.onOpen = onOpen
        self.responder = responder
    }

    /// Listens until a graceful shutdown has closed the last connection; no request's task is left then.
    ///
    /// - Throws: `IOError` or `SocketAddressError` when the place cannot be listened at.
    package func run() async throws {
        let connections = OpenConnections()
        let listening = try await open(connections)
        onOpen(listening)
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await serve(listening, connections)
            } onGracefulShutdown: {
                connections.shutDown(.quiesce)
                listening.close(promise: nil)
            }
        } onCancel: {
            connections.shutDown(.stop)
            listening.close(promise: nil)
        }
    }

    private func serve(_ listening: any Channel, _ connections: OpenConnections) async {
        do {
            try await listening.closeFuture.get()
        } catch {
            logger.error("listener failed", metadata: ["error.detail": "\(error)"])
        }
        await connections.emptied()
    }

    private func open(_ connections: OpenConnections) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: configuration.group)
            // As many as the kernel allows, which a crowd that comes at once fills in milliseconds.
            .serverChannelOption(.backlog, value: 4_096)
            .serverChannelInitializer { [logger, quota = configuration.quota] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptHandler(quota, logger: logger))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // A connection keeps as many buffers as it may read at once, each as large as its last reads needed.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 512, initial: 4_096, maximum: ConnectionLimits.maximumReadBytes)
            )
            .childChannelInitializer { [configuration, responder] channel in
                channel.eventLoop.makeCompletedFuture {
                    let decoder = MeteredDecoder(configuration.limits, configuration.quota)
                    try channel.pipeline.syncOperations.addHandlers(
                        // What the decoder holds back is at most a field that has not come to its end.
                        ByteToMessageHandler(
                            decoder, maximumBufferSize: configuration.limits.maximumHeadersBytes * 2),
                        ConnectionHandler(configuration, connections, decoder, responder))
                }
            }
        switch place {
        case .address(let host, let port):
            return try await bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port).get()
        case .socket(let descriptor):
            return try await bootstrap.withBoundSocket(descriptor).get()
        }
    }
}
