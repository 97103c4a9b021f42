internal import Jobs
internal import Testing

/// What holds after whatever happens to the queue.
@Suite struct AdmissionFairnessTests {
    /// A queue, and what a watcher knows of it.
    private struct Watched {
        var queue: AdmissionQueue
        let limits: AdmissionQueue.Limits
        var active: [String: Int] = [:]
        /// Those who wait, by user, in the order of arrival.
        var waiting: [String: [AdmissionQueue.Ticket]] = [:]
        var ended: Set<AdmissionQueue.Ticket> = []
        /// Who was called since each user, who could have been, was called last.
        var passed: [String: [String]] = [:]

        init(_ limits: AdmissionQueue.Limits) {
            queue = AdmissionQueue(limits: limits)
            self.limits = limits
        }

        mutating func enter(_ user: String, until deadline: ContinuousClock.Instant) {
            let before = waiting.mapValues(\.count)
            switch queue.enter(user: user, deadline: deadline) {
            case .admitted: active[user, default: 0] += 1
            case .userQueueFull: #expect(before[user, default: 0] == limits.waitingPerUser)
            case .queueFull:
                #expect(before.values.reduce(0, +) == limits.waiting)
                #expect(before.values.allSatisfy { $0 <= before[user, default: 0] + 1 }, "the longest would have lost")
            case .wait(let ticket, let displaced):
                if let displaced, let loser = owner(of: displaced) {
                    #expect(before.values.reduce(0, +) == limits.waiting)
                    #expect(before[loser] == before.values.max())
                    #expect(waiting[loser]?.last == displaced)
                    end(displaced)
                }
                waiting[user, default: []].append(ticket)
            }
            check()
        }

        mutating func leave(_ user: String, at now: ContinuousClock.Instant) {
            active[user, default: 0] -= 1
            let couldBeCalled = Set(waiting.keys.filter { active[$0, default: 0] < limits.perUser })
            for (ticket, outcome) in queue.leave(user: user, at: now) {
                guard let owner = owner(of: ticket) else {
                    Issue.record("woken twice")
                    continue
                }
                if outcome == .admitted {
                    #expect(waiting[owner]?.first == ticket, "a user's calls go in their order")
                    active[owner, default: 0] += 1
                    // Nobody is called twice while somebody else could have been called once.
                    for other in couldBeCalled where other != owner && waiting[other] != nil {
                        #expect(passed[other]?.contains(owner) != true)
                        passed[other, default: []].append(owner)
                    }
                    passed[owner] = nil
                }
                end(ticket)
            }
            // Whoever could not be called has lost no turn.
            for user in passed.keys where !couldBeCalled.contains(user) { passed[user] = nil }
            check()
        }

        mutating func abandon(_ ticket: AdmissionQueue.Ticket) {
            let isWaiting = owner(of: ticket) != nil
            let hasLeft = queue.abandon(ticket)
            #expect(hasLeft == isWaiting)
            if isWaiting { end(ticket) }
            check()
        }

        private mutating func end(_ ticket: AdmissionQueue.Ticket) {
            let (isFirst, _) = ended.insert(ticket)
            #expect(isFirst)
            guard let owner = owner(of: ticket) else { return }
            waiting[owner]?.removeAll { $0 == ticket }
            if waiting[owner]?.isEmpty == true {
                waiting[owner] = nil
                passed[owner] = nil
            }
        }

        private func owner(of ticket: AdmissionQueue.Ticket) -> String? {
            waiting.first { $0.value.contains(ticket) }?.key
        }

        private func check() {
            let all = active.values.reduce(0, +)
            #expect(queue.activeCount == all && all <= limits.perWorkspace)
            #expect(queue.waitingCount == waiting.values.map(\.count).reduce(0, +))
            #expect(queue.waitingCount <= limits.waiting && queue.isIdle == waiting.isEmpty)
            #expect(active.values.allSatisfy { $0 <= limits.perUser })
            #expect(waiting.values.allSatisfy { $0.count <= limits.waitingPerUser })
            // No slot is idle while somebody waits who may have it.
            if all < limits.perWorkspace { #expect(waiting.keys.allSatisfy { active[$0] == limits.perUser }) }
        }
    }

    @Test("Bounds, order and turns hold whatever happens", arguments: 1...40 as ClosedRange<UInt64>)
    func property(_ seed: UInt64) {
        var chance = SeededRandom(seed: seed)
        var limits = AdmissionQueue.Limits()
        limits.perWorkspace = Int.random(in: 1...6, using: &chance)
        limits.perUser = Int.random(in: 1...4, using: &chance)
        limits.waiting = Int.random(in: 0...12, using: &chance)
        limits.waitingPerUser = Int.random(in: 0...6, using: &chance)
        let users = (0..<Int.random(in: 1...6, using: &chance)).map { "user \($0)" }
        var watched = Watched(limits)
        var now = ContinuousClock.now
        for _ in 0..<400 {
            now += .milliseconds(Int.random(in: 0...50, using: &chance))
            let busy = watched.active.filter { $0.value > 0 }.keys.sorted()
            switch Int.random(in: 0..<10, using: &chance) {
            case 0..<5:
                let patience: Duration = .milliseconds(Int.random(in: 0...2_000, using: &chance))
                watched.enter(users.randomElement(using: &chance) ?? "", until: now + patience)
            case 5..<9: if let user = busy.randomElement(using: &chance) { watched.leave(user, at: now) }
            default:
                let tickets = watched.waiting.sorted { $0.key < $1.key }.flatMap(\.value)
                if let ticket = tickets.randomElement(using: &chance) { watched.abandon(ticket) }
            }
        }
    }

    @Test(
        "Nine users with 62 calls each do not shut out the tenth, who is called within a round",
        arguments: [(4, 16, 512), (4, 64, 512), (1, 1, 20), (1, 1, 9)])
    func tenth(_ perUser: Int, _ perWorkspace: Int, _ waiting: Int) {
        var limits = AdmissionQueue.Limits()
        (limits.perUser, limits.perWorkspace, limits.waiting) = (perUser, perWorkspace, waiting)
        var queue = AdmissionQueue(limits: limits)
        let (now, deadline) = (ContinuousClock.now, ContinuousClock.now + .seconds(25))
        var active: [String] = []
        var owners: [AdmissionQueue.Ticket: String] = [:]
        func enter(_ user: String) -> Bool {
            switch queue.enter(user: user, deadline: deadline) {
            case .admitted: active.append(user)
            case .wait(let ticket, _): owners[ticket] = user
            case .userQueueFull, .queueFull: return false
            }
            return true
        }
        for _ in 0..<62 { for user in 1...9 { _ = enter("user \(user)") } }
        let isIn = enter("the tenth")
        #expect(isIn == (waiting > 9), "full for the tenth is a queue in which nobody has two")
        guard isIn else { return }
        var calls = 0
        while !active.contains("the tenth"), !active.isEmpty {
            calls += 1
            for woken in queue.leave(user: active.removeFirst(), at: now) {
                if let owner = owners[woken.ticket] { active.append(owner) }
            }
        }
        #expect(active.contains("the tenth") && calls <= 10)
    }
}
