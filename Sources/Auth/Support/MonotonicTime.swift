/// A point on the monotonic clock as one number, which an atomic can hold and a lock is not needed for.
struct MonotonicTime: Sendable, Comparable {
    let nanoseconds: Int64

    private static let origin = ContinuousClock.now

    init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    init(_ instant: ContinuousClock.Instant) {
        let (seconds, attoseconds) = Self.origin.duration(to: instant).components
        nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000 + Self.offset
    }

    /// Keeps every time of this process above 0, which stands for "withdrawn".
    private static let offset: Int64 = 1 << 60

    static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }
}
