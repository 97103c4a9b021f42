internal import CCurl

/// Sends HTTP requests through libcurl's multi interface, on a thread of its own.
///
/// libcurl forbids using a handle from two threads at a time. The actor is pinned to that thread by its executor, so
/// isolation proves that nobody does. Connections are kept and used again; TLS is verified always and is 1.2 at least;
/// redirects are not followed (D-109); cookies, `.netrc` and passwords in URLs are not used. Proxies come from the
/// environment: `https_proxy`, `http_proxy` (lower case), `all_proxy`, `no_proxy`.
///
/// When the server has closed an idle connection just as a request was sent on it, and not one byte of an answer has
/// come, libcurl sends the request again on a new connection: a POST must bear being seen twice (D-117).
///
/// The thread starts with the first reference and ends with the last one. Requests may be sent before ``run()`` is
/// called; after it has ended they fail.
package actor CurlTransport: HTTPSending {
    /// Runs this actor on its own thread.
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// How many idle transfers are kept for the next requests.
    private static let maximumIdle = 64

    private let configuration: TransportConfiguration
    private let executor: ThreadExecutor
    private let multi: Multi
    private var active: [Int: Transfer] = [:]
    private var idle: [Transfer] = []
    private var nextID = 0
    private var nextExpiry: ContinuousClock.Instant?
    private var isStopped = false

    /// Starts the thread; opens no connection.
    ///
    /// - Parameter configuration: What all requests share.
    package init(_ configuration: TransportConfiguration = TransportConfiguration()) {
        let multi = Multi(configuration)
        self.configuration = configuration
        self.multi = multi
        executor = ThreadExecutor(name: "curl", wait: { multi.wait(milliseconds: $0) }, wakeUp: { multi.wakeUp() })
        executor.start { [weak self] in self?.assumeIsolated { $0.turn() } ?? 0 }
    }

    deinit { executor.stop() }

    /// Sends `request` once; cancelling the calling task aborts the transfer.
    ///
    /// - Parameter request: What to send, and the bounds on it.
    /// - Returns: The complete answer, whatever its status.
    /// - Throws: ``TransportError`` when there is no complete answer.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        if let refusal = refusal(of: request) { throw refusal }
        let id = nextID
        nextID += 1
        // `start` is reached without suspending, so the cancel job can only run after it: no cancellation is lost.
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { start(request, id: id, completion: $0) }
        } onCancel: {
            // Nobody waits for this hop to the actor's thread: `send` ends when the transfer does.
            Task { await self.cancel(id) }
        }
        return try outcome.get()
    }

    /// Returns when the calling task is cancelled, and fails what is under way then and what comes later with
    /// `shuttingDown`.
    package func run() async {
        let (never, continuation) = AsyncStream<Never>.makeStream()
        for await _ in never {}
        continuation.finish()
        isStopped = true
        abandonAll(with: .shuttingDown, "the transport has stopped")
    }
}

// MARK: Transfers

extension CurlTransport {
    private func refusal(of request: HTTPRequest) -> TransportError? {
        let refusal: (kind: TransportError.Kind, text: String)? =
            if isStopped {
                (.shuttingDown, "the transport has stopped")
            } else if Task.isCancelled {
                (.cancelled, "cancelled before the start")
            } else if let problem = request.problem {
                (.invalidRequest, problem)
            } else if request.timeout <= .zero {
                (.timeout, "no time was left")
            } else {
                nil
            }
        return refusal.map {
            TransportError($0.kind, requestWasSent: false, detail: "\(request.location): \($0.text)")
        }
    }

    private func start(_ request: HTTPRequest, id: Int, completion: Transfer.Completion) {
        do throws(TransportError) {
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

    private func makeTransfer(for request: HTTPRequest) throws(TransportError) -> Transfer {
        do throws(EasyHandle.OptionError) {
            return try Transfer(configuration)
        } catch {
            throw TransportError(
                .internalFailure, requestWasSent: false, detail: "\(request.location): libcurl: \(error.text)")
        }
    }

    private func cancel(_ id: Int) {
        guard let transfer = remove(id) else { return }
        transfer.fail(.cancelled, "cancelled")
        recycle(transfer)
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
        if idle.count < CurlTransport.maximumIdle { idle.append(transfer) }
    }
}

// MARK: The thread's other work

extension CurlTransport {
    /// Lets libcurl work, hands out what is done, and says for how many milliseconds nothing else is due.
    private func turn() -> CInt {
        let now = ContinuousClock.now
        if !multi.perform(at: now) { abandonAll(with: .internalFailure, "libcurl is out of memory") }
        while let (transfer, code) = multi.nextDone() {
            _ = remove(transfer.id)
            transfer.finish(code)
            recycle(transfer)
        }
        failExpired(at: now)
        return nextExpiry?.millisecondsFromNow ?? .max
    }

    /// Fails what has passed its deadline.
    ///
    /// `CURLOPT_TIMEOUT_MS` would not do: libcurl does not look at transfers that wait for a connection to become free.
    private func failExpired(at now: ContinuousClock.Instant) {
        guard let expiry = nextExpiry, expiry <= now else { return }
        for (id, transfer) in active where transfer.deadline <= now {
            _ = remove(id)
            transfer.fail(.timeout, "no complete answer in time")
            recycle(transfer)
        }
        nextExpiry = active.values.lazy.map(\.deadline).min()
    }
}
