internal import CSystemd
internal import Glibc

/// Tells the service manager how this process is doing; silent where there is no service manager.
///
/// The manager says through `NOTIFY_SOCKET` where it listens (sd_notify(3)); systemd and some container managers do.
package struct ServiceNotifier: Sendable {
    /// Whether somebody was told.
    package enum Outcome: Sendable, Equatable {
        /// The message is on its way.
        case sent
        /// Nobody asked to be told.
        case noManager
        /// The message could not be sent, for this errno.
        case failed(CInt)
    }

    /// Tells whoever `NOTIFY_SOCKET` names when the message is sent.
    package init() {}

    /// Whether anybody has asked to be told.
    package var hasManager: Bool { unsafe getenv("NOTIFY_SOCKET") != nil }

    /// The service is up: units that wait for it may start.
    @discardableResult
    package func ready() -> Outcome { notify("READY=1") }

    /// The service has begun to stop.
    @discardableResult
    package func stopping() -> Outcome { notify("STOPPING=1") }

    /// The service has begun to read its settings again; ``ready()`` ends it.
    ///
    /// The time tells the manager which of its requests this answers (systemd.service(5), `Type=notify-reload`).
    @discardableResult
    package func reloading() -> Outcome {
        var now = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &now)
        let microseconds = UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1_000
        return notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    /// What the service does now, starting or stopping, may take this long from now on.
    @discardableResult
    package func extendTimeout(by duration: Duration) -> Outcome {
        notify("EXTEND_TIMEOUT_USEC=\(max(0, duration.components.seconds) * 1_000_000)")
    }

    /// What the service is doing, for `systemctl status`.
    ///
    /// - Parameter text: One line; line breaks would be taken for further messages and become blanks.
    /// - Returns: Whether somebody was told.
    @discardableResult
    package func status(_ text: String) -> Outcome {
        notify("STATUS=" + String(text.map { $0.isNewline || $0 == "\0" ? " " : $0 }))
    }

    /// A sign of life; see ``Watchdog``.
    @discardableResult
    package func alive() -> Outcome { notify("WATCHDOG=1") }

    private func notify(_ state: String) -> Outcome {
        let result = unsafe csystemd_notify(state)
        if result > 0 { return .sent }
        return result == 0 ? .noManager : .failed(-result)
    }
}
