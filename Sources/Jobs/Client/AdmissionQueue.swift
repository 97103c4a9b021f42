/// Who may call the workspace now and who waits: a value without I/O or clock (D-120).
///
/// Waiters are admitted in order of arrival, skipping users who have all their slots in use, so that one busy user
/// delays nobody else.
package struct AdmissionQueue {
    /// How many calls may be under way at once.
    package struct Limits: Sendable, Equatable {
        /// Calls of one user.
        package var perUser = 4
        /// Calls of all users.
        package var perWorkspace = 16
        /// Calls that may wait for a slot; beyond it they are refused at once.
        package var waiting = 512

        /// The defaults.
        package init() {}
    }

    /// Names one waiter.
    package struct Ticket: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    /// The answer to somebody who asks for a slot.
    package enum Decision: Equatable {
        /// The slot is taken; ``AdmissionQueue/leave(user:at:)`` gives it back.
        case admitted
        /// All slots are taken; the ticket will be called.
        case wait(Ticket)
        /// Too many wait already.
        case refused
    }

    /// How a wait ended.
    package enum WaitOutcome: Sendable, Equatable {
        /// The slot is taken for the waiter.
        case admitted
        /// The waiter's deadline passed.
        case expired
    }

    private struct Waiter {
        let ticket: Ticket
        let user: String
        let deadline: ContinuousClock.Instant
    }

    private let limits: Limits
    private var active = 0
    private var activePerUser: [String: Int] = [:]
    private var waiters: [Waiter] = []
    private var nextTicket: UInt64 = 0
    /// No waiter's deadline is before this one; that of a waiter who has left may still stand here.
    private var earliestDeadline: ContinuousClock.Instant?

    /// An empty queue.
    package init(limits: Limits) { self.limits = limits }

    /// Takes a slot for `user` if one is free.
    ///
    /// - Returns: Whether it is taken; ``leave(user:at:)`` gives it back.
    package mutating func tryEnter(user: String) -> Bool {
        guard hasSlot(for: user) else { return false }
        take(user)
        return true
    }

    /// Whether nobody waits, so that a slot can be given back without a look at who is next.
    package var isIdle: Bool { waiters.isEmpty }

    /// Asks for a slot for `user`, who cannot use one after `deadline`.
    package mutating func enter(user: String, deadline: ContinuousClock.Instant) -> Decision {
        if tryEnter(user: user) { return .admitted }
        guard waiters.count < limits.waiting else { return .refused }
        nextTicket += 1
        earliestDeadline = min(earliestDeadline ?? deadline, deadline)
        waiters.append(Waiter(ticket: Ticket(number: nextTicket), user: user, deadline: deadline))
        return .wait(Ticket(number: nextTicket))
    }

    /// Gives a slot back.
    ///
    /// - Returns: The waiters to wake, each with the reason. There is no timer: a waiter that ran out of time is noticed
    ///   here, at the latest when the attempt ahead of it times out.
    package mutating func leave(
        user: String, at now: ContinuousClock.Instant
    ) -> [(ticket: Ticket, outcome: WaitOutcome)] {
        active -= 1
        activePerUser[user] = activePerUser[user].flatMap { $0 > 1 ? $0 - 1 : nil }
        var woken = expire(at: now)
        // Nobody who waits could have been admitted before, so one slot lets in one at most.
        if let index = waiters.firstIndex(where: { hasSlot(for: $0.user) }) {
            let waiter = waiters.remove(at: index)
            take(waiter.user)
            woken.append((waiter.ticket, .admitted))
        }
        return woken
    }

    /// Takes out the waiters whose time is over; looks at them only when somebody's is.
    private mutating func expire(at now: ContinuousClock.Instant) -> [(ticket: Ticket, outcome: WaitOutcome)] {
        guard let earliestDeadline, earliestDeadline <= now else { return [] }
        let expired = waiters.filter { $0.deadline <= now }
        waiters.removeAll { $0.deadline <= now }
        self.earliestDeadline = waiters.map(\.deadline).min()
        return expired.map { ($0.ticket, .expired) }
    }

    /// Takes a waiter out whose caller is gone.
    ///
    /// - Returns: `false` when it no longer waits, because it was woken already.
    package mutating func abandon(_ ticket: Ticket) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.ticket == ticket }) else { return false }
        waiters.remove(at: index)
        return true
    }

    private func hasSlot(for user: String) -> Bool {
        active < limits.perWorkspace && activePerUser[user, default: 0] < limits.perUser
    }

    private mutating func take(_ user: String) {
        active += 1
        activePerUser[user, default: 0] += 1
    }
}
