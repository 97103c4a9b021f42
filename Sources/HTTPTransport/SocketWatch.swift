internal import CCurl
internal import Glibc

/// Waits until a watched socket is ready: the one owner of an epoll instance and of the event that ends its wait.
///
/// All functions may be called from any thread, as those of epoll(7) and eventfd(2) that they stand for.
final class SocketWatch: Sendable {
    private let epoll = epoll_create1(CInt(EPOLL_CLOEXEC))
    private let wakeUpEvent = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))

    init() {
        // Edge-triggered: each write ends one wait, and nobody ever needs to read.
        let watches = control(EPOLL_CTL_ADD, wakeUpEvent, EPOLLIN.rawValue | EPOLLET.rawValue, .worker)
        precondition(epoll >= 0 && wakeUpEvent >= 0 && watches, "no file descriptors left")
    }

    deinit {
        close(wakeUpEvent)
        close(epoll)
    }

    /// Who is told that a socket is ready.
    enum Owner: UInt64 { case worker, transfers, connecting, wires }

    /// Watches `socket` for `what`, a constant of libcurl's, `CURL_POLL_`, and no longer for anything else.
    func watch(_ socket: CInt, for what: CInt, owner: Owner) {
        let events: UInt32 =
            switch what {
            case CURL_POLL_IN: EPOLLIN.rawValue
            case CURL_POLL_OUT: EPOLLOUT.rawValue
            case CURL_POLL_INOUT: EPOLLIN.rawValue | EPOLLOUT.rawValue
            default: 0
            }
        if events == 0 {
            // The socket may be closed already, which has removed it.
            _ = control(EPOLL_CTL_DEL, socket, 0, owner)
        } else if !control(EPOLL_CTL_ADD, socket, events, owner) {
            // It is watched already, for something else. Should the kernel lack memory, the transfer's deadline ends it.
            _ = control(EPOLL_CTL_MOD, socket, events, owner)
        }
    }

    private func control(_ operation: CInt, _ descriptor: CInt, _ events: UInt32, _ owner: Owner) -> Bool {
        let data = owner.rawValue << 32 | UInt64(UInt32(bitPattern: descriptor))
        var event = unsafe epoll_event(events: events, data: epoll_data_t(u64: data))
        return unsafe epoll_ctl(epoll, operation, descriptor, &event) == 0
    }

    /// Blocks until a socket is ready, until ``wakeUp()``, or for so many milliseconds.
    ///
    /// - Returns: How many of `events` were filled in; 0 also when a signal or a lack of memory ended the wait.
    func wait(milliseconds: CInt, into events: UnsafeMutableBufferPointer<epoll_event>) -> Int {
        unsafe max(0, Int(epoll_wait(epoll, events.baseAddress, CInt(events.count), milliseconds)))
    }

    /// Ends the present wait, or else the next one.
    func wakeUp() {
        // Fails only when 2^64 - 1 writes have come before.
        _ = eventfd_write(wakeUpEvent, 1)
    }

    /// Which socket an event is about, and who is to be told; the worker itself when it is ``wakeUp()``.
    func socket(of event: epoll_event) -> (descriptor: CInt, owner: Owner) {
        let data = unsafe event.data.u64
        return (CInt(bitPattern: UInt32(truncatingIfNeeded: data)), Owner(rawValue: data >> 32) ?? .worker)
    }
}
