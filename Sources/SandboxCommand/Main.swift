internal import ArgumentParser

/// Starts the sandbox, and talks to one that runs.
@main struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "databricks-sandbox",
        abstract: "A stand-in for Microsoft Entra ID, managed identity and a Databricks workspace, on loopback.",
        discussion: "For demonstrations and tests only: it hands out a token for anybody who asks.",
        subcommands: [
            ServeCommand.self, TokenCommand.self, EnvironmentCommand.self, CertificateCommand.self,
            ServiceAccountTokenCommand.self,
        ])
}
