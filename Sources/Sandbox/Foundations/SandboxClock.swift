internal import HTTPSyntax
internal import NIOConcurrencyHelpers

/// The sandbox's only source of time: tokens expire and runs move on by it, never by waiting.
package final class SandboxClock: Sendable {
    /// Where the clock starts.
    package enum Start: Sendable {
        /// The machine's wall clock; it keeps running.
        case system
        /// A moment in milliseconds since 1970, at which the clock stands still until it is moved.
        case frozen(atMilliseconds: Int64)
    }

    private enum Mode {
        case running(offset: Int64)
        case frozen(at: Int64)
    }

    private let mode: NIOLockedValueBox<Mode>

    /// Creates a clock.
    package init(_ start: Start = .system) {
        switch start {
        case .system: mode = NIOLockedValueBox(.running(offset: 0))
        case .frozen(let moment): mode = NIOLockedValueBox(.frozen(at: moment))
        }
    }

    /// Milliseconds since 1970, UTC.
    package var milliseconds: Int64 {
        mode.withLockedValue { mode in
            switch mode {
            case .running(let offset): WallClock.milliseconds() + offset
            case .frozen(let moment): moment
            }
        }
    }

    /// Whole seconds since 1970, UTC: the unit of token times.
    package var seconds: Int64 { milliseconds / 1000 }

    /// Moves the clock, forwards or backwards.
    package func advance(milliseconds distance: Int64) {
        mode.withLockedValue { mode in
            switch mode {
            case .running(let offset): mode = .running(offset: offset + distance)
            case .frozen(let moment): mode = .frozen(at: moment + distance)
            }
        }
    }

    /// Sets the clock to `moment`; it keeps running if it was running.
    package func set(milliseconds moment: Int64) {
        mode.withLockedValue { mode in
            switch mode {
            case .running: mode = .running(offset: moment - WallClock.milliseconds())
            case .frozen: mode = .frozen(at: moment)
            }
        }
    }

    /// Stops the clock where it is.
    package func freeze() {
        mode.withLockedValue { mode in
            if case .running(let offset) = mode { mode = .frozen(at: WallClock.milliseconds() + offset) }
        }
    }

    /// Lets the clock run on from where it is.
    package func resume() {
        mode.withLockedValue { mode in
            if case .frozen(let moment) = mode { mode = .running(offset: moment - WallClock.milliseconds()) }
        }
    }

    /// Whether the clock stands still.
    package var isFrozen: Bool {
        mode.withLockedValue { mode in
            if case .frozen = mode { true } else { false }
        }
    }
}
