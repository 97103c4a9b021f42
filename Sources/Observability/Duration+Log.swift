extension Duration {
    /// Whole nanoseconds, for what is summed up or measured.
    package var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }

    /// Milliseconds with three decimals, as a log field: `12.345`.
    package var logMilliseconds: String { Self.text(thousandths: microseconds) }

    /// Appends ``logMilliseconds``.
    func appendLogMilliseconds(to bytes: inout [UInt8]) { Self.append(thousandths: microseconds, to: &bytes) }

    /// Seconds with three decimals, as a log field: `1.500`.
    package var logSeconds: String {
        Self.text(thousandths: components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000)
    }

    private var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }

    private static func text(thousandths count: Int64) -> String {
        var bytes: [UInt8] = []
        append(thousandths: count, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(thousandths count: Int64, to bytes: inout [UInt8]) {
        if count < 0 { bytes.append(UInt8(ascii: "-")) }
        let (whole, fraction) = count.magnitude.quotientAndRemainder(dividingBy: 1_000)
        DecimalText.append(whole, digits: 1, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        DecimalText.append(fraction, digits: 3, to: &bytes)
    }
}
