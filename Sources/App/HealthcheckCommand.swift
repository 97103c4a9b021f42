internal import ArgumentParser
internal import HTTPTransport

/// `healthcheck`: whether the server on this machine answers; what a container's health check runs.
struct HealthcheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Ask the server on this machine whether it is well. For container health checks.",
        discussion: """
            Asks /healthz at METRICS_HOST:METRICS_PORT, which answers under any load, or at MCP_HOST:MCP_PORT where \
            METRICS_ENABLED is false, and reads no other setting. The exit status is 0 when the server is well, else 1 with a line that says what is wrong.
            """)

    @Flag(help: "Ask /readyz instead: whether it could also serve a signed-in user.")
    var ready = false

    @Option(help: ArgumentHelp("How long the answer may take.", valueName: "seconds"))
    var timeout = 3

    func validate() throws {
        guard 1...60 ~= timeout else { throw ValidationError("--timeout must be from 1 to 60 seconds.") }
    }

    func run() async throws {
        do {
            let address = try SettingsSource.open().listener()
            let health = HealthQuestion(address: address, path: ready ? "/readyz" : "/healthz")
            StandardOutput.write("\(try await health.ask(timeout: .seconds(timeout)))\n")
        } catch let error as SettingsError {
            for problem in error.problems { StandardError.write(problem.description) }
            throw ExitCode.failure
        } catch let error as HealthQuestion.Unwell {
            StandardError.write(error.description)
            throw ExitCode.failure
        }
    }
}
