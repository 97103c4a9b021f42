internal import ArgumentParser
internal import Glibc
internal import Logging
internal import Metrics
internal import Observability
internal import ServiceLifecycle
internal import Systemd
internal import Tracing

/// `serve`: runs the server until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Run the server (the default).")

    func run() async throws {
        let settings = try SettingsSource.load().settings()
        let sockets = try SettingsSource.sockets()
        // A client that goes away must not end the process.
        signal(SIGPIPE, SIG_IGN)
        let isUndumpable = ProcessMemory.forbidDumps()
        let queue = LogQueue(sink: settings.logging.format.makeSink())
        let levels = LogLevelControl(settings.logging.levels)
        LoggingSystem.bootstrap(
            { _, provider in
                QueueingLogHandler(queue: queue, levels: levels, metadataProvider: provider)
            }, metadataProvider: .requestContext)
        let registry = MetricsRegistry()
        if settings.metrics != nil { MetricsSystem.bootstrap(registry) }
        let telemetry = TelemetryService(settings.telemetry, caFile: settings.caFile)
        InstrumentationSystem.bootstrap(telemetry.tracer)
        let failure = await serve(isUndumpable: isUndumpable) { logger in
            Server(
                settings, registry: registry, telemetry: telemetry, levels: levels,
                access: AccessLog(queue: queue, levels: levels), sockets: sockets, logger: logger)
        }
        queue.finish()
        if let failure {
            StandardError.write(failure)
            throw ExitCode.failure
        }
    }

    /// - Returns: `nil` after an orderly stop, else one line that says what went wrong.
    private func serve(isUndumpable: Bool, _ makeServer: (Logger) -> Server) async -> String? {
        await withLogger(Logger(label: "databricks-jobs-mcp")) { logger in
            do {
                let server = makeServer(logger)
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
        // Whoever does not read it must not keep the process from ending.
        FileDescriptorWriter.write(Array("databricks-jobs-mcp: \(line)\n".utf8), to: STDERR_FILENO, patience: 2_000)
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
