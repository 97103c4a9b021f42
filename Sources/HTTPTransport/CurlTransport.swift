/// Sends HTTP requests through libcurl's multi interface, each on one worker's thread.
///
/// A request that is sent by a task on one of ``workers`` is sent there and its answer comes back there, without
/// another thread; any other is given to the worker whose turn it is. Connections are kept and used again, by each
/// worker for itself; TLS is verified always and is 1.2 at least; redirects are not followed (D-109); cookies, `.netrc`
/// and passwords in URLs are not used. Proxies come from the environment: `https_proxy`, `http_proxy` (lower case),
/// `all_proxy`, `no_proxy`.
///
/// When the server has closed an idle connection just as a request was sent on it, and not one byte of an answer has
/// come, libcurl sends the request again on a new connection: a POST must bear being seen twice (D-117).
///
/// Requests may be sent before ``run()`` is called; after it has ended they fail.
package final class CurlTransport: HTTPSending {
    /// The threads that send, for tasks that are to run there, too.
    package let workers: WorkerPool

    /// Starts the threads; opens no connection.
    ///
    /// - Parameters:
    ///   - configuration: What all requests share.
    ///   - workers: How many threads.
    ///   - threadName: What they are called, with a number when there are several; at most 12 bytes.
    package init(
        _ configuration: TransportConfiguration = TransportConfiguration(), workers: Int = 1,
        threadName: String = "curl"
    ) {
        self.workers = WorkerPool(name: threadName, count: workers, configuration)
    }

    /// Sends `request` once; cancelling the calling task aborts the transfer.
    ///
    /// - Parameter request: What to send, and the bounds on it.
    /// - Returns: The complete answer, whatever its status.
    /// - Throws: ``TransportError`` when there is no complete answer.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await send(request, over: .transfer)
    }

    func send(_ request: HTTPRequest, over route: Route) async throws(TransportError) -> HTTPResponse {
        if let refusal = CurlTransport.refusal(of: request) { throw refusal }
        let worker = workers.current ?? workers.next()
        let id = worker.loop.nextID()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { completion in
                worker.loop.startTransfer(request, id: id, over: route, completion)
                // A cancellation from before has come to nothing: the worker did not know the transfer yet.
                if Task.isCancelled { worker.loop.post(.cancel(id)) }
            }
        } onCancel: {
            worker.loop.post(.cancel(id))
        }
        return try outcome.get()
    }

    /// Returns when the calling task is cancelled, and fails what is under way then and what comes later with
    /// `shuttingDown`.
    package func run() async {
        let (never, continuation) = AsyncStream<Never>.makeStream()
        for await _ in never {}
        continuation.finish()
        workers.stopSending()
    }

    private static func refusal(of request: HTTPRequest) -> TransportError? {
        if Task.isCancelled { return .unsent(.cancelled, request, "cancelled before the start") }
        if let problem = request.problem { return .unsent(.invalidRequest, request, problem) }
        if request.timeout <= .zero { return .unsent(.timeout, request, "no time was left") }
        return nil
    }
}

extension TransportError {
    /// A failure before anything of the request was sent.
    static func unsent(_ kind: Kind, _ request: HTTPRequest, _ text: String) -> TransportError {
        TransportError(kind, requestWasSent: false, detail: "\(request.location): \(text)")
    }
}
