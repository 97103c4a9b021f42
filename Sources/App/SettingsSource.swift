internal import ArgumentParser
internal import Configuration
internal import Dotenv
internal import Glibc
internal import Observability
internal import Systemd

/// Where the settings are read from: the environment, then the file that `SETTINGS_FILE` names, then `.env` in the
/// working directory.
///
/// What is wrong is written to standard error, a line per problem, and ends the command with status 78 (`EX_CONFIG`).
struct SettingsSource {
    private let config: ConfigReader
    private let files: SecretFiles

    /// Opens both sources; a problem ends the command.
    static func load() throws -> SettingsSource {
        do throws(SettingsError) { return try open() } catch { throw exit(error) }
    }

    /// Opens both sources.
    static func open() throws(SettingsError) -> SettingsSource {
        let environment = EnvironmentVariablesProvider()
        let providers = [environment] + (try files(namedBy: environment))
        let files = SecretFiles(
            credentialsDirectory: try? environment.environmentValue(forName: "CREDENTIALS_DIRECTORY"))
        return SettingsSource(config: ConfigReader(providers: providers), files: files)
    }

    /// The log levels that the files hold by now.
    ///
    /// The environment of a process cannot change from outside, so the file wins here: systemd has read the same file
    /// into the environment when it started the process.
    ///
    /// - Throws: ``SettingsError`` when a file cannot be read or a level is malformed.
    static func logLevels() throws(SettingsError) -> LogLevels {
        let environment = EnvironmentVariablesProvider()
        var providers = try files(namedBy: environment)
        // Without a file of that name the environment goes first, as at the start.
        providers.insert(environment, at: providers.count - 1)
        var reader = SettingsReader(ConfigReader(providers: providers))
        let levels = reader.logLevels()
        guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
        return levels
    }

    /// The file that `SETTINGS_FILE` names, if any, and `.env`.
    private static func files(
        namedBy environment: EnvironmentVariablesProvider
    ) throws(SettingsError) -> [EnvironmentVariablesProvider] {
        let path = (try? environment.environmentValue(forName: "SETTINGS_FILE"))?.trimmed
        var files: [EnvironmentVariablesProvider] = []
        if let path, !path.isEmpty {
            files.append(try file(path, allowMissing: false, name: "SETTINGS_FILE"))
        }
        return files + [try file(".env", allowMissing: true, name: ".env")]
    }

    private static func file(
        _ path: String, allowMissing: Bool, name: String
    ) throws(SettingsError) -> EnvironmentVariablesProvider {
        guard let bytes = BoundedFile.bytes(of: path, limit: EnvironmentFile.maximumBytes) else {
            if allowMissing, unsafe access(path, F_OK) != 0 {
                return EnvironmentVariablesProvider(environmentVariables: [:])
            }
            let place = path == name ? "" : " at '\(path.excerpt)'"
            throw SettingsError(
                problems: [
                    SettingProblem(name: name, advice: "cannot be read\(place); check the path and its permissions")
                ])
        }
        do throws(EnvironmentFile.Malformed) {
            return EnvironmentVariablesProvider(environmentVariables: try EnvironmentFile(parsing: bytes).values)
        } catch {
            throw SettingsError(
                problems: error.problems.map {
                    SettingProblem(name: name, advice: "line \($0.line) \($0.advice)")
                })
        }
    }

    /// Everything that `serve` needs; a problem ends the command.
    func settings() throws -> Settings {
        do throws(SettingsError) { return try readSettings() } catch { throw Self.exit(error) }
    }

    /// The sockets that the service manager handed over; one that is for nothing ends the command.
    static func sockets() throws -> HandedOverSockets {
        do throws(SettingsError) { return try HandedOverSockets(SocketActivation.sockets()) } catch {
            throw exit(error)
        }
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

    /// The address of the operators' listener, or of the public one where there is no other: all that `healthcheck`
    /// needs, so that nothing else can keep it from asking.
    func listener() throws(SettingsError) -> Settings.Address {
        var reader = SettingsReader(config)
        let address =
            reader.boolean("METRICS_ENABLED", default: true)
            ? Settings.Address(reading: &reader, prefix: "METRICS", port: 9464)
            : Settings.Address(reading: &reader, prefix: "MCP", port: 8000)
        guard reader.problems.isEmpty else { throw SettingsError(problems: reader.problems) }
        return address
    }

    private static func exit(_ error: SettingsError) -> ExitCode {
        for problem in error.problems { StandardError.write(problem.description) }
        return ExitCode(EX_CONFIG)
    }
}
