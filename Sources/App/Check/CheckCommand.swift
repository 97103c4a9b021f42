internal import ArgumentParser
internal import Observability

/// `check`: whether the server could serve, and what to mend if not, before anybody signs in.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look at settings, Entra ID, the server's credential and the workspace. Needs no user.",
        discussion: """
            Uses the settings of `serve`. Nothing is changed anywhere. The exit status is 0 when nothing stands in the \
            way of a signed-in user, else 1.
            """)

    @Flag(help: "Print one JSON object instead of a table.")
    var json = false

    func run() async throws {
        let log = CommandLog.start()
        let report = CheckReport(results: await results())
        // The log first, so that what went wrong stands above the table.
        log.finish()
        StandardOutput.write(json ? report.json : report.text)
        if !report.isHealthy { throw ExitCode.failure }
    }

    private func results() async -> [CheckResult] {
        let settings: Settings
        do throws(SettingsError) {
            settings = try SettingsSource.open().readSettings()
        } catch {
            return error.problems.map { CheckResult("setting \($0.name)", .failed, $0.advice) }
        }
        return await withRequestContext(.background("check")) { await Diagnosis(settings).results() }
    }
}
