/// A small deterministic generator (SplitMix64): the same seed gives the same workspace, ids and lifetimes.
///
/// Not for secrets: the sandbox has none worth guarding.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A random version 4 UUID, lower case.
    mutating func uuid() -> String {
        let high = (next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        let low = (next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        let digits = hexadecimal(high, 16) + hexadecimal(low, 16)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    /// A token's unique id: 22 characters of the URL-safe Base64 alphabet, as Entra writes them.
    mutating func uniqueTokenID() -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        return String((0..<22).map { _ in alphabet[Int(next() % 64)] })
    }

    /// An id as Databricks draws them: 15 or 16 digits, random, in no order, at most 2^53 (D-08, D-11).
    mutating func databricksID() -> Int64 {
        Int64.random(in: 100_000_000_000_000...9_007_199_254_740_991, using: &self)
    }
}

/// `value` in lower-case hexadecimal digits, padded with zeros to `width`.
func hexadecimal(_ value: UInt64, _ width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
