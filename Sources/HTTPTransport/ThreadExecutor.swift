internal import CCurl
internal import Glibc
internal import NIOConcurrencyHelpers

/// Runs an actor's jobs on a thread of its own, which does work of another kind between them.
///
/// The thread alternates between jobs, a `turn` of that other work, and a wait that a new job ends. A job costs a lock
/// and an append; the thread is woken only when it really waits, and once however many jobs arrive until it runs.
final class ThreadExecutor: SerialExecutor {
    /// Does what is due and says for how many milliseconds nothing else is.
    typealias Turn = @Sendable () -> CInt

    private struct State {
        var jobs: [UnownedJob] = []
        var isWaiting = false
        var isStopped = false
        var thread: pthread_t?
    }

    private enum Next { case run, wait, end }

    private let name: String
    private let wait: @Sendable (_ milliseconds: CInt) -> Void
    private let wakeUp: @Sendable () -> Void
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - name: Shown by `top` and debuggers; at most 15 bytes.
    ///   - wait: Blocks until there is something for `turn`, until `wakeUp`, or for so many milliseconds.
    ///   - wakeUp: Ends the present `wait` or else the next one; called from any thread.
    init(name: String, wait: @escaping @Sendable (CInt) -> Void, wakeUp: @escaping @Sendable () -> Void) {
        self.name = name
        self.wait = wait
        self.wakeUp = wakeUp
    }

    /// Starts the thread; jobs that came earlier have waited for it.
    func start(turn: @escaping Turn) {
        let argument = unsafe Unmanaged.passRetained(ThreadArgument(executor: self, turn: turn)).toOpaque()
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let thread = unsafe Unmanaged<ThreadArgument>.fromOpaque(argument).takeRetainedValue()
                thread.executor.run(turn: thread.turn)
                return nil
            }, argument)
        precondition(status == 0, "no thread can be started")
        pthread_detach(thread)
    }

    /// Lets the thread end once no job is left.
    ///
    /// The actor is gone by then, so no further job can come.
    func stop() {
        state.withLockedValue { $0.isStopped = true }
        wakeUp()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustWake = state.withLockedValue { state in
            state.jobs.append(job)
            defer { state.isWaiting = false }
            return state.isWaiting
        }
        if mustWake { wakeUp() }
    }

    /// Lets `assumeIsolated` hold on this thread outside of a job, too.
    func checkIsolated() {
        precondition(isCurrentThread, "not on the thread '\(name)'")
    }

    func isIsolatingCurrentContext() -> Bool? { isCurrentThread }

    private var isCurrentThread: Bool {
        state.withLockedValue { $0.thread == pthread_self() }
    }
}

// MARK: On the thread

private final class ThreadArgument: Sendable {
    let executor: ThreadExecutor
    let turn: ThreadExecutor.Turn

    init(executor: ThreadExecutor, turn: @escaping ThreadExecutor.Turn) {
        self.executor = executor
        self.turn = turn
    }
}

extension ThreadExecutor {
    fileprivate func run(turn: Turn) {
        prepareThread()
        var jobs: [UnownedJob] = []
        while true {
            state.withLockedValue { state in
                state.isWaiting = false
                swap(&jobs, &state.jobs)
            }
            for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
            jobs.removeAll(keepingCapacity: true)
            let patience = turn()
            switch state.withLockedValue(next) {
            case .run: continue
            case .wait: wait(patience)
            case .end: return
            }
        }
    }

    private func next(_ state: inout State) -> Next {
        if !state.jobs.isEmpty { return .run }
        if state.isStopped { return .end }
        state.isWaiting = true
        return .wait
    }

    private func prepareThread() {
        state.withLockedValue { $0.thread = pthread_self() }
        unsafe ccurl_name_thread(name)
        // Writing to a connection that the peer has closed must fail and not kill the process: libcurl leaves the
        // signal to us when CURLOPT_NOSIGNAL is set, and not every write of a TLS library avoids it.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
