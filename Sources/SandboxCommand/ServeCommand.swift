internal import ArgumentParser
internal import Glibc
internal import Sandbox
internal import UnixSignals

/// `databricks-sandbox serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Listens until it is stopped with Ctrl-C or SIGTERM.")

    @Option(help: "The loopback address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port; 0 takes any free one.")
    var port = 9100

    @Option(help: "The address under which it is reached when that is another one: a proxy's on loopback.")
    var publicURL: String?

    @Option(help: "How many seconds a run takes that run-now starts.")
    var runSeconds = 6.0

    @Option(help: "The seed of ids and of the data set.")
    var seed: UInt64 = 2026

    @Option(help: "Where links to runs point to; the sandbox itself unless given.")
    var workspaceURL: String?

    @Option(
        name: .customLong("identifier-uri"),
        help: "Another identifier URI of the server's application, such as https://host/mcp; may be repeated.")
    var identifierURIs: [String] = []

    @Flag(help: "Ask on a page who signs in, instead of approving at once.")
    var loginPage = false

    @Flag(help: "Now and then answer with shorter list pages than asked for.")
    var shortPages = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("The port must be between 0 and 65535.") }
        guard (0.01...86_400).contains(runSeconds) else {
            throw ValidationError("The length of a run must be between 0.01 and 86400 seconds.")
        }
        if let publicURL, !publicURL.hasPrefix("http://127.0.0.1:") || publicURL.hasSuffix("/") {
            throw ValidationError("The public URL must be http://127.0.0.1:PORT, without a slash at the end.")
        }
        if let problem = identifierURIs.lazy.compactMap(IdentifierURI.problem).first { throw ValidationError(problem) }
    }

    func run() async throws {
        let configuration = SandboxConfiguration(
            host: host, port: port, publicURL: publicURL, runPace: .milliseconds(Int64(runSeconds * 1000)),
            seed: seed, workspaceURL: workspaceURL, identifierURIs: SandboxIdentity.localServerURIs + identifierURIs,
            showsLoginPage: loginPage, shortensPages: shortPages)
        do {
            try await withSandbox(configuration) { sandbox in
                print(Self.greeting(sandbox.baseURL))
                // Whoever started the process may read its output through a pipe.
                fflush(nil)
                await Self.untilStopped()
            }
        } catch let error as SandboxError {
            throw CommandFailure(error.description)
        }
    }

    private static func greeting(_ url: String) -> String {
        """
        The sandbox listens on \(url)
          Entra ID    AZURE_AUTHORITY_HOST=\(url)   tenant \(SandboxIdentity.tenantID)
          Workspace   DATABRICKS_HOST=\(url)   API 2.1 and 2.2
          Control     \(url)/_control
        Users: alice (sees nearly everything, may start runs), bob (sees some jobs, may only look),
               guest (a guest, sees two jobs), nora (not a member of the workspace)
        Sign-in with an MCP client: client id \(SandboxIdentity.clientAppID), no secret
        A token:             databricks-sandbox token --user alice --url \(url)
        The server's settings: databricks-sandbox environment --url \(url)
        """
    }

    /// Waits for SIGINT or SIGTERM.
    private static func untilStopped() async {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
    }
}
