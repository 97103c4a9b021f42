internal import Jobs
internal import Testing

struct RetryCase: CustomTestStringConvertible {
    let testDescription: String
    var isTransient = true
    var requested: Duration?
    var jitter = 0.5
    var failuresBefore = 0
    var timeLeft: Duration = .seconds(25)
    let expected: RetryPlan.Action

    static let all = [
        RetryCase(testDescription: "half of 250 ms after the first", expected: .retry(after: .milliseconds(125))),
        RetryCase(
            testDescription: "half of 500 ms after the second", failuresBefore: 1,
            expected: .retry(after: .milliseconds(250))),
        RetryCase(testDescription: "no delay at all, full jitter", jitter: 0, expected: .retry(after: .zero)),
        RetryCase(testDescription: "nothing after the third", failuresBefore: 2, expected: .giveUp(retryAfter: nil)),
        RetryCase(
            testDescription: "what the service asks for wins", requested: .seconds(2),
            expected: .retry(after: .seconds(2))),
        RetryCase(
            testDescription: "a wish that does not fit is passed on", requested: .seconds(60),
            expected: .giveUp(retryAfter: .seconds(60))),
        RetryCase(
            testDescription: "a wish after the last try is passed on", requested: .seconds(2), failuresBefore: 2,
            expected: .giveUp(retryAfter: .seconds(2))),
        RetryCase(
            testDescription: "no try that could not last 200 ms", requested: .seconds(1),
            timeLeft: .milliseconds(1199), expected: .giveUp(retryAfter: .seconds(1))),
        RetryCase(
            testDescription: "a try that can", requested: .seconds(1), timeLeft: .milliseconds(1200),
            expected: .retry(after: .seconds(1))),
        RetryCase(
            testDescription: "a refusal is final", isTransient: false, requested: .seconds(1),
            expected: .giveUp(retryAfter: nil)),
    ]
}

@Suite struct RetryPlanTests {
    @Test("Repeats (D-116, D-119):", arguments: RetryCase.all)
    func plan(_ row: RetryCase) {
        let now = ContinuousClock.now
        var plan = RetryPlan(policy: RetryPolicy(), deadline: now + row.timeLeft)
        for _ in 0..<row.failuresBefore {
            _ = plan.failed(isTransient: true, requestedDelay: nil, jitter: 0, at: now)
        }
        let action = plan.failed(
            isTransient: row.isTransient, requestedDelay: row.requested, jitter: row.jitter, at: now)
        #expect(action == row.expected)
        #expect(plan.failures == row.failuresBefore + 1)
    }

    @Test("Keeps to the limits of D-119")
    func limits() {
        let policy = RetryPolicy()
        #expect(policy.budget == .seconds(25))
        #expect(policy.attemptTimeout == .seconds(15))
        #expect(policy.attempts == 3)
    }
}

@Suite struct RetryDelayTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT.
    private static let now: Int64 = 784_111_777

    @Test(
        "Reads Retry-After in seconds and as a date (D-116)",
        arguments: [
            ("0", Duration.seconds(0)), ("120", .seconds(120)), ("99999999999999999999", .seconds(86_400)),
            ("Sun, 06 Nov 1994 08:49:40 GMT", .seconds(3)), ("Sun, 06 Nov 1994 08:49:30 GMT", .zero),
            ("Tue, 29 Feb 2000 00:00:00 GMT", .seconds(86_400)),
        ])
    func reads(_ text: String, _ expected: Duration) {
        #expect(RetryDelay.retryAfter(text, now: Self.now) == expected)
    }

    @Test(
        "Ignores a Retry-After that is neither",
        arguments: [
            "", "-1", "1.5", "soon", "Sun, 06 Nov 1994", "Sun, 32 Nov 1994 08:49:37 GMT", "06 Nov 1994 08:49:37",
        ])
    func ignores(_ text: String) {
        #expect(RetryDelay.retryAfter(text, now: Self.now) == nil)
    }

    @Test(
        "Reads RetryInfo (D-94)",
        arguments: [("2.5s", Duration.milliseconds(2500)), ("3s", .seconds(3)), ("0s", .zero)])
    func retryInfo(_ text: String, _ expected: Duration) {
        #expect(RetryDelay.retryInfo(text) == expected)
    }

    @Test("Ignores other forms of RetryInfo", arguments: ["", "s", "2.5", "-1s", "nans", "infs", "2.5m"])
    func ignoresRetryInfo(_ text: String) {
        #expect(RetryDelay.retryInfo(text) == nil)
    }
}
