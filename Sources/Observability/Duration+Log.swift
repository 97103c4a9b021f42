extension Duration {
    /// Whole nanoseconds, for what is summed up or measured.
    package var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }

    /// Milliseconds with three decimals, as a log field: `12.345`.
    package var logMilliseconds: String {
        Self.text(thousandths: components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000)
    }

    /// Seconds with three decimals, as a log field: `1.500`.
    package var logSeconds: String {
        Self.text(thousandths: components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
    }

    private static func text(thousandths count: Int64) -> String {
        let fraction = String((count % 1_000).magnitude)
        let sign = count < 0 ? "-" : ""
        return "\(sign)\((count / 1_000).magnitude).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
    }
}
