internal import Logging
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle
internal import Systemd

/// Tells the service manager when the server is ready, how it is doing, that it is alive, and that it stops
/// (systemd.service(5), `Type=notify-reload`); does nothing where there is no service manager.
///
/// It is the first service to start and so the last one to stop: it gives signs of life while calls are finished.
struct ServiceManagerReporter: Service, CustomStringConvertible {
    private enum Phase { case starting, serving, stopping }

    /// How often the status is looked at; it is sent when it has changed.
    private static let interval: Duration = .seconds(5)

    private let notifier = ServiceNotifier()
    private let phase = NIOLockedValueBox(Phase.starting)
    private let listeners: OpenListeners
    private let tally: RequestTally
    private let probe: LivenessProbe
    private let obstacle: @Sendable () -> String?
    private let grace: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - listeners: The public one must be open before the server is ready.
    ///   - tally: For the status.
    ///   - probe: For the signs of life.
    ///   - obstacle: Why `/readyz` would not say yes.
    ///   - grace: After this time the server counts as started whatever the obstacle is, so that units which wait for it
    ///     start, and it serves as soon as it can.
    ///   - logger: For what happens outside of any request.
    init(
        listeners: OpenListeners, tally: RequestTally, probe: LivenessProbe,
        obstacle: @escaping @Sendable () -> String?, grace: Duration, logger: Logger
    ) {
        self.listeners = listeners
        self.tally = tally
        self.probe = probe
        self.obstacle = obstacle
        self.grace = grace
        self.logger = logger
    }

    func run() async {
        guard notifier.hasManager else {
            try? await gracefulShutdown()
            return
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await report() }
            if let watchdog = Watchdog() {
                group.addTask {
                    // More than one in the time that the manager waits.
                    await watchdog.run { await isAlive(within: watchdog.limit / 4) }
                }
            }
            // Ends by cancellation too, when the time for an orderly stop is over.
            try? await gracefulShutdown()
            group.cancelAll()
        }
    }

    /// The stop has begun, and may take `limit`.
    func stopping(within limit: Duration) {
        phase.withLockedValue { $0 = .stopping }
        notifier.stopping()
        notifier.status(ServiceStatus.stopping(tally.current))
        notifier.extendTimeout(by: limit)
    }

    /// Runs `reload` between the notices that a service manager expects around it.
    func reloading(_ reload: () async -> Void) async {
        // Before the first READY=1 the manager has not asked for it.
        guard isServing else { return await reload() }
        notifier.reloading()
        await reload()
        notifier.ready()
    }

    private func report() async {
        await waitUntilReady()
        var status = ServiceStatus(interval: Self.interval)
        var last = ""
        while !Task.isCancelled, isServing {
            let address = listeners.addresses(of: "mcp").map(\.description).joined(separator: ", ")
            let text = status.ready(tally.current, obstacle: obstacle(), address: address)
            if text != last { notifier.status(text) }
            last = text
            // Ends early only when cancelled, which the loop looks at.
            try? await Task.sleep(for: Self.interval)
        }
    }

    private func waitUntilReady() async {
        let end = ContinuousClock.now + grace
        var last = ""
        while !Task.isCancelled {
            let isListening = !listeners.addresses(of: "mcp").isEmpty
            let obstacle = obstacle()
            if isListening, obstacle == nil || ContinuousClock.now >= end { break }
            let text = ServiceStatus.starting(isListening ? obstacle : nil)
            if text != last { notifier.status(text) }
            last = text
            try? await Task.sleep(for: .milliseconds(50))
        }
        guard !Task.isCancelled else { return }
        phase.withLockedValue { if $0 == .starting { $0 = .serving } }
        guard isServing else { return }
        notifier.ready()
        if let obstacle = obstacle() {
            logger.warning("counts as started although it is not ready", metadata: ["problem": "\(obstacle)"])
        }
    }

    private func isAlive(within limit: Duration) async -> Bool {
        var problem = await probe.obstacle(includesListener: isServing, within: limit)
        // A stop that has begun meanwhile is why nothing was accepted.
        if problem != nil, !isServing { problem = await probe.obstacle(includesListener: false, within: limit) }
        guard let problem, !Task.isCancelled else { return true }
        logger.error("no sign of life to the service manager", metadata: ["problem": "\(problem)"])
        return false
    }

    private var isServing: Bool { phase.withLockedValue { $0 == .serving } }

    /// The name alone: service-lifecycle logs what a service prints.
    var description: String { "service manager" }
}
