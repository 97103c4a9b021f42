internal import CCurl

/// libcurl's multi handle: the one owner of a `CURLM`, its connections and its name cache.
///
/// It is driven by `curl_multi_socket_action`, which touches only transfers whose socket is ready. The simpler
/// `curl_multi_poll` and `curl_multi_perform` look at all of them each time: with 48 slow requests under way that
/// doubled the time that every other request took.
///
/// It lives on a worker's thread and is not `Sendable`. The last reference may go on any thread: by definition nobody
/// uses the handle then.
@safe
final class Multi {
    private let raw: UnsafeMutableRawPointer  // CURLM *
    private let sockets: SocketWatch
    private let owner: SocketWatch.Owner
    /// When ``expire(at:)`` is due.
    private(set) var timer: ContinuousClock.Instant?

    /// libcurl's process-wide set-up, done once (curl_global_init(3)).
    private static let setUp: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// - Parameters:
    ///   - sockets: Where it has its sockets watched.
    ///   - owner: What they are watched as.
    ///   - perHost: How many connections to one host may be open at a time; 0 when somebody else counts.
    init(_ sockets: SocketWatch, as owner: SocketWatch.Owner, connectionsPerHost perHost: Int) {
        precondition(Multi.setUp == CURLE_OK, "libcurl cannot be set up")
        guard let raw = unsafe curl_multi_init() else { preconditionFailure("libcurl is out of memory") }
        unsafe self.raw = raw
        self.sockets = sockets
        self.owner = owner
        let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
        let codes = unsafe [
            ccurl_multi_setopt_long(raw, CURLMOPT_MAX_HOST_CONNECTIONS, perHost),
            // Left alone, libcurl keeps four times as many idle connections as there are transfers: often none.
            ccurl_multi_setopt_long(raw, CURLMOPT_MAXCONNECTS, perHost == 0 ? 1 << 20 : 2 * perHost + 16),
            ccurl_multi_setopt_socket_callback(raw, socketChanged, owner),
            ccurl_multi_setopt_timer_callback(raw, timerChanged, owner),
        ]
        // Fails only for an option that libcurl does not know; all are older than what shim.h demands.
        precondition(codes.allSatisfy { $0 == CURLM_OK }, "libcurl is too old")
    }

    deinit {
        unsafe curl_multi_cleanup(raw)
    }
}

// MARK: Transfers

extension Multi {
    /// Starts a transfer at the next ``expire(at:)``.
    func add(_ easy: EasyHandle) -> CURLMcode { unsafe ccurl_multi_add(raw, easy.raw) }

    /// Ends a transfer; its connection survives if the transfer was complete.
    func remove(_ easy: EasyHandle) {
        unsafe curl_multi_remove_handle(raw, easy.raw)  // cannot fail for a handle that `add` took
    }

    /// The next handle that is done, by the address that its owner gave it, until there is none.
    func nextDone() -> (owner: UnsafeMutableRawPointer, code: CURLcode)? {
        var done = unsafe ccurl_done()
        guard unsafe ccurl_next_done(raw, &done), let owner = unsafe done.owner else { return nil }
        return unsafe (owner, done.result)
    }
}

// MARK: Driving

extension Multi {
    /// Lets the transfers on a socket go on that is ready.
    ///
    /// - Parameters:
    ///   - socket: The socket.
    ///   - events: What epoll says of it. After a hang-up it says neither in nor out, and libcurl looks for itself.
    /// - Returns: Whether libcurl can go on at all; it cannot when it lacks memory.
    func proceed(on socket: CInt, _ events: UInt32) -> Bool {
        let isReadable = events & EPOLLIN.rawValue != 0
        let isWritable = events & EPOLLOUT.rawValue != 0
        return act(socket, (isReadable ? CURL_CSELECT_IN : 0) | (isWritable ? CURL_CSELECT_OUT : 0))
    }

    /// Lets the transfers go on whose timer has run out.
    ///
    /// - Returns: As ``proceed(on:_:)``.
    func expire(at now: ContinuousClock.Instant) -> Bool {
        guard let due = timer, due <= now else { return true }
        timer = nil
        return act(CURL_SOCKET_TIMEOUT, 0)
    }

    private func act(_ socket: CInt, _ events: CInt) -> Bool { unsafe ccurl_multi_act(raw, socket, events) == CURLM_OK }
}

// MARK: What libcurl asks for

extension Multi {
    fileprivate func watch(_ socket: CInt, for what: CInt) { sockets.watch(socket, for: what, owner: owner) }

    /// - Parameter milliseconds: Below zero for no timer.
    fileprivate func setTimer(milliseconds: Int) {
        timer = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
    }
}

/// `CURLMOPT_SOCKETFUNCTION`; the multi handle is alive, since it is just calling.
private let socketChanged: curl_socket_callback = { _, socket, what, owner, _ in
    guard let owner = unsafe owner else { return -1 }
    unsafe Unmanaged<Multi>.fromOpaque(owner).takeUnretainedValue().watch(socket, for: what)
    return 0
}

/// `CURLMOPT_TIMERFUNCTION`; the multi handle is alive, since it is just calling.
private let timerChanged: curl_multi_timer_callback = { _, milliseconds, owner in
    guard let owner = unsafe owner else { return -1 }
    unsafe Unmanaged<Multi>.fromOpaque(owner).takeUnretainedValue().setTimer(milliseconds: milliseconds)
    return 0
}
