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
        private let isAsked = Atomic<Bool>(false)

        init(_ loop: any EventLoop) { self.loop = loop }

        func ask(_ timer: Metrics.Timer) {
            guard !isAsked.exchange(true, ordering: .acquiring) else { return }
            let start = NIODeadline.now()
            loop.execute {
                timer.recordNanoseconds((NIODeadline.now() - start).nanoseconds)
                self.isAsked.store(false, ordering: .releasing)
            }
        }
    }

    private let probes: [Probe]
    private let timer = Metrics.Timer(label: MetricNames.eventLoopLag)

    init(_ group: any EventLoopGroup) { probes = group.makeIterator().map(Probe.init) }

    /// Measures until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            for probe in probes { probe.ask(timer) }
            // Throws when cancelled, which ends the loop.
            try? await Task.sleep(for: .seconds(1))
        }
    }
}
