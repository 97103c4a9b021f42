internal import Logging
internal import ServiceLifecycle

/// The first thing that happens at a stop: `/readyz` says so, and answers ask their clients to connect anew.
///
/// Whoever balances load learns of a stop no sooner than the server, and goes on to send requests meanwhile: they are
/// taken for ``length``. A listening socket that outlives this process has a queue that the next one serves, so nothing more
/// is taken from it, and who is connected already has a moment to send what was on its way. After that the listener is
/// closed as always.
struct DrainService: Service, CustomStringConvertible {
    /// How long requests that are on their way are waited for.
    static let moment: Duration = .seconds(1)

    /// How long further connections are accepted, where their socket ends with this process.
    let length: Duration
    let listeners: OpenListeners
    let gate: RequestGate
    /// Whether the public socket was handed over.
    let leavesSocket: Bool
    let reporter: ServiceManagerReporter
    /// How long the whole stop may take.
    let limit: Duration
    let logger: Logger

    func run() async {
        try? await gracefulShutdown()
        logger.info("stopping")
        reporter.stopping(within: limit)
        gate.drain()
        if leavesSocket { await listeners.stopAccepting("mcp") }
        // A cancellation means that there is no time for this.
        try? await Task.sleep(for: leavesSocket ? Self.moment : length)
    }

    /// The name alone: service-lifecycle logs what a service prints.
    var description: String { "drain" }
}
