extension JSONElement {
    /// The value of a number that is an integer within Int64: `20`, `20.0` and `2e1` alike (J-09).
    package var integer: Int64? { document.tape.integer(at: index) }

    /// The value of a number written as plain digits, or of a string of plain digits, within Int64 (D-09).
    ///
    /// What ids, times and durations look like; never passes through `Double`. A leading `-` is allowed, a leading
    /// zero before other digits is not.
    package var exactInteger: Int64? { document.tape.exactInteger(at: index) }

    /// The nearest `Double` of a number; `nil` beyond its range.
    package var double: Double? {
        guard let text = numberText, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// A number as it is written, digit for digit.
    package var numberText: String? {
        node.kind == .number ? document.tape.string(at: index) : nil
    }
}
