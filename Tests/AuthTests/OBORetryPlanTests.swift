internal import Auth
internal import Testing

/// One failure and what must follow it, with 15 seconds left.
struct RetryCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let obstacle: OBORetryPlan.Obstacle
    let first: OBORetryPlan.Action
    let second: OBORetryPlan.Action

    init(
        _ testDescription: String, _ obstacle: OBORetryPlan.Obstacle, _ first: OBORetryPlan.Action,
        then second: OBORetryPlan.Action
    ) {
        self.testDescription = testDescription
        self.obstacle = obstacle
        self.first = first
        self.second = second
    }

    static let all: [RetryCase] = [
        RetryCase("E-95 no answer", .noAnswer, .retry(after: .seconds(1)), then: .giveUp),
        RetryCase("E-95 a fault", .transient(retryAfter: nil), .retry(after: .seconds(1)), then: .giveUp),
        RetryCase(
            "E-96 a fault with a short pause", .transient(retryAfter: 2), .retry(after: .seconds(2)),
            then: .giveUpThrottled(seconds: 2)),
        RetryCase(
            "E-96 a fault with a long pause", .transient(retryAfter: 30), .giveUpThrottled(seconds: 30),
            then: .giveUpThrottled(seconds: 30)),
        RetryCase(
            "E-96 3 seconds are waited for", .throttled(retryAfter: 3), .retry(after: .seconds(3)),
            then: .giveUpThrottled(seconds: 3)),
        RetryCase(
            "E-96 4 seconds are not", .throttled(retryAfter: 4), .giveUpThrottled(seconds: 4),
            then: .giveUpThrottled(seconds: 4)),
        RetryCase(
            "E-96 no Retry-After", .throttled(retryAfter: nil), .giveUpThrottled(seconds: 5),
            then: .giveUpThrottled(seconds: 5)),
        RetryCase(
            "E-96 a day is cut to an hour", .throttled(retryAfter: 86_400), .giveUpThrottled(seconds: 3_600),
            then: .giveUpThrottled(seconds: 3_600)),
        RetryCase(
            "E-96 zero counts as one", .throttled(retryAfter: 0), .retry(after: .seconds(1)),
            then: .giveUpThrottled(seconds: 1)),
        RetryCase(
            "50196 a loop", .loop(retryAfter: nil), .giveUpThrottled(seconds: 60), then: .giveUpThrottled(seconds: 60)),
        RetryCase(
            "50196 a loop with a longer pause", .loop(retryAfter: 90), .giveUpThrottled(seconds: 90),
            then: .giveUpThrottled(seconds: 90)),
        RetryCase("an answer that will not change", .final, .giveUp, then: .giveUp),
    ]
}

@Suite(.quietLog) struct OBORetryPlanTests {
    private let now = ContinuousClock.now

    @Test("Decides", arguments: RetryCase.all)
    func decides(_ row: RetryCase) {
        var plan = OBORetryPlan(deadline: now + .seconds(15))
        #expect(plan.failed(row.obstacle, at: now, random: 0.5) == row.first)
        #expect(plan.failed(row.obstacle, at: now, random: 0.5) == row.second)
    }

    @Test("Varies the pause by half (E-95)")
    func jitter() {
        var early = OBORetryPlan(deadline: now + .seconds(15))
        #expect(early.failed(.noAnswer, at: now, random: 0) == .retry(after: .milliseconds(500)))
        var late = OBORetryPlan(deadline: now + .seconds(15))
        #expect(late.failed(.noAnswer, at: now, random: 0.999) == .retry(after: .milliseconds(1_499)))
    }

    @Test("Starts no retry that the budget has no room for (E-98)")
    func budget() {
        var plan = OBORetryPlan(deadline: now + .seconds(15))
        #expect(plan.failed(.noAnswer, at: now + .milliseconds(14_500), random: 0.5) == .giveUp)
        #expect(
            plan.failed(.throttled(retryAfter: 3), at: now + .seconds(13), random: 0.5) == .giveUpThrottled(seconds: 3))
    }
}
