/// Where ids come from: first those that were laid out for a scenario, then random ones.
struct IDSource: Sendable {
    private var random: SeededGenerator
    private var laidOut: [Int64] = []

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func next() -> Int64 { laidOut.isEmpty ? random.databricksID() : laidOut.removeFirst() }

    /// The ids that come next, in order.
    mutating func layOut(_ ids: [Int64]) { laidOut += ids }
}
