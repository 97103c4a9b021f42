/// Who calls, who waits for a slot and who pauses, for one lock; decisions are those of the values inside (D-120).
struct Slots {
    /// What somebody who wants to call has to do.
    enum Step {
        /// The slot is taken; the one that goes first after a pause of everybody tells how it went.
        case go(isProbe: Bool)
        /// The workspace wants peace.
        case pause(CoolDowns.Pause)
        /// All slots are taken.
        case queue
    }

    private let limits: AdmissionQueue.Limits
    var admission: AdmissionQueue
    var coolDowns = CoolDowns()
    /// Calls that sit out a pause; they are bounded as those that wait for a slot are.
    private(set) var pausing = UserCounts()

    init(limits: AdmissionQueue.Limits) {
        self.limits = limits
        admission = AdmissionQueue(limits: limits)
    }

    /// Takes a slot if the user may have one now; `now` is asked only when somebody pauses.
    mutating func tryEnter(
        _ user: String, _ endpoint: Endpoint, at now: () -> ContinuousClock.Instant
    ) -> Step {
        if coolDowns.isQuiet { return admission.tryEnter(user: user) ? .go(isProbe: false) : .queue }
        let now = now()
        if let pause = coolDowns.pause(of: user, on: endpoint, at: now) { return .pause(pause) }
        return admission.tryEnter(user: user) ? .go(isProbe: coolDowns.begin(endpoint, at: now)) : .queue
    }

    /// Goes on with a slot that was waited for; the workspace may have asked for a pause meanwhile.
    mutating func called(_ user: String, _ endpoint: Endpoint, at now: () -> ContinuousClock.Instant) -> Step {
        if coolDowns.isQuiet { return .go(isProbe: false) }
        let now = now()
        if let pause = coolDowns.pause(of: user, on: endpoint, at: now) { return .pause(pause) }
        return .go(isProbe: coolDowns.begin(endpoint, at: now))
    }

    /// A call begins to sit out a pause.
    ///
    /// - Returns: Whether there is room for it; ``endPause(_:)`` gives that back.
    mutating func beginPause(_ user: String) -> Bool {
        guard pausing.total < limits.waiting, pausing.count(of: user) < limits.waitingPerUser else { return false }
        pausing.add(user)
        return true
    }

    /// It goes on, for whatever reason.
    mutating func endPause(_ user: String) { pausing.remove(user) }
}
