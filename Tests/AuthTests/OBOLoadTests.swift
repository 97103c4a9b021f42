internal import Auth
internal import HTTPTransport
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

    @Test("Three throttled users within 10 s stop all exchanges; then one goes first (E-97, E-99)")
    func sharedThrottle() async throws {
        let gate = Gate()
        let transport = StubTransport { _ in HTTPResponse(status: 429, headers: ["Retry-After": "30"]) }
        let rig = try await OBORig.make(transport: transport)
        for number in 0..<3 { _ = try await rig.error(try await rig.principal(number)) }
        #expect(transport.requests.count == 3)
        let other = try await rig.principal(10)
        #expect(try await rig.error(other).failureClass == .throttled)
        #expect(transport.requests.count == 3)

        transport.answer { _ in
            await gate.pass()
            return OBORig.granted()
        }
        rig.clock.advance(by: .seconds(31))
        async let first = rig.token(other)
        await gate.untilArrived(1)
        #expect(try await rig.error(try await rig.principal(11)).failureClass == .throttled)
        gate.open()
        _ = try await first
        _ = try await rig.token(try await rig.principal(11))
        #expect(transport.requests.count == 5)
    }

    @Test("Two throttled users, or three over more than 10 s, stop nobody else (E-97)")
    func noSharedThrottle() async throws {
        let rig = try await OBORig.make(
            transport: StubTransport { _ in HTTPResponse(status: 429, headers: ["Retry-After": "300"]) })
        for number in 0..<2 { _ = try await rig.error(try await rig.principal(number)) }
        rig.clock.advance(by: .seconds(11))
        _ = try await rig.error(try await rig.principal(3))
        rig.transport.answer { _ in OBORig.granted() }
        _ = try await rig.token(try await rig.principal(4))
    }

    @Test("The switch opens after the shortest wait; a throttled probe closes it again (E-97, E-99)")
    func throttledProbe() async throws {
        let rig = try await OBORig.make(
            .success(HTTPResponse(status: 429, headers: ["Retry-After": "90"])),
            .success(HTTPResponse(status: 429, headers: ["Retry-After": "20"])),
            .success(HTTPResponse(status: 429, headers: ["Retry-After": "60"])),
            .success(HTTPResponse(status: 429, headers: ["Retry-After": "40"])), .success(OBORig.granted()))
        for number in 0..<3 { _ = try await rig.error(try await rig.principal(number)) }
        rig.clock.advance(by: .seconds(19))
        #expect(try await rig.error(try await rig.principal(10)).retryAfterSeconds == 2)
        rig.clock.advance(by: .seconds(1))
        #expect(try await rig.error(try await rig.principal(11)).retryAfterSeconds == 40)
        #expect(rig.transport.requests.count == 4)
        rig.clock.advance(by: .seconds(39))
        _ = try await rig.error(try await rig.principal(12))
        #expect(rig.transport.requests.count == 4)
        rig.clock.advance(by: .seconds(1))
        _ = try await rig.token(try await rig.principal(13))
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
}
