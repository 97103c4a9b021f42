internal import CCurl
internal import Glibc
internal import NIOConcurrencyHelpers
internal import Synchronization

/// What a worker's thread does: jobs, transfers, and a wait that either ends.
///
/// What comes from other threads goes through ``inbox``, behind a lock; the thread is woken only when it really waits,
/// and once however much arrives until it runs. What comes from the thread itself needs neither lock nor wake.
///
/// `transfers` and `jobs` belong to the thread alone, which makes the unchecked conformance true: `run` is what the
/// thread executes, and the other two functions that touch them ask ``isCurrent`` first.
@safe
final class WorkerLoop: @unchecked Sendable {
    /// What other threads want done about transfers, in the order in which they say so.
    enum Order {
        case start(HTTPRequest, id: Int, Route, Transfer.Completion)
        case cancel(Int)
        case stopSending
    }

    private struct Inbox {
        var jobs: [UnownedJob] = []
        var orders: [Order] = []
        var isWaiting = false
        var isStopped = false
    }

    private enum Next { case run, wait, end }

    /// How many jobs run before sockets are looked at again, so that neither keeps the other waiting for long.
    private static let jobsPerTurn = 64

    private let name: String
    private let inbox = NIOLockedValueBox(Inbox())
    private let sockets = SocketWatch()
    private let transfers: TransferSet
    private let lastID = Atomic<Int>(0)
    private var jobs = JobQueue()

    init(name: String, _ configuration: TransportConfiguration) {
        self.name = name
        transfers = TransferSet(configuration, sockets)
    }

    /// Starts the thread; what came earlier has waited for it.
    ///
    /// - Parameter executor: The worker; there are no jobs once it is gone.
    func start(for executor: UnownedTaskExecutor) {
        let argument = unsafe Unmanaged.passRetained(ThreadArgument(loop: self, executor: executor)).toOpaque()
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let thread = unsafe Unmanaged<ThreadArgument>.fromOpaque(argument).takeRetainedValue()
                unsafe thread.loop.run(for: thread.executor)
                return nil
            }, argument)
        precondition(status == 0, "no thread can be started")
        pthread_detach(thread)
    }

    /// Whether the caller is this loop's thread.
    var isCurrent: Bool { unsafe CurrentLoop.value == Unmanaged.passUnretained(self).toOpaque() }
}

// MARK: From any thread

extension WorkerLoop {
    func enqueue(_ job: UnownedJob) {
        if isCurrent { return jobs.append(job) }
        deliver { $0.jobs.append(job) }
    }

    /// A number for a transfer of this loop's that no other has.
    func nextID() -> Int { lastID.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Starts a transfer: at once when called on this loop's thread.
    func startTransfer(_ request: HTTPRequest, id: Int, over route: Route, _ completion: Transfer.Completion) {
        if isCurrent { return transfers.start(request, id: id, over: route, completion) }
        post(.start(request, id: id, route, completion))
    }

    /// Leaves an order for the thread; it is never carried out at once, wherever it comes from.
    func post(_ order: Order) { deliver { $0.orders.append(order) } }

    /// Lets the thread end once no job is left.
    func stop() { deliver { $0.isStopped = true } }

    private func deliver(_ change: (inout Inbox) -> Void) {
        let mustWake = inbox.withLockedValue { inbox in
            change(&inbox)
            defer { inbox.isWaiting = false }
            return inbox.isWaiting
        }
        if mustWake { sockets.wakeUp() }
    }
}

// MARK: On the thread

extension WorkerLoop {
    fileprivate func run(for executor: UnownedTaskExecutor) {
        prepareThread()
        while true {
            let orders = takeInbox()
            for order in orders { carryOut(order) }
            unsafe runJobs(for: executor)
            let patience = transfers.turn()
            switch jobs.isEmpty ? inbox.withLockedValue(next) : .run {
            case .run: transfers.wait(milliseconds: 0)
            case .wait: transfers.wait(milliseconds: patience)
            case .end: return
            }
        }
    }

    private func takeInbox() -> [Order] {
        inbox.withLockedValue { inbox in
            inbox.isWaiting = false
            for job in inbox.jobs { jobs.append(job) }
            inbox.jobs.removeAll(keepingCapacity: true)
            guard !inbox.orders.isEmpty else { return [] }
            defer { inbox.orders = [] }
            return inbox.orders
        }
    }

    private func carryOut(_ order: Order) {
        switch order {
        case .start(let request, let id, let route, let completion):
            transfers.start(request, id: id, over: route, completion)
        case .cancel(let id): transfers.cancel(id)
        case .stopSending: transfers.stop()
        }
    }

    private func runJobs(for executor: UnownedTaskExecutor) {
        for _ in 0..<WorkerLoop.jobsPerTurn {
            guard let job = jobs.popFirst() else { return }
            unsafe job.runSynchronously(on: executor)
        }
    }

    private func next(_ inbox: inout Inbox) -> Next {
        if !inbox.jobs.isEmpty || !inbox.orders.isEmpty { return .run }
        if inbox.isStopped { return .end }
        inbox.isWaiting = true
        return .wait
    }

    private func prepareThread() {
        unsafe CurrentLoop.value = Unmanaged.passUnretained(self).toOpaque()
        unsafe ccurl_name_thread(name)
        // Writing to a connection that the peer has closed must fail and not kill the process: libcurl leaves the
        // signal to us when CURLOPT_NOSIGNAL is set, and not every write of a TLS library avoids it.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}

@safe
private final class ThreadArgument {
    let loop: WorkerLoop
    let executor: UnownedTaskExecutor

    init(loop: WorkerLoop, executor: UnownedTaskExecutor) {
        self.loop = loop
        unsafe self.executor = executor
    }
}

/// The loop whose thread this is: an address to compare with, never to follow.
private enum CurrentLoop {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        precondition(unsafe pthread_key_create(&key, nil) == 0, "no thread-specific data left")
        return key
    }()

    static var value: UnsafeMutableRawPointer? {
        get { unsafe pthread_getspecific(key) }
        set { unsafe pthread_setspecific(key, newValue) }
    }
}
