/// How many records of one kind may be logged: 10 a minute, then their number (E-153).
///
/// A value without clock or I/O.
package struct BurstLimit<Kind: Hashable & Sendable>: Sendable {
    /// What becomes of one record.
    package enum Admission: Equatable {
        /// Log it; `suppressed` of the same kind were not logged in the minute before.
        case log(suppressed: Int)
        /// Count it only.
        case suppress
    }

    private struct Window {
        let start: ContinuousClock.Instant
        var logged = 0
        var suppressed = 0
    }

    private let limit: Int
    private let length: Duration
    private var windows: [Kind: Window] = [:]

    /// - Parameters:
    ///   - limit: How many records of one kind may be logged within `length`.
    ///   - length: Of the window in which they are counted.
    package init(limit: Int = 10, per length: Duration = .seconds(60)) {
        self.limit = limit
        self.length = length
    }

    /// Decides about one record.
    package mutating func admit(_ kind: Kind, at now: ContinuousClock.Instant) -> Admission {
        var window = windows[kind] ?? Window(start: now)
        var suppressed = 0
        if now - window.start >= length {
            suppressed = window.suppressed
            window = Window(start: now)
        }
        defer { windows[kind] = window }
        guard window.logged < limit else {
            window.suppressed += 1
            return .suppress
        }
        window.logged += 1
        return .log(suppressed: suppressed)
    }

    /// Forgets the minutes that are over, and returns what was suppressed in them.
    mutating func closeWindows(at now: ContinuousClock.Instant) -> [(kind: Kind, suppressed: Int)] {
        let over = windows.filter { now - $0.value.start >= length }
        for kind in over.keys { windows.removeValue(forKey: kind) }
        return over.compactMap { $0.value.suppressed > 0 ? ($0.key, $0.value.suppressed) : nil }
    }
}
