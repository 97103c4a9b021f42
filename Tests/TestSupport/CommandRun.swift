internal import Foundation

/// One run of a subcommand of the real executable, from start to end.
package struct CommandRun: Sendable {
    /// The exit status.
    package let status: Int32
    /// What it wrote to standard output.
    package let output: String
    /// What it wrote to standard error.
    package let errors: String

    /// Runs `databricks-jobs-mcp` in an empty folder.
    ///
    /// - Parameters:
    ///   - arguments: The subcommand and its options.
    ///   - environment: All its settings.
    ///   - input: What it reads from standard input.
    /// - Throws: When it cannot be started.
    package init(_ arguments: [String], environment: [String: String], input: String = "") async throws {
        let run = try await withTemporaryFolder { folder in
            try await Command(
                ChildProcess.path(ofProduct: "databricks-jobs-mcp"), arguments,
                environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }, in: folder.path(), input: input)
        }
        (status, output, errors) = (run.status, run.output, run.errors)
    }
}
