internal import Synchronization

/// What all connections of one listener, or of several that share it, may take together, and what became of the others.
package final class ConnectionQuota: Sendable {
    /// The state of a quota.
    package struct Figures: Sendable, Equatable {
        /// Connections that are open.
        package var open: Int
        /// Connections that were closed without an answer, because there were too many or their heads took too much.
        package var refused: Int
        /// How often the system could not accept a connection.
        package var acceptFailures: Int
        /// Bytes of unfinished heads beyond what each connection has for itself.
        package var headBytes: Int

        /// A state.
        package init(open: Int = 0, refused: Int = 0, acceptFailures: Int = 0, headBytes: Int = 0) {
            (self.open, self.refused) = (open, refused)
            (self.acceptFailures, self.headBytes) = (acceptFailures, headBytes)
        }
    }

    /// Bytes of an unfinished head that each connection has for itself: several times a usual one.
    static let headBytesOfEach = 8 << 10

    /// Connections that are open at once.
    package let maximumConnections: Int
    private let maximumHeadBytes: Int
    private let open = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let acceptFailures = Atomic<Int>(0)
    private let headBytes = Atomic<Int>(0)

    /// - Parameters:
    ///   - maximumConnections: Connections that are open at once; further ones are closed.
    ///   - headBytes: Bytes of unfinished heads, of all connections together, beyond the first 8 KiB of each.
    package init(maximumConnections: Int = 4_096, headBytes: Int = 16 << 20) {
        self.maximumConnections = maximumConnections
        maximumHeadBytes = headBytes
    }

    /// The present state.
    package var figures: Figures {
        Figures(
            open: open.load(ordering: .relaxed), refused: refused.load(ordering: .relaxed),
            acceptFailures: acceptFailures.load(ordering: .relaxed), headBytes: headBytes.load(ordering: .relaxed))
    }

    /// Takes a place for a connection.
    ///
    /// - Returns: Whether there was one; it is counted as refused otherwise.
    func enter() -> Bool {
        guard open.add(1, ordering: .relaxed).newValue > maximumConnections else { return true }
        open.subtract(1, ordering: .relaxed)
        refuse()
        return false
    }

    /// A connection that had a place is closed.
    func leave() { open.subtract(1, ordering: .relaxed) }

    /// A connection is ended without an answer.
    func refuse() { refused.add(1, ordering: .relaxed) }

    /// The system could not accept a connection.
    func acceptFailed() { acceptFailures.add(1, ordering: .relaxed) }

    /// Takes `bytes` more for unfinished heads, or gives back what is below zero.
    ///
    /// - Returns: Whether there is room; they are taken in either case.
    func takeHeadBytes(_ bytes: Int) -> Bool {
        headBytes.add(bytes, ordering: .relaxed).newValue <= maximumHeadBytes
    }
}
