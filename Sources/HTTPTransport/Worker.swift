/// A thread that runs tasks and, between them, the HTTP requests that they send: nothing of it needs a second thread.
///
/// A task with an executor preference for a worker runs on its thread, and so do its child tasks and what it does in
/// actors without an executor of their own (SE-0417), as long as no other thread is in the actor. Nothing that runs
/// there may block: only the worker itself waits, for sockets and for tasks.
///
/// The thread ends when nobody refers to the worker any more; a task that prefers it does.
package final class Worker: TaskExecutor {
    let loop: WorkerLoop

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: Shown by `top` and debuggers; at most 15 bytes.
    ///   - configuration: What all requests share that are sent from this worker.
    init(name: String, _ configuration: TransportConfiguration) {
        loop = WorkerLoop(name: name, configuration)
        unsafe loop.start(for: asUnownedTaskExecutor())
    }

    deinit { loop.stop() }

    /// Whether the caller runs on this worker's thread.
    package var isCurrent: Bool { loop.isCurrent }

    /// Runs a job on the thread, after those that came before it from the same thread.
    package func enqueue(_ job: consuming ExecutorJob) { loop.enqueue(UnownedJob(job)) }
}
