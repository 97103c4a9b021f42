internal import CCurl

/// The transfers of one worker, from their start until their outcome is handed out: the owner of each of them.
///
/// It lives on the worker's thread and is not `Sendable`: ``WorkerLoop`` sees to it that nobody else touches it.
@safe
final class TransferSet {
    /// How many idle transfers are kept for the next requests.
    private static let maximumIdle = 64

    private let configuration: TransportConfiguration
    private let sessions = TLSSessions()
    private let sockets: SocketWatch
    private let multi: Multi
    private let wires: WireSet
    private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 64)
    private var readyCount = 0
    private var active: [Int: Transfer] = [:]
    private var idle: [Transfer] = []
    private var nextExpiry: ContinuousClock.Instant?
    private var isStopped = false

    init(_ configuration: TransportConfiguration, _ sockets: SocketWatch) {
        self.configuration = configuration
        self.sockets = sockets
        multi = Multi(sockets, as: .transfers, connectionsPerHost: max(1, configuration.maximumConnectionsPerHost))
        wires = WireSet(configuration, sockets, sessions)
    }

    deinit { unsafe events.deallocate() }

    /// Starts a transfer, whose outcome goes to `completion` later, or at once when it cannot start.
    func start(_ request: HTTPRequest, id: Int, over route: Route, _ completion: Transfer.Completion) {
        do throws(TransportError) {
            guard !isStopped else { throw .unsent(.shuttingDown, request, "the transport has stopped") }
            if route == .wire { return try wires.start(request, id: id, completion) }
            let transfer = if let last = idle.popLast() { last } else { try makeTransfer(for: request) }
            let deadline = ContinuousClock.now + request.timeout
            try transfer.begin(request, id: id, deadline: deadline, completion: completion)
            guard multi.add(transfer.easy) == CURLM_OK else {
                return transfer.fail(.internalFailure, "libcurl is out of memory")
            }
            active[id] = transfer
            nextExpiry = min(nextExpiry ?? deadline, deadline)
        } catch {
            completion.resume(returning: .failure(error))
        }
    }

    /// Fails a transfer with `cancelled`, unless it is over.
    func cancel(_ id: Int) {
        guard let transfer = remove(id) else { return wires.cancel(id) }
        transfer.fail(.cancelled, "cancelled")
        recycle(transfer)
    }

    /// Fails all transfers, also those that come later, with `shuttingDown`.
    func stop() {
        isStopped = true
        wires.stop()
        abandonAll(with: .shuttingDown, "the transport has stopped")
    }

    /// Lets everything go on that can, hands out what is done, and says for how many milliseconds nothing else is due.
    func turn() -> CInt {
        let now = ContinuousClock.now
        tellReady()
        if !multi.expire(at: now) { abandonAll(with: .internalFailure, "libcurl is out of memory") }
        while let (owner, code) = unsafe multi.nextDone() {
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
            _ = remove(transfer.id)
            transfer.finish(code)
            recycle(transfer)
        }
        wires.turn(at: now)
        failExpired(at: now)
        let next = ContinuousClock.Instant.earliest(nextExpiry, .earliest(multi.timer, wires.nextDue))
        return next?.millisecondsFromNow ?? .max
    }

    /// Blocks until a socket is ready, until ``SocketWatch/wakeUp()``, or for so many milliseconds.
    func wait(milliseconds: CInt) { unsafe readyCount = sockets.wait(milliseconds: milliseconds, into: events) }

    /// Tells each whose socket was ready at the end of the wait.
    private func tellReady() {
        for index in 0..<readyCount {
            let event = unsafe events[index]
            let (socket, owner) = unsafe sockets.socket(of: event)
            switch owner {
            case .worker: break  // it was woken, which is all
            case .transfers:
                if unsafe !multi.proceed(on: socket, event.events) {
                    abandonAll(with: .internalFailure, "libcurl is out of memory")
                }
            case .connecting: unsafe wires.connect(on: socket, event.events)
            case .wires: wires.proceed(on: socket)
            }
        }
        readyCount = 0
    }
}

extension TransferSet {
    private func makeTransfer(for request: HTTPRequest) throws(TransportError) -> Transfer {
        do throws(EasyHandle.OptionError) {
            return try Transfer(configuration, sessions)
        } catch {
            throw .unsent(.internalFailure, request, "libcurl: \(error.text)")
        }
    }

    private func abandonAll(with kind: TransportError.Kind, _ text: String) {
        for id in Array(active.keys) {
            guard let transfer = remove(id) else { continue }
            transfer.fail(kind, text)
            recycle(transfer)
        }
    }

    /// Takes the transfer out before anyone resumes it, so that nothing can resume it twice.
    private func remove(_ id: Int) -> Transfer? {
        guard let transfer = active.removeValue(forKey: id) else { return nil }
        multi.remove(transfer.easy)
        return transfer
    }

    private func recycle(_ transfer: Transfer) {
        if idle.count < TransferSet.maximumIdle { idle.append(transfer) }
    }

    /// Fails what has passed its deadline.
    ///
    /// `CURLOPT_TIMEOUT_MS` would not do: libcurl does not look at transfers that wait for a connection to become free.
    private func failExpired(at now: ContinuousClock.Instant) {
        if active.isEmpty { nextExpiry = nil }
        guard let expiry = nextExpiry, expiry <= now else { return }
        for (id, transfer) in active where transfer.deadline <= now {
            _ = remove(id)
            transfer.fail(.timeout, "no complete answer in time")
            recycle(transfer)
        }
        nextExpiry = active.values.lazy.map(\.deadline).min()
    }
}
