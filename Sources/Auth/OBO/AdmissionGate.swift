/// Bounds how many exchanges run at a time (E-160).
///
/// Lives in an actor, whose isolation guards it.
struct AdmissionGate {
    private let limit: Int
    private let maximumWaiting: Int
    private var running = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(limit: Int, maximumWaiting: Int) {
        self.limit = limit
        self.maximumWaiting = maximumWaiting
    }

    /// Whether one more would have to be turned away.
    var isFull: Bool { running >= limit && waiting.count >= maximumWaiting }

    /// Takes a place at once if one is free.
    mutating func tryEnter() -> Bool {
        guard running < limit else { return false }
        running += 1
        return true
    }

    /// Puts `continuation` at the end of the line.
    mutating func wait(_ continuation: CheckedContinuation<Void, Never>) { waiting.append(continuation) }

    /// Gives the place to the first in line, or frees it.
    mutating func leave() {
        guard waiting.isEmpty else { return waiting.removeFirst().resume() }
        running -= 1
    }
}
