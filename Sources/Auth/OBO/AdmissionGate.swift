/// Bounds how many exchanges run at a time, of all users and of each, and lets users take turns (E-160).
///
/// Somebody with many tokens has a few places and a line of their own; a place that becomes free goes to the user whose
/// turn is longest ago. Lives in an actor, whose isolation guards it.
struct AdmissionGate<User: Hashable> {
    private let limit: Int
    private let limitPerUser: Int
    private let maximumWaiting: Int
    private let maximumWaitingPerUser: Int
    private var running: [User: Int] = [:]
    private var places = 0
    private var lines: [User: [CheckedContinuation<Void, Never>]] = [:]
    /// Those who wait, in the order of their turns.
    private var turns: [User] = []
    private var waiting = 0

    init(limit: Int, limitPerUser: Int, maximumWaiting: Int, maximumWaitingPerUser: Int) {
        self.limit = limit
        self.limitPerUser = limitPerUser
        self.maximumWaiting = maximumWaiting
        self.maximumWaitingPerUser = maximumWaitingPerUser
    }

    /// Whether anybody would have to be turned away.
    var isFull: Bool { waiting >= maximumWaiting }

    /// Whether `user` has as many waiting as anybody may have.
    func isFull(for user: User) -> Bool { lines[user].map { $0.count >= maximumWaitingPerUser } ?? false }

    /// Takes a place at once if one is free for `user`.
    mutating func tryEnter(_ user: User) -> Bool {
        guard places < limit, mayRun(user) else { return false }
        take(user)
        return true
    }

    /// Puts `continuation` at the end of the user's line.
    mutating func wait(_ user: User, _ continuation: CheckedContinuation<Void, Never>) {
        if lines[user] == nil { turns.append(user) }
        lines[user, default: []].append(continuation)
        waiting += 1
    }

    /// Gives the place back, and lets in whose turn it is.
    mutating func leave(_ user: User) {
        places -= 1
        running[user] = running[user].flatMap { $0 > 1 ? $0 - 1 : nil }
        // Whoever waits while there are places has as many as one may have: only one can get in for one that left.
        guard let index = turns.firstIndex(where: mayRun) else { return }
        let next = turns.remove(at: index)
        guard var line = lines.removeValue(forKey: next), !line.isEmpty else { return }
        let first = line.removeFirst()
        waiting -= 1
        if !line.isEmpty {
            lines[next] = line
            turns.append(next)
        }
        take(next)
        first.resume()
    }

    private func mayRun(_ user: User) -> Bool { running[user, default: 0] < limitPerUser }

    private mutating func take(_ user: User) {
        places += 1
        running[user, default: 0] += 1
    }
}
