internal import Synchronization

/// A fixed number of workers, among which work is dealt out in turn.
package final class WorkerPool: Sendable {
    private let workers: [Worker]
    private let turn = Atomic<Int>(0)

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - name: What the threads are called, with a number when there are several.
    ///   - count: How many threads; at least 1.
    ///   - configuration: What all requests share. Its bound on connections is one on all workers together: each gets
    ///     its part, rounded down, but at least one connection.
    init(name: String, count: Int, _ configuration: TransportConfiguration) {
        let count = max(1, count)
        var configuration = configuration
        configuration.maximumConnectionsPerHost /= count
        workers = (0..<count).map { Worker(name: count == 1 ? name : "\(name) \($0)", configuration) }
    }

    /// The worker whose turn it is.
    package func next() -> Worker {
        let ticket = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return workers[Int(UInt(bitPattern: ticket) % UInt(workers.count))]
    }

    /// The worker on whose thread the caller runs; `nil` on any other thread.
    package var current: Worker? { workers.first { $0.isCurrent } }

    /// Fails the requests under way on all workers, and those that come later, with `shuttingDown`.
    ///
    /// Tasks still run there.
    func stopSending() {
        for worker in workers { worker.loop.post(.stopSending) }
    }
}
