internal import Auth
internal import HTTPTransport
internal import JSON
internal import NIOConcurrencyHelpers
internal import Observability
internal import TestSupport
internal import Testing

/// Many users at a time, and what happens when Entra ID has enough of them.
@Suite(.quietLog, .patient) struct OBOLoadTests {
    @Test("Remembers a throttle until Retry-After, for that user only (E-67, E-97, E-185)")
    func throttle() async throws {
        let transport = StubTransport(answering: [
            .success(HTTPResponse(status: 429, headers: ["Retry-After": "30"])), .success(OBORig.granted()),
        ])
        let rig = try await OBORig.make(transport: transport)
        let throttled = try await rig.principal(1)
        #expect(try await rig.error(throttled).retryAfterSeconds == 30)
        rig.clock.advance(by: .seconds(10))
        #expect(try await rig.error(throttled).retryAfterSeconds == 20)
        #expect(transport.requests.count == 1)
        _ = try await rig.token(try await rig.principal(2))
        rig.clock.advance(by: .seconds(20))
        _ = try await rig.token(throttled)
        #expect(transport.requests.count == 3)
    }

    @Test("One user goes first when several are throttled; the others wait for the answer, and no longer (E-97, E-99)")
    func probe() async throws {
        let gate = Gate()
        let rig = try await Self.throttled(users: 0..<3, retryAfter: [3_600])
        rig.transport.answer { _ in
            await gate.pass()
            return OBORig.granted()
        }
        let others = [try await rig.principal(10), try await rig.principal(11)]
        async let first = rig.token(others[0])
        await gate.untilArrived(1)
        async let second = rig.token(others[1])
        await rig.clock.untilSleeping(3)  // two callers' deadlines, and the wait for the first exchange
        #expect(rig.transport.requests.count == 4)
        gate.open()
        _ = try await (first, second)
        // The first that is served opens the way for everybody, those included who were refused.
        _ = try await rig.token(try await Self.secondToken(of: 1, rig))
        #expect(rig.transport.requests.count == 6)
    }

    @Test("An exchange that goes first and hangs holds the next one up for 2 s (E-97)")
    func hangingProbe() async throws {
        let gate = Gate()
        let rig = try await Self.throttled(users: 0..<3, retryAfter: [3_600])
        let slow = try await rig.principal(10)
        let assertion = slow.assertion.revealed
        rig.transport.answer { request in
            if OBOTokenCacheTests.assertion(in: request) == assertion { await gate.pass() }
            return OBORig.granted()
        }
        async let first = rig.token(slow)
        await gate.untilArrived(1)
        async let second = rig.token(try await rig.principal(11))
        await rig.clock.untilSleeping(3)
        rig.clock.advance(by: .seconds(2))
        _ = try await second
        gate.open()
        _ = try await first
    }

    @Test("Nobody is refused for what others were told, however many those are (E-97)")
    func noneLockedOut() async throws {
        let rig = try await Self.throttled(users: 0..<20, retryAfter: [3_600])
        #expect(rig.transport.requests.count == 20)
        rig.transport.answer { _ in OBORig.granted() }
        _ = try await rig.token(try await rig.principal(30))
    }

    @Test(
        "Those who were refused wait for a minute at most, all their tokens alike, and then one goes first (E-97, E-99)",
        arguments: [(3_600, 60), (20, 20)])
    func refusedUsersWait(retryAfter: Int, seconds: Int) async throws {
        let rig = try await Self.throttled(users: 0..<3, retryAfter: [90, retryAfter, 120])
        let again = try await Self.secondToken(of: 2, rig)
        let error = try await rig.error(again)
        #expect(error.failureClass == .throttled && error.retryAfterSeconds == seconds + 1)
        rig.clock.advance(by: .seconds(seconds - 1))
        #expect(try await rig.error(again).retryAfterSeconds == 2)
        #expect(rig.transport.requests.count == 3)
        rig.clock.advance(by: .seconds(1))
        rig.transport.answer { _ in OBORig.granted() }
        _ = try await rig.token(again)
        #expect(rig.transport.requests.count == 4)
    }

    @Test("Whoever goes first and is throttled waits as well, and the next one goes first (E-99)")
    func throttledProbe() async throws {
        let rig = try await Self.throttled(users: 0..<4, retryAfter: [90, 90, 90, 40])
        let again = try await Self.secondToken(of: 3, rig)
        #expect(try await rig.error(again).retryAfterSeconds == 41)
        rig.transport.answer { _ in OBORig.granted() }
        _ = try await rig.token(try await rig.principal(10))
        _ = try await rig.token(again)
    }

    @Test("However many tokens one user has, that user is one (E-97)")
    func tokensOfOneUser() async throws {
        let rig = try await OBORig.make(
            transport: StubTransport { _ in HTTPResponse(status: 429, headers: ["Retry-After": "3600"]) })
        for number in 0..<6 { _ = try await rig.error(try await Self.token(number, ofUser: 1, rig)) }
        #expect(rig.transport.requests.count == 6)
        rig.transport.answer { _ in OBORig.granted() }
        _ = try await rig.token(try await rig.principal(2))
        _ = try await rig.token(try await Self.token(7, ofUser: 1, rig))
    }

    @Test("Two throttled users, or three over more than 10 s, are no matter of all (E-97)")
    func noSharedThrottle() async throws {
        let rig = try await Self.throttled(users: 0..<2, retryAfter: [300])
        rig.clock.advance(by: .seconds(11))
        _ = try await rig.error(try await rig.principal(3))
        rig.transport.answer { _ in OBORig.granted() }
        _ = try await rig.token(try await Self.secondToken(of: 1, rig))
    }

    @Test("One user's many exchanges take four places, and wait for each other and for nobody else (E-160)")
    func placesOfOneUser() async throws {
        let gate = Gate()
        let rig = try await OBORig.make(transport: StubTransport { _ in OBORig.granted() })
        let greedy = try await (0..<60).asyncMap { try await Self.token($0, ofUser: 1, rig) }
        let assertions = Set(greedy.map { $0.assertion.revealed })
        rig.transport.answer { request in
            if assertions.contains(OBOTokenCacheTests.assertion(in: request)) { await gate.pass() }
            return OBORig.granted()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for principal in greedy { group.addTask { _ = try await rig.token(principal) } }
            await rig.clock.untilSleeping(60)
            await gate.untilArrived(OBOTokenCache.maximumExchangesPerUser)
            for number in 2..<100 { _ = try await rig.token(try await rig.principal(number)) }
            #expect(gate.arrivals == OBOTokenCache.maximumExchangesPerUser)
            gate.open()
            try await group.waitForAll()
        }
        #expect(rig.transport.requests.count == 158)
    }

    @Test("1,000 users at once are 1,000 exchanges, 64 at a time (E-64, E-160)")
    func thousandUsers() async throws {
        let peak = NIOLockedValueBox((now: 0, most: 0))
        let rig = try await OBORig.make(
            transport: StubTransport { request in
                peak.withLockedValue {
                    $0.now += 1
                    $0.most = max($0.most, $0.now)
                }
                await Task.yield()
                peak.withLockedValue { $0.now -= 1 }
                return OBORig.granted("for-\(OBOTokenCacheTests.assertion(in: request))")
            })
        var principals: [Principal] = []
        for number in 0..<1_000 { principals.append(try await rig.principal(number)) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for principal in principals {
                group.addTask {
                    try await rig.token(principal).secret.revealed == "for-\(principal.assertion.revealed)"
                }
            }
            for try await isOwn in group { #expect(isOwn) }
        }
        #expect(rig.transport.requests.count == 1_000)
        #expect(peak.withLockedValue { $0.most } <= OBOTokenCache.maximumExchanges)
    }

    @Test("One user's slow exchange keeps nobody else waiting (E-64)")
    func slowNeighbour() async throws {
        let gate = Gate()
        let slow = try await OBORig.make().principal(1)
        let digest = slow.assertion.revealed
        let rig = try await OBORig.make(
            transport: StubTransport { request in
                if OBOTokenCacheTests.assertion(in: request) == digest { await gate.pass() }
                return OBORig.granted()
            })
        async let waiting = rig.token(slow)
        await gate.untilArrived(1)
        for number in 2..<40 { _ = try await rig.token(try await rig.principal(number)) }
        gate.open()
        _ = try await waiting
    }

    /// A token endpoint that has throttled `users`, one after the other, for the given seconds, the last ones again and
    /// again.
    private static func throttled(users: Range<Int>, retryAfter: [Int]) async throws -> OBORig {
        let answers = retryAfter.map { seconds in
            Result<HTTPResponse, TransportError>.success(
                HTTPResponse(status: 429, headers: ["Retry-After": "\(seconds)"]))
        }
        let rig = try await OBORig.make(transport: StubTransport(answering: answers))
        for number in users {
            #expect(try await rig.error(try await rig.principal(number)).failureClass == .throttled)
        }
        return rig
    }

    private static func secondToken(of user: Int, _ rig: OBORig) async throws -> Principal {
        try await token(2, ofUser: user, rig)
    }

    private static func token(_ number: Int, ofUser user: Int, _ rig: OBORig) async throws -> Principal {
        try await rig.auth.principal {
            $0["oid"] = .string("0d000000-0000-4000-8000-\(100_000_000_000 + user)")
            $0["uti"] = .string("token-\(number)")
        }
    }
}

extension Sequence {
    /// `transform` of every element, one after the other.
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var result: [T] = []
        for element in self { result.append(try await transform(element)) }
        return result
    }
}
