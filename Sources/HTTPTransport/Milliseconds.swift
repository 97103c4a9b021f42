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

extension ContinuousClock.Instant {
    /// How long until this instant, in whole milliseconds, rounded up; 0 when it has passed.
    var millisecondsFromNow: CInt { ContinuousClock.now.duration(to: self).wholeMilliseconds }
}
