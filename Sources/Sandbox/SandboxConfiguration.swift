/// How a sandbox is set up.
package struct SandboxConfiguration: Sendable {
    /// The loopback address to listen on: `127.0.0.1`, `::1` or `localhost`; others are refused.
    package var host: String
    /// The port; 0 takes any free one.
    package var port: Int
    /// The address under which it is reached where that is not the one it listens on, such as behind a proxy that breaks
    /// things; without a slash at the end.
    package var publicURL: String?
    /// How long a run that `run-now` starts takes in all, by the sandbox's clock.
    package var runPace: Duration
    /// Where the clock starts.
    package var clock: SandboxClock.Start
    /// The seed of ids, lifetimes and the data set.
    package var seed: UInt64
    /// Where links to runs point to (`run_page_url`); the sandbox's own address when `nil`.
    package var workspaceURL: String?
    /// Identifier URIs of the server's application besides `api://` and its client id (E-131).
    package var identifierURIs: [String]
    /// Whether the authorize endpoint asks who signs in, instead of approving at once.
    package var showsLoginPage: Bool
    /// Whether list pages are now and then shorter than `limit` although more follows (D-52).
    package var shortensPages: Bool
    /// Whether `runs/get-output` takes the id of a job run that has a single task, as API 2.0 did (D-78).
    package var answersOutputOfSingleTaskRuns: Bool

    /// Describes a sandbox; see the properties.
    package init(
        host: String = "127.0.0.1", port: Int = 0, publicURL: String? = nil, runPace: Duration = .seconds(6),
        clock: SandboxClock.Start = .system, seed: UInt64 = 2026, workspaceURL: String? = nil,
        identifierURIs: [String] = SandboxIdentity.localServerURIs, showsLoginPage: Bool = false,
        shortensPages: Bool = false,
        answersOutputOfSingleTaskRuns: Bool = false
    ) {
        self.host = host
        self.port = port
        self.publicURL = publicURL
        self.runPace = runPace
        self.clock = clock
        self.seed = seed
        self.workspaceURL = workspaceURL
        self.identifierURIs = identifierURIs
        self.showsLoginPage = showsLoginPage
        self.shortensPages = shortensPages
        self.answersOutputOfSingleTaskRuns = answersOutputOfSingleTaskRuns
    }
}
