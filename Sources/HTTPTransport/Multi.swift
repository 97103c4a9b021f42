internal import CCurl

/// libcurl's multi handle: the one owner of a `CURLM`, its connections and its name cache.
///
/// It is driven by `curl_multi_socket_action`, which touches only transfers whose socket is ready. The simpler
/// `curl_multi_poll` and `curl_multi_perform` look at all of them each time: with 48 slow requests under way that
/// doubled the time that every other request took.
///
/// Everything but ``wakeUp()`` belongs to a worker's thread, which is what makes the unchecked conformance true.
/// The last reference may go on any thread: by definition nobody uses the handle then.
@safe
final class Multi: @unchecked Sendable {
    private let raw: UnsafeMutableRawPointer  // CURLM *
    private let sockets = SocketWatch()
    private let events = UnsafeMutableBufferPointer<epoll_event>.allocate(capacity: 64)
    private var readyCount = 0
    private var timer: ContinuousClock.Instant?

    /// libcurl's process-wide set-up, done once (curl_global_init(3)).
    private static let setUp: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    init(_ configuration: TransportConfiguration) {
        precondition(Multi.setUp == CURLE_OK, "libcurl cannot be set up")
        guard let raw = unsafe curl_multi_init() else { preconditionFailure("libcurl is out of memory") }
        unsafe self.raw = raw
        let perHost = max(1, configuration.maximumConnectionsPerHost)
        let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
        let codes = unsafe [
            ccurl_multi_setopt_long(raw, CURLMOPT_MAX_HOST_CONNECTIONS, perHost),
            // Left alone, libcurl keeps four times as many idle connections as there are transfers: often none.
            ccurl_multi_setopt_long(raw, CURLMOPT_MAXCONNECTS, 2 * perHost + 16),
            ccurl_multi_setopt_socket_callback(raw, socketChanged, owner),
            ccurl_multi_setopt_timer_callback(raw, timerChanged, owner),
        ]
        // Fails only for an option that libcurl does not know; all are older than what shim.h demands.
        precondition(codes.allSatisfy { $0 == CURLM_OK }, "libcurl is too old")
    }

    deinit {
        unsafe curl_multi_cleanup(raw)
        unsafe events.deallocate()
    }
}

// MARK: Transfers

extension Multi {
    /// Starts a transfer at the next ``perform(at:)``.
    func add(_ easy: EasyHandle) -> CURLMcode { unsafe ccurl_multi_add(raw, easy.raw) }

    /// Ends a transfer; its connection survives if the transfer was complete.
    func remove(_ easy: EasyHandle) {
        unsafe curl_multi_remove_handle(raw, easy.raw)  // cannot fail for a handle that `add` took
    }

    /// The next transfer that is over, until there is none.
    func nextDone() -> (transfer: Transfer, code: CURLcode)? {
        var done = unsafe ccurl_done()
        guard unsafe ccurl_next_done(raw, &done), let owner = unsafe done.owner else { return nil }
        return unsafe (Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue(), done.result)
    }
}

// MARK: Driving

extension Multi {
    /// Whether ``perform(at:)`` may have something to do, now or later.
    var hasWork: Bool { readyCount > 0 || timer != nil }

    /// Lets those transfers go on whose socket was ready at the end of the last wait, or whose timer has run out.
    ///
    /// - Returns: Whether libcurl can go on at all; it cannot when it lacks memory.
    func perform(at now: ContinuousClock.Instant) -> Bool {
        var isAble = true
        for index in 0..<readyCount {
            let event = unsafe events[index]
            let socket = unsafe event.data.fd
            if sockets.isWakeUp(socket) { continue }
            // After a hang-up or an error neither bit is set, and libcurl looks for itself.
            let isReadable = unsafe event.events & EPOLLIN.rawValue != 0
            let isWritable = unsafe event.events & EPOLLOUT.rawValue != 0
            isAble = act(socket, (isReadable ? CURL_CSELECT_IN : 0) | (isWritable ? CURL_CSELECT_OUT : 0)) && isAble
        }
        readyCount = 0
        if let due = timer, due <= now {
            timer = nil
            isAble = act(CURL_SOCKET_TIMEOUT, 0) && isAble
        }
        return isAble
    }

    private func act(_ socket: CInt, _ events: CInt) -> Bool { unsafe ccurl_multi_act(raw, socket, events) == CURLM_OK }

    /// Blocks until a socket is ready, a timer of libcurl's has run out, or ``wakeUp()``.
    ///
    /// - Parameter milliseconds: The longest wait.
    func wait(milliseconds: CInt) {
        var patience = milliseconds
        if let timer { patience = min(patience, timer.millisecondsFromNow) }
        unsafe readyCount = sockets.wait(milliseconds: patience, into: events)
    }

    /// Ends the present wait, or else the next one, from any thread.
    func wakeUp() { sockets.wakeUp() }
}

// MARK: What libcurl asks for

extension Multi {
    fileprivate func watch(_ socket: CInt, for what: CInt) { sockets.watch(socket, for: what) }

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
