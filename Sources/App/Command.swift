internal import ArgumentParser

/// `databricks-jobs-mcp`: the subcommands of K-01.
@main
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
