internal import ArgumentParser

/// The protocol library with tools that exercise every kind of answer, for conformance suites and tests.
@main struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mcp-fixture-server",
        abstract: "Fixture tools on the protocol library of databricks-jobs-mcp, on loopback, without authentication.",
        discussion: "For tests only: it is no part of the product and is never shipped.",
        subcommands: [ServeCommand.self, MeasureCommand.self], defaultSubcommand: ServeCommand.self)
}
