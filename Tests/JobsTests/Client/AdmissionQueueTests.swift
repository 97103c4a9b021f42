internal import Jobs
internal import Testing

@Suite struct AdmissionQueueTests {
    private let now = ContinuousClock.now
    private var later: ContinuousClock.Instant { now + .seconds(1) }

    private func queue(perUser: Int = 2, perWorkspace: Int = 3, waiting: Int = 2) -> AdmissionQueue {
        var limits = AdmissionQueue.Limits()
        (limits.perUser, limits.perWorkspace, limits.waiting) = (perUser, perWorkspace, waiting)
        return AdmissionQueue(limits: limits)
    }

    /// Enters and returns the ticket, which the test says there must be.
    private func ticket(
        _ queue: inout AdmissionQueue, _ user: String, until deadline: ContinuousClock.Instant
    ) throws -> AdmissionQueue.Ticket {
        guard case .wait(let ticket) = queue.enter(user: user, deadline: deadline) else {
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
        #expect(decision == .refused)
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
