internal import Jobs
internal import Testing

@Suite struct AdmissionQueueTests {
    private let now = ContinuousClock.now
    private var later: ContinuousClock.Instant { now + .seconds(1) }

    private func queue(
        perUser: Int = 2, perWorkspace: Int = 3, waitingPerUser: Int = 9, waiting: Int = 2
    ) -> AdmissionQueue {
        var limits = AdmissionQueue.Limits()
        (limits.perUser, limits.perWorkspace) = (perUser, perWorkspace)
        (limits.waitingPerUser, limits.waiting) = (waitingPerUser, waiting)
        return AdmissionQueue(limits: limits)
    }

    /// Enters and returns the ticket, which the test says there must be.
    private func ticket(
        _ queue: inout AdmissionQueue, _ user: String, until deadline: ContinuousClock.Instant
    ) throws -> AdmissionQueue.Ticket {
        guard case .wait(let ticket, displacing: nil) = queue.enter(user: user, deadline: deadline) else {
            throw Unexpected()
        }
        return ticket
    }

    private func admit(_ queue: inout AdmissionQueue, _ user: String) throws {
        let decision = queue.enter(user: user, deadline: later)
        try #require(decision == .admitted)
    }

    private struct Unexpected: Error {}

    @Test("Admits up to the limit of a user and of the workspace (D-120)")
    func limits() throws {
        var queue = queue()
        try admit(&queue, "a")
        try admit(&queue, "a")
        _ = try ticket(&queue, "a", until: later)
        try admit(&queue, "b")
        _ = try ticket(&queue, "b", until: later)
        let decision = queue.enter(user: "c", deadline: later)
        #expect(decision == .queueFull, "each of the two others has one waiting")
        #expect(queue.activeCount == 3 && queue.waitingCount == 2)
    }

    @Test("Bounds what one user has waiting, whatever room there is")
    func waitingPerUser() throws {
        var queue = queue(perUser: 1, waitingPerUser: 2, waiting: 9)
        try admit(&queue, "a")
        for _ in 0..<2 { _ = try ticket(&queue, "a", until: later) }
        let decision = queue.enter(user: "a", deadline: later)
        #expect(decision == .userQueueFull)
        try admit(&queue, "b")
    }

    @Test("Serves the users in turn, each in the order of arrival")
    func turns() throws {
        var queue = queue(perUser: 1, perWorkspace: 1, waiting: 9)
        try admit(&queue, "z")
        var names: [AdmissionQueue.Ticket: String] = [:]
        for name in ["a1", "a2", "a3", "b1", "b2", "c1"] {
            names[try ticket(&queue, String(name.prefix(1)), until: later)] = name
        }
        var served: [String] = []
        var user = "z"
        while let woken = queue.leave(user: user, at: now).first, let name = names[woken.ticket] {
            served.append(name)
            user = String(name.prefix(1))
        }
        #expect(served == ["a1", "b1", "c1", "a2", "b2", "a3"])
        #expect(queue.activeCount == 0 && queue.waitingCount == 0)
    }

    @Test("A full queue gives up the end of the longest one for a user who has fewer waiting")
    func displacement() throws {
        var queue = queue(perUser: 1, perWorkspace: 1, waiting: 3)
        try admit(&queue, "z")
        var hogs: [AdmissionQueue.Ticket] = []
        for _ in 0..<3 { hogs.append(try ticket(&queue, "hog", until: later)) }
        let full = queue.enter(user: "hog", deadline: later)
        #expect(full == .queueFull, "nobody has more than they have themselves")
        guard case .wait(_, let displaced) = queue.enter(user: "late", deadline: later) else { throw Unexpected() }
        #expect(displaced == hogs[2])
        let answer = queue.abandon(hogs[2])
        #expect(!answer, "it waits no longer")
        let again = queue.enter(user: "late", deadline: later)
        #expect(again == .queueFull, "one place more would only turn the two round")
        #expect(queue.waitingCount == 3)
    }

    @Test("Calls waiters in order, past users who have all their slots")
    func order() throws {
        var queue = queue(perUser: 1, perWorkspace: 2, waiting: 9)
        try admit(&queue, "a")
        try admit(&queue, "b")
        let secondOfA = try ticket(&queue, "a", until: later)
        let secondOfB = try ticket(&queue, "b", until: later)
        let woken = queue.leave(user: "b", at: now)
        #expect(woken.map(\.ticket) == [secondOfB])
        #expect(woken.map(\.outcome) == [.admitted])
        let second = queue.leave(user: "a", at: now).map(\.ticket)
        #expect(second == [secondOfA])
        let nobody = queue.leave(user: "a", at: now).count + queue.leave(user: "b", at: now).count
        #expect(nobody == 0)
        try admit(&queue, "a")
    }

    @Test("Tells waiters whose time is over")
    func expiry() throws {
        var queue = queue(perUser: 1)
        try admit(&queue, "a")
        let late = try ticket(&queue, "a", until: now)
        let patient = try ticket(&queue, "a", until: later)
        let woken = queue.leave(user: "a", at: now)
        #expect(woken.map(\.ticket) == [late, patient])
        #expect(woken.map(\.outcome) == [.expired, .admitted])
    }

    @Test("Forgets waiters who have gone, once")
    func abandon() throws {
        var queue = queue(perUser: 1)
        try admit(&queue, "a")
        let gone = try ticket(&queue, "a", until: later)
        let answers = [queue.abandon(gone), queue.abandon(gone)]
        #expect(answers == [true, false])
        let woken = queue.leave(user: "a", at: now)
        #expect(woken.isEmpty)
    }
}
