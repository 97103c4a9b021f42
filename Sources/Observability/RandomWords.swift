internal import Glibc
internal import NIOConcurrencyHelpers
internal import Synchronization

/// Random words for identifiers: fetched from the kernel 32 at a time, because each fetch is a system call.
///
/// For names only, never for keys: words wait in memory until somebody takes them. The lock is held for one word.
enum RandomWords {
    private struct Pool {
        var words: [UInt64] = []
        /// The fork that the words were fetched after.
        var generation = 0
    }

    /// 256 bytes, as many as getentropy(3) gives at a time.
    private static let batch = 32
    private static let pool = NIOLockedValueBox(Pool())
    private static let forks = Atomic<Int>(0)

    /// Counts forks from here on, so that parent and child never hand out the same words.
    private static let watchesForks: Bool =
        pthread_atfork(
            nil, nil, { RandomWords.forks.wrappingAdd(1, ordering: .relaxed) }) == 0

    /// A word of 64 random bits.
    static func next() -> UInt64 {
        let generation = watchesForks ? forks.load(ordering: .relaxed) : 0
        return pool.withLockedValue { pool in
            if pool.generation != generation { pool = Pool(words: [], generation: generation) }
            if let word = pool.words.popLast() { return word }
            refill(&pool.words)
            return pool.words.popLast() ?? UInt64.random(in: .min ... .max)
        }
    }

    /// A word that is not zero, as the ids of a trace must be.
    static func nextNonzero() -> UInt64 {
        while true {
            let word = next()
            if word != 0 { return word }
        }
    }

    /// Leaves `words` empty when the kernel has none to give.
    private static func refill(_ words: inout [UInt64]) {
        words.append(contentsOf: repeatElement(0, count: batch))
        let status = unsafe words.withUnsafeMutableBytes { unsafe getentropy($0.baseAddress, $0.count) }
        if status != 0 { words.removeAll(keepingCapacity: true) }
    }
}
