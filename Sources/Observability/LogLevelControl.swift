internal import Logging
internal import NIOConcurrencyHelpers
internal import Synchronization

/// The levels in force, which may change while the server runs.
///
/// A logger asks for the minimum before it makes an event, which costs one atomic load; a subsystem's own level is
/// looked up for events that pass.
package final class LogLevelControl: Sendable {
    private let minimumIndex: Synchronization.Atomic<Int>
    private let levels: NIOLockedValueBox<LogLevels>

    /// Starts with `levels`.
    package init(_ levels: LogLevels) {
        minimumIndex = Synchronization.Atomic(Self.index(of: levels.minimum))
        self.levels = NIOLockedValueBox(levels)
    }

    /// The levels in force.
    package var current: LogLevels { levels.withLockedValue { $0 } }

    /// Takes over other levels, for every logger at once.
    package func set(_ new: LogLevels) {
        levels.withLockedValue { $0 = new }
        minimumIndex.store(Self.index(of: new.minimum), ordering: .relaxed)
    }

    /// The least severe level that anything logs.
    var minimum: Logger.Level { Logger.Level.allCases[minimumIndex.load(ordering: .relaxed)] }

    func allow(_ level: Logger.Level, from source: String) -> Bool {
        levels.withLockedValue { $0.allow(level, from: source) }
    }

    private static func index(of level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 0 }
}
