internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import SystemPackage

/// Where the settings are read from: the environment, then `.env` in the working directory.
///
/// What is wrong is written to standard error, a line per problem, and ends the command with status 78 (`EX_CONFIG`).
struct SettingsSource {
    private let config: ConfigReader
    private let files: SecretFiles

    /// Opens both sources; a problem ends the command.
    static func load() async throws -> SettingsSource {
        do throws(SettingsError) { return try await open() } catch { throw exit(error) }
    }

    /// Opens both sources.
    static func open() async throws(SettingsError) -> SettingsSource {
        let environment = EnvironmentVariablesProvider()
        let file: EnvironmentVariablesProvider
        do {
            file = try await EnvironmentVariablesProvider(environmentFilePath: ".env", allowMissing: true)
        } catch {
            throw SettingsError(
                problems: [SettingProblem(name: ".env", advice: "cannot be read; check its permissions")])
        }
        let files = SecretFiles(
            credentialsDirectory: try? environment.environmentValue(forName: "CREDENTIALS_DIRECTORY"))
        return SettingsSource(config: ConfigReader(providers: [environment, file]), files: files)
    }

    /// Everything that `serve` needs; a problem ends the command.
    func settings() throws -> Settings {
        do throws(SettingsError) { return try readSettings() } catch { throw Self.exit(error) }
    }

    /// Everything that `serve` needs.
    func readSettings() throws(SettingsError) -> Settings { try Settings(reading: config, files: files) }

    /// What decides about tokens, and whom to trust when their keys are fetched: all that `explain-token` needs.
    func signIn() throws -> (Settings.SignIn, caFile: String?) {
        var reader = SettingsReader(config)
        let signIn = Settings.SignIn(reading: &reader)
        let caFile = reader.caFile(files)
        guard let signIn, reader.problems.isEmpty else {
            throw Self.exit(SettingsError(problems: reader.problems))
        }
        return (signIn, caFile)
    }

    /// The public listener's address: all that `healthcheck` needs, so that nothing else can keep it from asking.
    func listener() throws(SettingsError) -> Settings.Address {
        var reader = SettingsReader(config)
        let address = Settings.Address(reading: &reader, prefix: "MCP", port: 8000)
        guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
        return address
    }

    private static func exit(_ error: SettingsError) -> ExitCode {
        for problem in error.problems { StandardError.write(problem.description) }
        return ExitCode(EX_CONFIG)
    }
}
