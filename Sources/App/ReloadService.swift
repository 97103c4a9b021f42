internal import Auth
internal import Logging
internal import Observability
internal import ServiceLifecycle
internal import UnixSignals

/// On SIGHUP: reads the log levels and the credential's file again; no connection notices.
struct ReloadService: Service, CustomStringConvertible {
    let levels: LogLevelControl
    let credential: any ClientCredential
    let reporter: ServiceManagerReporter
    let logger: Logger

    func run() async {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            await withRequestContext(.background("reload")) {
                await reporter.reloading { await reload() }
            }
        }
        // A stream that ends before the server does would end the server.
        try? await gracefulShutdown()
    }

    private func reload() async {
        let before = levels.current
        var (after, problems) = (before, [SettingProblem]())
        do throws(SettingsError) { after = try SettingsSource.logLevels() } catch { problems = error.problems }
        let outcome = await credential.reload()
        for problem in problems {
            logger.error(
                "setting not reloaded; the former value stays in force",
                metadata: ["setting.name": "\(problem.name)", "advice": "\(problem.advice)"])
        }
        // Whoever sent the signal wants to see its effect, so the line comes while more is logged.
        if after.level(of: .app) <= .notice { levels.set(after) }
        logger.notice(
            "reloaded",
            metadata: [
                "log.levels": "\(after.text)", "log.levels.before": "\(before.text)",
                "credential.reload": "\(outcome.rawValue)",
            ])
        levels.set(after)
    }

    /// The name alone: service-lifecycle logs what a service prints.
    var description: String { "reload" }
}
