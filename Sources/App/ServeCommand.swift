internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import Logging
internal import Metrics
internal import Observability
internal import ServiceLifecycle
internal import SystemPackage

/// `serve`: runs the server until SIGTERM or SIGINT.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", abstract: "Run the server (the default).")

    func run() async throws {
        let settings = try await loadSettings()
        ProcessHardening.apply()
        let queue = LogQueue(sink: settings.logging.format.makeSink())
        let level = settings.logging.level
        LoggingSystem.bootstrap(
            { _, provider in
                QueueingLogHandler(queue: queue, logLevel: level, metadataProvider: provider)
            }, metadataProvider: .requestContext)
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        let failure = await serve(settings, registry: registry)
        queue.finish()
        if let failure {
            StandardError.write(failure)
            throw ExitCode.failure
        }
    }

    private func loadSettings() async throws -> Settings {
        let environment = EnvironmentVariablesProvider()
        let file: EnvironmentVariablesProvider
        do {
            file = try await EnvironmentVariablesProvider(environmentFilePath: ".env", allowMissing: true)
        } catch {
            StandardError.write(".env: cannot be read; check its permissions")
            throw ExitCode(EX_CONFIG)
        }
        let files = SecretFiles(
            credentialsDirectory: try? environment.environmentValue(forName: "CREDENTIALS_DIRECTORY"))
        do throws(SettingsError) {
            return try Settings(reading: ConfigReader(providers: [environment, file]), files: files)
        } catch {
            for problem in error.problems { StandardError.write(problem.description) }
            throw ExitCode(EX_CONFIG)
        }
    }

    /// - Returns: `nil` after an orderly stop, else one line that says what went wrong.
    private func serve(_ settings: Settings, registry: MetricsRegistry) async -> String? {
        var logger = Logger(label: "databricks-jobs-mcp")
        logger.logLevel = settings.logging.level
        return await withLogger(logger) { logger in
            do {
                let server = Server(settings, registry: registry, logger: logger)
                server.announce()
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

/// What a process that holds other people's tokens owes them (E-155).
enum ProcessHardening {
    static func apply() {
        signal(SIGPIPE, SIG_IGN)
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
}
