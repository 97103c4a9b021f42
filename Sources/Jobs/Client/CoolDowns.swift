/// Who leaves the workspace alone, and until when: a value without I/O or clock (D-120).
///
/// A user who was told to slow down pauses for that endpoint, and nobody else. Everybody pauses only when several users
/// were told so within seconds, because then the limit is the workspace's own. After such a pause one request goes first;
/// the others follow when it is answered.
package struct CoolDowns {
    /// Why somebody pauses, and when it is worth another look.
    package struct Pause: Equatable, Sendable {
        /// Whether it concerns everybody.
        package let isShared: Bool
        /// When to look again.
        package let end: ContinuousClock.Instant

        /// Describes a pause.
        package init(isShared: Bool, end: ContinuousClock.Instant) { (self.isShared, self.end) = (isShared, end) }
    }

    /// The longest pause: a longer wish binds the call that got it, and not all others of its user for so long.
    package static let longest: Duration = .seconds(60)
    /// How many users must have been told to slow down, within ``window``, for all to pause.
    package static let usersForAll = 3
    /// See ``usersForAll``.
    package static let window: Duration = .seconds(10)
    /// The shortest pause of all users: for answers that name no time, as Databricks' mostly do (D-112).
    package static let shortestShared: Duration = .seconds(1)
    /// How long the request that goes first is waited for; after that another one goes.
    package static let probeTime: Duration = .seconds(5)
    /// How often the others look whether it was answered.
    package static let probeLook: Duration = .milliseconds(500)
    /// How many pauses of users are remembered; beyond it the one that is over first goes.
    package static let mostPauses = 1_024

    private struct Key: Hashable {
        let user: String
        let endpoint: Endpoint
    }

    private struct Throttle {
        let identity: String
        let time: ContinuousClock.Instant
        let wish: Duration?
    }

    /// A pause of everybody on one endpoint.
    private struct Shared {
        /// No single user's wish changes it: that would be one who stops the others.
        let length: Duration
        var end: ContinuousClock.Instant
        /// Until when the request that has gone first is waited for.
        var probeEnd: ContinuousClock.Instant?
    }

    private var ends: [Key: ContinuousClock.Instant] = [:]
    /// No pause of a user ends before this.
    private var earliestEnd: ContinuousClock.Instant?
    /// The last throttles of different users, newest last, by endpoint; at most ``usersForAll`` each.
    private var recent = Endpoint.allCases.map { _ in [Throttle]() }
    private var shared = Endpoint.allCases.map { _ in Shared?.none }

    /// Whether nobody pauses, so that there is nothing to look up.
    package private(set) var isQuiet = true

    /// Everybody may call.
    package init() {}

    /// How many pauses of single users last at `now`.
    package func userPauses(at now: ContinuousClock.Instant) -> Int { ends.values.count { $0 > now } }

    /// On how many endpoints everybody pauses, or waits for the request that went first.
    package var sharedPauses: Int { shared.count { $0 != nil } }

    // MARK: Before a call

    /// The pause that a user has to make before a call; `nil` when they may go, with ``begin(_:at:)``.
    package mutating func pause(of user: String, on endpoint: Endpoint, at now: ContinuousClock.Instant) -> Pause? {
        forget(at: now)
        if let end = ends[Key(user: user, endpoint: endpoint)] { return Pause(isShared: false, end: end) }
        guard let all = shared[endpoint.index] else { return nil }
        if all.end > now { return Pause(isShared: true, end: all.end) }
        guard let probeEnd = all.probeEnd, probeEnd > now else { return nil }
        return Pause(isShared: true, end: min(probeEnd, now + Self.probeLook))
    }

    /// A call goes out.
    ///
    /// - Returns: Whether it is the one that goes first after a pause of everybody.
    package mutating func begin(_ endpoint: Endpoint, at now: ContinuousClock.Instant) -> Bool {
        guard shared[endpoint.index] != nil else { return false }
        shared[endpoint.index]?.probeEnd = now + Self.probeTime
        return true
    }

    // MARK: After a call

    /// The call that went first has come to an end, and not with another wish for a pause.
    ///
    /// - Parameters:
    ///   - endpoint: What was called.
    ///   - isAnswered: Whether there was an answer; else the next call goes first.
    package mutating func probed(_ endpoint: Endpoint, isAnswered: Bool) {
        if isAnswered {
            shared[endpoint.index] = nil
            recent[endpoint.index] = []
        } else {
            shared[endpoint.index]?.probeEnd = nil
        }
        updateQuiet()
    }

    /// The workspace has asked for a pause.
    ///
    /// - Parameters:
    ///   - user: Whose call it was.
    ///   - identity: As whom the workspace saw it: applications have one in common.
    ///   - endpoint: What was called.
    ///   - wish: How long the pause should be, if the answer says so.
    ///   - isProbe: Whether the call was the one that went first.
    ///   - now: When the answer came.
    package mutating func throttled(
        _ user: String, as identity: String, on endpoint: Endpoint, wish: Duration?, isProbe: Bool,
        at now: ContinuousClock.Instant
    ) {
        if let wish, wish > .zero {
            pause(Key(user: user, endpoint: endpoint), until: now + min(wish, Self.longest), now)
        }
        remember(Throttle(identity: identity, time: now, wish: wish), on: endpoint.index)
        if let all = shared[endpoint.index] {
            if isProbe { shared[endpoint.index] = Shared(length: all.length, end: now + all.length) }
        } else if recent[endpoint.index].count == Self.usersForAll {
            let shortest = recent[endpoint.index].map { $0.wish ?? .zero }.min() ?? .zero
            let length = min(max(shortest, Self.shortestShared), Self.longest)
            shared[endpoint.index] = Shared(length: length, end: now + length)
        }
        updateQuiet()
    }

    private mutating func remember(_ throttle: Throttle, on index: Int) {
        recent[index].removeAll { $0.identity == throttle.identity || $0.time + Self.window < throttle.time }
        recent[index].append(throttle)
        if recent[index].count > Self.usersForAll { recent[index].removeFirst() }
    }

    private mutating func pause(_ key: Key, until end: ContinuousClock.Instant, _ now: ContinuousClock.Instant) {
        if ends[key] == nil, ends.count >= Self.mostPauses {
            forget(at: now)
            if ends.count >= Self.mostPauses, let first = ends.min(by: { $0.value < $1.value }) {
                ends[first.key] = nil
            }
        }
        ends[key] = max(ends[key] ?? end, end)
        earliestEnd = min(earliestEnd ?? end, end)
    }

    /// Drops the pauses that are over; looks at them only when one is.
    private mutating func forget(at now: ContinuousClock.Instant) {
        guard let earliest = earliestEnd, earliest <= now else { return }
        ends = ends.filter { $0.value > now }
        earliestEnd = ends.values.min()
        updateQuiet()
    }

    private mutating func updateQuiet() { isQuiet = ends.isEmpty && sharedPauses == 0 }
}
