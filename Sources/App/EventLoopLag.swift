internal import Metrics
internal import NIOCore
internal import Observability
internal import Synchronization

/// Measures once a second how late each event loop runs what is due: the first figure to rise when a thread of the HTTP
/// server is blocked or the process gets too little CPU.
struct EventLoopLag {
    /// One loop, asked again only after it has answered: a loop that hangs collects no work.
    private final class Probe: Sendable {
        private let loop: any EventLoop
        /// When the question was asked that has no answer yet, in nanoseconds of `NIODeadline`, or 0.
        private let asked = Atomic<UInt64>(0)

        init(_ loop: any EventLoop) { self.loop = loop }

        func ask(_ timer: Metrics.Timer) {
            let start = NIODeadline.now()
            guard asked.compareExchange(expected: 0, desired: start.uptimeNanoseconds, ordering: .acquiring).exchanged
            else { return }
            loop.execute {
                timer.recordNanoseconds((NIODeadline.now() - start).nanoseconds)
                self.asked.store(0, ordering: .releasing)
            }
        }

        /// How long it has been waiting for an answer.
        var wait: Duration {
            let asked = asked.load(ordering: .relaxed)
            return asked == 0 ? .zero : .nanoseconds((.now() - .uptimeNanoseconds(asked)).nanoseconds)
        }
    }

    private let probes: [Probe]
    private let timer = Metrics.Timer(label: MetricNames.eventLoopLag)

    init(_ group: any EventLoopGroup) { probes = group.makeIterator().map(Probe.init) }

    /// How long the event loop that is the latest has not answered; it hangs when that is long.
    var longestWait: Duration { probes.map(\.wait).max() ?? .zero }

    /// Measures until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            for probe in probes { probe.ask(timer) }
            // Throws when cancelled, which ends the loop.
            try? await Task.sleep(for: .seconds(1))
        }
    }
}
