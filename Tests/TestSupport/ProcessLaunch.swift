package import Foundation
internal import NIOConcurrencyHelpers

/// Starts processes one at a time: Foundation's `Process.run()` crashes when two threads are inside it.
package enum ProcessLaunch {
    private static let lock = NIOLock()

    /// Starts `process`.
    ///
    /// - Throws: What `run()` throws.
    package static func start(_ process: Process) throws {
        try lock.withLock { try process.run() }
    }
}
