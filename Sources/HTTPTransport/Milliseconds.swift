extension Duration {
    /// Whole milliseconds, rounded up: a wait that ends early would only have to be repeated.
    ///
    /// 0 for what is not positive, and about 24 days for what is longer.
    var wholeMilliseconds: CInt {
        let (seconds, attoseconds) = components
        guard seconds < 2_147_483 else { return .max }
        let milliseconds = seconds * 1_000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return CInt(max(0, milliseconds))
    }
}

extension Duration {
    /// Whole microseconds, rounded down.
    var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

extension ContinuousClock.Instant {
    /// The earlier one of those that there are.
    static func earliest(_ one: Self?, _ other: Self?) -> Self? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }

    /// How long until this instant, in whole milliseconds, rounded up; 0 when it has passed.
    var millisecondsFromNow: CInt { ContinuousClock.now.duration(to: self).wholeMilliseconds }
}
