internal import Glibc
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import MCPOverHTTP
internal import NIOCore
internal import ServiceLifecycle

/// One HTTP listener; says which setting to change when its address cannot be had.
struct ListenerService<Responder: HTTPResponder>: Service, CustomStringConvertible
where Responder.Context == ConnectionContext {
    let name: String
    let address: Settings.Address
    /// `MCP` or `METRICS`, the prefix of the settings that chose the address.
    let settingPrefix: String
    let responder: Responder
    let limits: ConnectionLimits
    /// Called when the listener is about to be closed.
    var onShutdown: @Sendable () -> Void = {}
    let logger: Logger

    func run() async throws {
        let application = Application(
            responder: responder,
            server: .connections(limits),
            configuration: ApplicationConfiguration(address: .hostname(address.host, port: address.port)),
            onServerRunning: { _ in
                logger.info("listening", metadata: ["listener": "\(name)", "address": "\(address)"])
            },
            logger: logger.reportingProblemsOnly)
        do {
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: {
                onShutdown()
            }
        } catch let error as IOError {
            throw ListenerError(address: address, settingPrefix: settingPrefix, errno: error.errnoCode)
        } catch let error as SocketAddressError {
            throw ListenerError(address: address, settingPrefix: settingPrefix, cause: String(describing: error))
        }
    }

    /// The name alone: service-lifecycle logs what a service prints.
    var description: String { name }
}

extension Logger {
    /// For libraries whose own progress reports would repeat ours or dump their parts.
    var reportingProblemsOnly: Logger {
        var logger = self
        logger.logLevel = max(logLevel, .warning)
        return logger
    }
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

    init(address: Settings.Address, settingPrefix: String, cause: String) {
        message = "\(settingPrefix)_HOST: \(address.host) cannot be resolved; use an address such as 127.0.0.1"
    }
}
