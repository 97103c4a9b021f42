package import NIOCore

/// Runs tasks on the thread of an event loop, between its events: for requests that are answered at once.
package final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    /// - Parameter eventLoop: Must outlive the tasks.
    package init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Runs `job` on the event loop.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
