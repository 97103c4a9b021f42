internal import Auth
internal import HTTPSyntax
internal import HTTPTransport
internal import JSON
internal import NIOConcurrencyHelpers
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.quietLog, .patient) struct OBOTokenCacheTests {
    // MARK: - Hits

    @Test("Exchanges a user's token once and serves the rest from the cache (E-60, E-182)")
    func hit() async throws {
        try await withObservation { _, registry in
            let rig = try await OBORig.make()
            let principal = try await rig.principal()
            let first = try await rig.token(principal)
            for _ in 0..<4 { #expect(try await rig.token(principal) == first) }
            #expect(rig.transport.requests.count == 1)
            #expect(registry.value(#"obo_cache_lookups_total{result="hit"}"#) == "4")
            #expect(registry.value(#"obo_cache_lookups_total{result="miss"}"#) == "1")
            #expect(registry.value(#"obo_exchanges_total{outcome="success"}"#) == "1")
        }
    }

    @Test("An exchange counts under the identity of the request that started it, a hit under its own (E-54)")
    func exemplar() async throws {
        try await withObservation { _, registry in
            let rig = try await OBORig.make()
            let principal = try await rig.principal()
            let contexts = (0..<3).map { _ in RequestContext(correlationID: CorrelationID()) }
            for context in contexts {
                _ = try await withRequestContext(context) { try await rig.token(principal) }
            }
            let metrics = try Exposition(registry.exposition(.openMetrics), isOpenMetrics: true)
            let exchange = metrics.sample("obo_exchanges_total", ["outcome": "success"])
            #expect(exchange?.exemplar?["correlation_id"] == "\(contexts[0].correlationID)")
            let hit = metrics.sample("obo_cache_lookups_total", ["result": "hit"])
            #expect(hit?.exemplar?["correlation_id"] == "\(contexts[2].correlationID)")
        }
    }

    @Test("Keeps two tokens of one user apart (E-60)")
    func twoTokensOfOneUser() async throws {
        let rig = try await OBORig.make(.success(OBORig.granted("weak")), .success(OBORig.granted("strong")))
        let weak = try await rig.auth.principal { $0["uti"] = "1" }
        let strong = try await rig.auth.principal { $0["uti"] = "2" }
        #expect(try await rig.token(weak).secret.revealed == "weak")
        #expect(try await rig.token(strong).secret.revealed == "strong")
        #expect(try await rig.token(weak).secret.revealed == "weak")
    }

    @Test("Stops serving a token 5 minutes before it ends (E-62)")
    func margin() async throws {
        let rig = try await OBORig.make(.success(OBORig.granted(expiresIn: 3_600)))
        try await rig.expectReuse(by: try await rig.principal(), forSeconds: 3_300)
    }

    @Test("Serves no token longer than the user's own lasts (E-62)")
    func inboundExpiry() async throws {
        let rig = try await OBORig.make(.success(OBORig.granted(expiresIn: 86_400)))
        let principal = try await rig.auth.principal { $0["exp"] = .integer(Fixed.now + 1_000) }
        try await rig.expectReuse(by: principal, forSeconds: 1_000)
    }

    @Test("Hands out a short-lived token but does not keep it")
    func shortLived() async throws {
        let rig = try await OBORig.make(.success(OBORig.granted(expiresIn: 200)))
        let principal = try await rig.principal()
        _ = try await rig.token(principal)
        _ = try await rig.token(principal)
        #expect(rig.transport.requests.count == 2)
    }

    @Test("Stays within its bound (E-65)")
    func bounded() async throws {
        try await withObservation { _, registry in
            let rig = try await OBORig.make(capacity: 16)
            for number in 0..<64 { _ = try await rig.token(try await rig.principal(number)) }
            await sweepOnce(rig)
            let count = try #require(registry.value("obo_cache_entries").flatMap { Double($0) })
            #expect(count > 0 && count <= 16)
        }
    }

    @Test("Forgets expired tokens every minute (E-65)")
    func sweeps() async throws {
        try await withObservation { _, registry in
            let rig = try await OBORig.make()
            _ = try await rig.token(try await rig.principal())
            rig.clock.advance(by: .seconds(4_500))
            await sweepOnce(rig)
            #expect(registry.value("obo_cache_entries").flatMap { Double($0) } == 0)
        }
    }

    @Test("Discards the token that Databricks refused, and no newer one (E-66)")
    func discard() async throws {
        let rig = try await OBORig.make(.success(OBORig.granted("one")), .success(OBORig.granted("two")))
        let principal = try await rig.principal()
        let one = try await rig.token(principal)
        rig.cache.discard(tokenID: one.id, for: principal)
        let two = try await rig.token(principal)
        #expect(two.secret.revealed == "two")
        rig.cache.discard(tokenID: one.id, for: principal)
        #expect(try await rig.token(principal) == two)
        #expect(rig.transport.requests.count == 2)
    }

    // MARK: - Single flight

    @Test("50 parallel calls of one user cause one exchange (E-64, E-182)")
    func singleFlight() async throws {
        let gate = Gate()
        let transport = StubTransport { _ in
            await gate.pass()
            return OBORig.granted()
        }
        let rig = try await OBORig.make(transport: transport)
        let principal = try await rig.principal()
        try await withThrowingTaskGroup(of: AccessToken.self) { group in
            for _ in 0..<50 { group.addTask { try await rig.token(principal) } }
            await rig.clock.untilSleeping(50)
            gate.open()
            for try await token in group { #expect(token.secret.revealed == "databricks-token") }
        }
        #expect(transport.requests.count == 1)
    }

    @Test("50 users exchange in parallel, and each gets their own token (E-64, E-151)")
    func parallelUsers() async throws {
        let gate = Gate()
        let transport = StubTransport { request in
            await gate.pass()
            return OBORig.granted("for-\(OBOTokenCacheTests.assertion(in: request))")
        }
        let rig = try await OBORig.make(transport: transport)
        var principals: [Principal] = []
        for number in 0..<50 { principals.append(try await rig.principal(number)) }
        try await withThrowingTaskGroup(of: (Principal, AccessToken).self) { group in
            for principal in principals { group.addTask { (principal, try await rig.token(principal)) } }
            await gate.untilArrived(50)  // all are on their way at the same time
            gate.open()
            for try await (principal, token) in group {
                #expect(token.secret.revealed == "for-\(principal.assertion.revealed)")
            }
        }
    }

    @Test("Bounds the exchanges that run at a time, and serves the rest in turn (E-160)")
    func boundedExchanges() async throws {
        let gate = Gate()
        let transport = StubTransport { _ in
            await gate.pass()
            return OBORig.granted()
        }
        let rig = try await OBORig.make(transport: transport)
        var principals: [Principal] = []
        for number in 0..<100 { principals.append(try await rig.principal(number)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for principal in principals { group.addTask { _ = try await rig.token(principal) } }
            await rig.clock.untilSleeping(100)
            await gate.untilArrived(OBOTokenCache.maximumExchanges)
            #expect(gate.arrivals == OBOTokenCache.maximumExchanges)
            gate.open()
            try await group.waitForAll()
        }
        #expect(transport.requests.count == 100)
    }

    @Test("A cancelled waiter leaves at once and disturbs nobody (E-64)")
    func cancelledWaiter() async throws {
        let gate = Gate()
        let transport = StubTransport { _ in
            await gate.pass()
            return OBORig.granted()
        }
        let rig = try await OBORig.make(transport: transport)
        let principal = try await rig.principal()
        // Unstructured, because cancelling one child of a group and not the other is what is tested.
        let impatient = Task { try await rig.token(principal) }
        let patient = Task { try await rig.token(principal) }
        await rig.clock.untilSleeping(2)
        impatient.cancel()
        await #expect(throws: CancellationError.self) { try await impatient.value }
        gate.open()
        #expect(try await patient.value.secret.revealed == "databricks-token")
        #expect(transport.requests.count == 1)
    }

    @Test("A caller waits no longer than its own deadline, and the exchange still fills the cache")
    func deadline() async throws {
        let gate = Gate()
        let transport = StubTransport { _ in
            await gate.pass()
            return OBORig.granted()
        }
        let rig = try await OBORig.make(transport: transport)
        let principal = try await rig.principal()
        let end = rig.clock.now + .seconds(2)
        async let late = Result { try await rig.cache.token(for: principal, deadline: end) }
        await gate.untilArrived(1)
        await rig.clock.untilSleeping()
        rig.clock.advance(by: .seconds(2))
        let result = await late
        let error = #expect(throws: OBOError.self) { try result.get() }
        #expect(error?.failureClass == .transient)
        #expect(error?.details.retryable == true)

        async let second = rig.token(principal)
        await rig.clock.untilSleeping()
        gate.open()
        _ = try await second
        #expect(transport.requests.count == 1)
    }

    // MARK: - Renewal

    @Test("Renews a long-lived token in the background and serves the old one meanwhile (E-63)")
    func renewal() async throws {
        let gate = Gate()
        let answers = StubTransport { _ in OBORig.granted("old", expiresIn: 86_400) { $0["refresh_in"] = 2_000 } }
        let rig = try await OBORig.make(transport: answers)
        let principal = try await rig.principal()
        let old = try await rig.token(principal)
        answers.answer { _ in
            await gate.pass()
            return OBORig.granted("new", expiresIn: 86_400)
        }
        rig.clock.advance(by: .seconds(1_999))
        #expect(try await rig.token(principal) == old)
        #expect(answers.requests.count == 1)

        rig.clock.advance(by: .seconds(1))
        for _ in 0..<10 { #expect(try await rig.token(principal) == old) }
        await gate.untilArrived(1)
        gate.open()
        try await rig.until { try await rig.token(principal).secret.revealed == "new" }
        #expect(answers.requests.count == 2)
    }

    @Test("Keeps the old token when the renewal fails for a while, and tries again after 30 s (E-63)")
    func failedRenewal() async throws {
        let transport = StubTransport(answering: [
            .success(OBORig.granted(expiresIn: 86_400) { $0["refresh_in"] = 2_000 }),
            .success(HTTPResponse(status: 429, headers: ["Retry-After": "600"])),
            .success(OBORig.granted("new", expiresIn: 86_400)),
        ])
        let rig = try await OBORig.make(transport: transport)
        let principal = try await rig.principal()
        let old = try await rig.token(principal)
        rig.clock.advance(by: .seconds(2_000))
        #expect(try await rig.token(principal) == old)
        try await rig.until { transport.requests.count == 2 }
        rig.clock.advance(by: .seconds(29))
        #expect(try await rig.token(principal) == old)
        #expect(transport.requests.count == 2)
        rig.clock.advance(by: .seconds(1))
        try await rig.until { try await rig.token(principal).secret.revealed == "new" }
    }

    @Test("Ends the old token when the renewal says that the user must do something (E-63)")
    func refusedRenewal() async throws {
        let rig = try await OBORig.make(
            .success(OBORig.granted(expiresIn: 86_400) { $0["refresh_in"] = 2_000 }), .success(OBORig.refused(50076)))
        let principal = try await rig.principal()
        _ = try await rig.token(principal)
        rig.clock.advance(by: .seconds(2_000))
        try await rig.until {
            do {
                _ = try await rig.token(principal)
                return false
            } catch let error as OBOError {
                return error.failureClass == .interact
            }
        }
    }

    // MARK: - Refusals

    @Test("Remembers a refusal that concerns the user for 60 s (E-67)", arguments: [50013, 50076, 65001, 53003])
    func negativeCache(code: Int) async throws {
        let rig = try await OBORig.make(.success(OBORig.refused(code)), .success(OBORig.granted()))
        let principal = try await rig.principal()
        for _ in 0..<5 { #expect(try await rig.error(principal).code == code) }
        #expect(rig.transport.requests.count == 1)
        rig.clock.advance(by: .seconds(59))
        _ = try await rig.error(principal)
        rig.clock.advance(by: .seconds(1))
        #expect(try await rig.token(principal).secret.revealed == "databricks-token")
    }

    @Test("A refusal does not stop the user's next sign-in, nor another user (E-67)")
    func refusalIsForOneToken() async throws {
        let rig = try await OBORig.make(.success(OBORig.refused(50076)), .success(OBORig.granted()))
        _ = try await rig.error(try await rig.auth.principal { $0["uti"] = "before" })
        _ = try await rig.token(try await rig.auth.principal { $0["uti"] = "after" })
        _ = try await rig.token(try await rig.principal(9))
    }

    @Test("Does not remember faults of the server or the operator", arguments: [7_000_215, 900144])
    func configurationIsNotRemembered(code: Int) async throws {
        let rig = try await OBORig.make(.success(OBORig.refused(code)), .success(OBORig.granted()))
        let principal = try await rig.principal()
        _ = try await rig.error(principal)
        _ = try await rig.token(principal)
    }

    // MARK: - Claims of the workspace

    @Test("A claims challenge of Databricks bypasses the cache, and goes to Entra ID once, as received (E-50, E-66)")
    func workspaceClaims() async throws {
        let rig = try await OBORig.make(
            .success(OBORig.granted("one")), .success(OBORig.granted("two")), .success(OBORig.granted("three")))
        let principal = try await rig.principal()
        let one = try await rig.token(principal)
        let claims = #"{"access_token":{"nbf":{"essential":true,"value":"1790000000"}}}"#
        await rig.cache.discard(tokenID: one.id, for: principal, demanding: Base64.encode(Array(claims.utf8)))
        let two = try await rig.token(principal)
        #expect(two.secret.revealed == "two")
        #expect(rig.transport.requests[0].formField("claims") == nil)
        #expect(rig.transport.requests[1].formField("claims") == claims)
        // A demand about a token that is gone already says nothing about the present one.
        await rig.cache.discard(tokenID: one.id, for: principal, demanding: Base64URL.encode(Array(claims.utf8)))
        #expect(try await rig.token(principal) == two)
        await rig.cache.discard(tokenID: two.id, for: principal, demanding: Base64.encode(Array("no JSON".utf8)))
        _ = try await rig.token(principal)
        #expect(rig.transport.requests[2].formField("claims") == nil)
    }

    // MARK: - Helpers

    static func assertion(in request: HTTPRequest) -> String {
        let fields = String(decoding: request.body ?? [], as: UTF8.self).split(separator: "&")
        return fields.first { $0.hasPrefix("assertion=") }.map { String($0.dropFirst(10)) } ?? ""
    }

    private func sweepOnce(_ rig: OBORig) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await rig.cache.run() }
            await rig.clock.untilSleeping()
            group.cancelAll()
        }
    }
}

extension Result where Failure == any Error {
    /// What `body` returns or throws.
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

extension OBORig {
    /// Lets other tasks run until `condition` holds: for work in the background that nobody waits for.
    func until(_ condition: () async throws -> Bool) async throws {
        for _ in 0..<100_000 {
            if try await condition() { return }
            await Task.yield()
        }
        Issue.record("the condition never held")
    }
}
