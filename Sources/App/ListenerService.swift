internal import Glibc
internal import HTTPServer
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// One HTTP listener; says which setting to change when its address cannot be had.
struct ListenerService: Service, CustomStringConvertible {
    let name: String
    /// Where to listen unless ``socket`` is there.
    let address: Settings.Address
    /// `MCP` or `METRICS`, the prefix of the settings that chose the address.
    let settingPrefix: String
    /// A socket that was handed over.
    var socket: CInt?
    let configuration: HTTPListener.Configuration
    /// Whether its connections have a thread of their own, which answers whatever the load on the others.
    var hasOwnThread = false
    let responder: HTTPListener.Responder
    let open: OpenListeners
    /// Called when the listener is about to be closed.
    var onShutdown: @Sendable () -> Void = {}
    let logger: Logger

    func run() async throws {
        guard hasOwnThread else { return try await listen(configuration) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let executor = EventLoopExecutor(group.next())
        var configuration = configuration
        configuration.group = group
        configuration.executor = { executor }
        do {
            try await listen(configuration)
        } catch {
            try await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func listen(_ configuration: HTTPListener.Configuration) async throws {
        let listener = HTTPListener(
            socket.map { .socket($0) } ?? .address(host: address.host, port: address.port), configuration,
            logger: logger, onOpen: announce, responder: responder)
        do {
            try await withGracefulShutdownHandler {
                try await listener.run()
            } onGracefulShutdown: {
                onShutdown()
            }
        } catch let error as IOError {
            throw ListenerError(address: address, settingPrefix: settingPrefix, errno: error.errnoCode)
        } catch is SocketAddressError.UnknownHost {
            throw ListenerError(unknown: address, settingPrefix: settingPrefix)
        } catch is SocketAddressError {
            throw ListenerError(unknown: address, settingPrefix: settingPrefix)
        }
    }

    private func announce(_ channel: any Channel) {
        open.add(name, channel)
        let place = socket == nil ? nil : OpenListeners.Address(channel.localAddress)
        var metadata: Logger.Metadata = [
            "listener": "\(name)", "address": "\(place?.description ?? address.description)",
        ]
        if socket != nil { metadata["listener.socket"] = "handed over" }
        logger.info("listening", metadata: metadata)
    }

    /// The name alone: service-lifecycle logs what a service prints.
    var description: String { name }
}

/// An address could not be listened on.
struct ListenerError: Error {
    /// One line for the operator.
    let message: String

    init(address: Settings.Address, settingPrefix: String, errno code: CInt) {
        let problem =
            switch code {
            case EADDRINUSE: "is already in use; stop the other program or choose another port"
            case EACCES: "needs a privilege this process does not have; choose a port above 1023"
            case EADDRNOTAVAIL: "is not an address of this machine; use 127.0.0.1, or 0.0.0.0 for all interfaces"
            default: "cannot be listened on (error \(code))"
            }
        message = "\(settingPrefix)_PORT: \(address) \(problem)"
    }

    init(unknown address: Settings.Address, settingPrefix: String) {
        message =
            "\(settingPrefix)_HOST: '\(address.host.excerpt)' cannot be resolved here; use an address or a name alone, such "
            + "as 127.0.0.1, ::1 or 0.0.0.0 for all interfaces, without scheme, port and brackets"
    }
}
