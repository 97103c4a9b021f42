internal import ArgumentParser
internal import Glibc

@main
enum Main {
    static func main() async {
        // Before anything else: a service manager may ask for a reload at any time, and must never end the process by it.
        signal(SIGHUP, SIG_IGN)
        await Command.main(nil)
    }
}

/// `databricks-jobs-mcp`: the subcommands of K-01.
struct Command: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "databricks-jobs-mcp",
        abstract: "An MCP server for Azure Databricks jobs. Every call is made as the signed-in user.",
        discussion: "Settings come from the environment and from .env in the working directory; see docs/settings.md.",
        version: BuildInfo.description,
        subcommands: [
            ServeCommand.self, CheckCommand.self, ExplainTokenCommand.self, HealthcheckCommand.self,
            VersionCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}

/// `version`: what is running.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    func run() { print(BuildInfo.description) }
}
