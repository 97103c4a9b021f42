internal import CSystemd

/// Gives the service manager the signs of life that it expects; it restarts a service that stays silent.
package struct Watchdog: Sendable {
    /// The longest silence that the service manager bears.
    package let limit: Duration

    /// The watchdog that the service manager has set up for this process; `nil` when there is none.
    ///
    /// It says so through `WATCHDOG_USEC` and `WATCHDOG_PID` (sd_watchdog_enabled(3)).
    package init?() {
        var microseconds: UInt64 = 0
        guard unsafe csystemd_watchdog(&microseconds) > 0 else { return nil }
        limit = .microseconds(microseconds)
    }

    /// Gives a sign of life twice per ``limit`` until the calling task is cancelled, and looks sooner again after a
    /// failure, so that a single one does not cost the service its life.
    ///
    /// - Parameter isAlive: Asked each time; there is no sign when it says `false` or does not return, and the service
    ///   manager then does what `WatchdogSec=` of the unit leads to.
    package func run(while isAlive: @Sendable () async -> Bool = { true }) async {
        let notifier = ServiceNotifier()
        while !Task.isCancelled {
            let isWell = await isAlive()
            if isWell { notifier.alive() }
            // Ends early only when cancelled, which the loop looks at.
            try? await Task.sleep(for: isWell ? limit / 2 : limit / 8)
        }
    }
}
