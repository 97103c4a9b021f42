internal import Auth
internal import Testing

@Suite(.quietLog) struct KeyRefreshPolicyTests {
    private let start = ContinuousClock.now

    @Test("Fetches at once at the start, then every hour give or take 5 % (E-32)", arguments: [0, 0.5, 0.999])
    func hourly(random: Double) throws {
        var policy = KeyRefreshPolicy()
        #expect(policy.nextRefresh == nil)
        policy.attemptStarts(at: start)
        policy.attemptEnded(succeeded: true, at: start, random: random)
        let wait = start.duration(to: try #require(policy.nextRefresh))
        #expect(wait >= .seconds(3_420) && wait <= .seconds(3_780))
    }

    @Test("Tries again after 1 s doubling to 30 s while there are no keys")
    func startBackoff() throws {
        var policy = KeyRefreshPolicy()
        var waits: [Duration] = []
        for _ in 0..<8 {
            policy.attemptStarts(at: start)
            policy.attemptEnded(succeeded: false, at: start, random: 0.5)
            waits.append(start.duration(to: try #require(policy.nextRefresh)))
        }
        #expect(waits == [1, 2, 4, 8, 16, 30, 30, 30].map { .seconds($0) })
    }

    @Test("Tries again after 1 min doubling to 1 h while the last keys are good, and at their end at the latest")
    func backoffWithKeys() throws {
        var policy = KeyRefreshPolicy(maximumStaleness: .seconds(7_200))
        policy.attemptEnded(succeeded: true, at: start, random: 0.5)
        var waits: [Duration] = []
        for _ in 0..<8 {
            policy.attemptEnded(succeeded: false, at: start, random: 0.5)
            waits.append(start.duration(to: try #require(policy.nextRefresh)))
        }
        #expect(waits == [60, 120, 240, 480, 960, 1_920, 3_600, 3_600].map { .seconds($0) })

        policy.attemptEnded(succeeded: false, at: start + .seconds(7_000), random: 0.5)
        #expect(policy.nextRefresh == start + .seconds(7_200))
    }

    @Test("Keeps the last keys until they are too old (E-36)")
    func staleness() {
        var policy = KeyRefreshPolicy()
        #expect(!policy.hasUsableSet(at: start))
        policy.attemptEnded(succeeded: true, at: start, random: 0)
        policy.attemptEnded(succeeded: false, at: start + .seconds(3_600), random: 0)
        #expect(policy.hasUsableSet(at: start + .seconds(86_399)))
        #expect(!policy.hasUsableSet(at: start + .seconds(86_400)))
    }

    @Test("Lets an unknown key fetch once for free, then 5 minutes after any attempt (E-33)")
    func unknownKey() {
        var policy = KeyRefreshPolicy()
        policy.attemptStarts(at: start)
        policy.attemptEnded(succeeded: true, at: start, random: 0.5)
        #expect(policy.unknownKeyMayFetch(at: start) == start)

        policy.unknownKeyFetches(at: start)
        policy.attemptStarts(at: start)
        #expect(policy.unknownKeyMayFetch(at: start) == start + .seconds(300))
        policy.attemptStarts(at: start + .seconds(200))
        #expect(policy.unknownKeyMayFetch(at: start + .seconds(250)) == start + .seconds(500))
    }

    @Test("Does not let tokens drive the fetching while there are no keys (H-02)")
    func unknownKeyWithoutSet() {
        var policy = KeyRefreshPolicy()
        #expect(policy.unknownKeyMayFetch(at: start) == start)
        policy.attemptStarts(at: start)
        policy.attemptEnded(succeeded: false, at: start, random: 0.5)
        #expect(policy.unknownKeyMayFetch(at: start) == start + .seconds(300))
        policy.unknownKeyFetches(at: start)
        policy.attemptEnded(succeeded: true, at: start, random: 0.5)
        #expect(policy.unknownKeyMayFetch(at: start) == start)
    }
}
