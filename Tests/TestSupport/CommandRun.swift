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
        let process = Process()
        process.executableURL = Bundle.main.bundleURL.appendingPathComponent("databricks-jobs-mcp")
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        process.currentDirectoryURL = folder
        // Files instead of pipes: nothing can fill up, and nobody has to read while it runs.
        let files = try ["input", "output", "errors"].map { name in
            let file = folder.appendingPathComponent(name)
            try Data((name == "input" ? input : "").utf8).write(to: file)
            return try FileHandle(forUpdating: file)
        }
        process.standardInput = files[0]
        process.standardOutput = files[1]
        process.standardError = files[2]
        status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try ProcessLaunch.start(process) } catch { continuation.resume(throwing: error) }
        }
        output = try String(contentsOf: folder.appendingPathComponent("output"), encoding: .utf8)
        errors = try String(contentsOf: folder.appendingPathComponent("errors"), encoding: .utf8)
    }
}
