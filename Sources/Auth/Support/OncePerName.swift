internal import NIOConcurrencyHelpers

/// Remembers which names occurred already, up to a bound: for records that are wanted once per name.
final class OncePerName: Sendable {
    private let limit: Int
    private let seen = NIOLockedValueBox<Set<String>>([])

    /// - Parameter limit: After so many names, further ones count as seen.
    init(limit: Int) { self.limit = limit }

    /// Whether `name` occurs for the first time.
    func isFirst(_ name: String) -> Bool {
        seen.withLockedValue { $0.count < limit && $0.insert(name).inserted }
    }
}
