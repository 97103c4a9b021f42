internal import ArgumentParser
internal import Glibc
internal import Logging
internal import Metrics
internal import Observability
internal import ServiceLifecycle
internal import Systemd

/// `serve`: runs the server until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Run the server (the default).")

    func run() async throws {
        let settings = try await SettingsSource.load().settings()
        // A client that goes away must not end the process.
        signal(SIGPIPE, SIG_IGN)
        let isUndumpable = ProcessMemory.forbidDumps()
        let queue = LogQueue(sink: settings.logging.format.makeSink())
        let level = settings.logging.level
        LoggingSystem.bootstrap(
            { _, provider in
                QueueingLogHandler(queue: queue, logLevel: level, metadataProvider: provider)
            }, metadataProvider: .requestContext)
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        let failure = await serve(settings, registry: registry, isUndumpable: isUndumpable)
        queue.finish()
        if let failure {
            StandardError.write(failure)
            throw ExitCode.failure
        }
    }

    /// - Returns: `nil` after an orderly stop, else one line that says what went wrong.
    private func serve(_ settings: Settings, registry: MetricsRegistry, isUndumpable: Bool) async -> String? {
        var logger = Logger(label: "databricks-jobs-mcp")
        logger.logLevel = settings.logging.level
        return await withLogger(logger) { logger in
            do {
                let server = Server(settings, registry: registry, logger: logger)
                server.announce()
                if !isUndumpable { logger.warning("core dumps could not be switched off") }
                try await server.services(logger: logger).run()
                logger.info("stopped")
                return nil
            } catch let error as ListenerError {
                logger.critical("cannot listen", metadata: ["problem": "\(error.message)"])
                return error.message
            } catch {
                logger.critical("cannot serve", error: error)
                return "stopped by an unexpected error; the log has the details"
            }
        }
    }
}

/// Messages that must reach the operator even when logging is not up.
enum StandardError {
    static func write(_ line: String) {
        FileDescriptorWriter.write(Array("databricks-jobs-mcp: \(line)\n".utf8), to: STDERR_FILENO)
    }
}

/// The log of a subcommand that runs once: what went wrong, as text on standard error.
enum CommandLog {
    /// - Returns: The queue, to be finished when the command ends.
    static func start() -> LogQueue {
        let queue = LogQueue(sink: LogFormat.text.makeSink())
        LoggingSystem.bootstrap { _ in QueueingLogHandler(queue: queue, logLevel: .warning, metadataProvider: nil) }
        return queue
    }
}

/// What a subcommand prints.
enum StandardOutput {
    static func write(_ text: String) { FileDescriptorWriter.write(Array(text.utf8), to: STDOUT_FILENO) }
}
