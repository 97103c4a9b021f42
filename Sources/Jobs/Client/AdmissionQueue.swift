/// Who may call the workspace now and who waits: a value without I/O or clock (D-120).
///
/// Each user has a queue of their own, and the queues are served in turn, past users who have all their slots in use. So
/// a user waits for one call of each other user, however many those have waiting. When there is no more room, whoever has
/// the longest queue loses its end, so that nobody is shut out by what others have waiting.
package struct AdmissionQueue {
    /// How many calls may be under way and wait at once.
    package struct Limits: Sendable, Equatable {
        /// Calls of one user under way.
        package var perUser = 4
        /// Calls of all users under way.
        package var perWorkspace = 64
        /// Calls of one user that may wait; beyond it they are refused at once.
        package var waitingPerUser = 64
        /// Calls of all users that may wait.
        package var waiting = 512

        /// The defaults; docs/scale-out.md argues them.
        package init() {}
    }

    /// Names one waiter.
    package struct Ticket: Hashable, Sendable {
        fileprivate let number: UInt64
        fileprivate let user: String
    }

    /// The answer to somebody who asks for a slot.
    package enum Decision: Equatable {
        /// The slot is taken; ``AdmissionQueue/leave(user:at:)`` gives it back.
        case admitted
        /// All slots are taken; the ticket will be called. The second one lost its place for it.
        case wait(Ticket, displacing: Ticket?)
        /// As many calls of this user wait already as may.
        case userQueueFull
        /// As many calls wait as may, and no other user has more of them than this one.
        case queueFull
    }

    /// How a wait ended.
    package enum WaitOutcome: Sendable, Equatable {
        /// The slot is taken for the waiter.
        case admitted
        /// The waiter's deadline passed.
        case expired
        /// The place was needed for a user who has fewer waiting.
        case displaced
    }

    private struct Waiter {
        let ticket: Ticket
        let deadline: ContinuousClock.Instant
    }

    private let limits: Limits
    private var active = UserCounts()
    /// The queues that hold somebody.
    private var queues: [String: [Waiter]] = [:]
    /// The users who have a queue, the next one first.
    private var turns: [String] = []
    private var nextTicket: UInt64 = 0
    /// No waiter's deadline is before this one; that of a waiter who has left may still stand here.
    private var earliestDeadline: ContinuousClock.Instant?

    /// How many calls are under way.
    package var activeCount: Int { active.total }
    /// How many wait.
    package private(set) var waitingCount = 0

    /// An empty queue.
    package init(limits: Limits) { self.limits = limits }

    /// Takes a slot for `user` if one is free.
    ///
    /// Nobody who waits is overtaken: while a slot is free, those who wait have all of theirs in use.
    ///
    /// - Returns: Whether it is taken; ``leave(user:at:)`` gives it back.
    package mutating func tryEnter(user: String) -> Bool {
        guard hasSlot(for: user) else { return false }
        active.add(user)
        return true
    }

    /// Whether nobody waits, so that a slot can be given back without a look at who is next.
    package var isIdle: Bool { turns.isEmpty }

    /// Asks for a slot for `user`, who cannot use one after `deadline`.
    package mutating func enter(user: String, deadline: ContinuousClock.Instant) -> Decision {
        if tryEnter(user: user) { return .admitted }
        let own = queues[user]?.count ?? 0
        guard own < limits.waitingPerUser else { return .userQueueFull }
        var displaced: Ticket?
        if waitingCount >= limits.waiting {
            guard let ticket = displace(forUserWith: own) else { return .queueFull }
            displaced = ticket
        }
        nextTicket += 1
        let ticket = Ticket(number: nextTicket, user: user)
        if own == 0 { turns.append(user) }
        queues[user, default: []].append(Waiter(ticket: ticket, deadline: deadline))
        waitingCount += 1
        earliestDeadline = min(earliestDeadline ?? deadline, deadline)
        return .wait(ticket, displacing: displaced)
    }

    /// Gives a slot back.
    ///
    /// - Returns: The waiters to wake, each with the reason. There is no timer: a waiter that ran out of time is noticed
    ///   here, at the latest when the attempt ahead of it times out.
    package mutating func leave(
        user: String, at now: ContinuousClock.Instant
    ) -> [(ticket: Ticket, outcome: WaitOutcome)] {
        active.remove(user)
        var woken = expire(at: now)
        // Nobody who waits could have been admitted before, so one slot lets in one at most.
        if let ticket = next() { woken.append((ticket, .admitted)) }
        return woken
    }

    /// Takes a waiter out whose caller is gone.
    ///
    /// - Returns: `false` when it no longer waits, because it was woken already.
    package mutating func abandon(_ ticket: Ticket) -> Bool {
        guard let index = queues[ticket.user]?.firstIndex(where: { $0.ticket == ticket }) else { return false }
        remove(at: index, of: ticket.user)
        return true
    }

    /// Admits the first waiter of the user whose turn it is, who then goes to the end of the round.
    private mutating func next() -> Ticket? {
        guard let turn = turns.firstIndex(where: { hasSlot(for: $0) }), let ticket = queues[turns[turn]]?.first?.ticket
        else {
            return nil
        }
        turns.append(turns.remove(at: turn))
        remove(at: 0, of: ticket.user)
        active.add(ticket.user)
        return ticket
    }

    /// Takes out the last waiter of the longest queue, if the user with `own` waiters is served better by that than the
    /// other one worse.
    private mutating func displace(forUserWith own: Int) -> Ticket? {
        guard let (user, queue) = queues.max(by: { $0.value.count < $1.value.count }), queue.count > own + 1,
            let last = queue.last
        else { return nil }
        remove(at: queue.count - 1, of: user)
        return last.ticket
    }

    /// Takes out the waiters whose time is over; looks at them only when somebody's is.
    private mutating func expire(at now: ContinuousClock.Instant) -> [(ticket: Ticket, outcome: WaitOutcome)] {
        guard let earliest = earliestDeadline, earliest <= now else { return [] }
        let expired = queues.values.joined().filter { $0.deadline <= now }
        for waiter in expired { _ = abandon(waiter.ticket) }
        earliestDeadline = queues.values.joined().map(\.deadline).min()
        return expired.map { ($0.ticket, .expired) }
    }

    private mutating func remove(at index: Int, of user: String) {
        queues[user]?.remove(at: index)
        waitingCount -= 1
        guard queues[user]?.isEmpty == true else { return }
        queues[user] = nil
        turns.removeAll { $0 == user }
    }

    private func hasSlot(for user: String) -> Bool {
        active.total < limits.perWorkspace && active.count(of: user) < limits.perUser
    }
}
