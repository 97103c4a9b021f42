internal import Auth
internal import HTTPTransport
internal import JSON
internal import Logging
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.quietLog, .patient) struct JWKSCacheTests {
    // MARK: - Loading

    @Test("Is ready after loading, and not before")
    func load() async throws {
        let rig = try AuthRig()
        #expect(!rig.keys.isReady)
        #expect(await rig.keys.load() == false)
        try rig.documents.publish(TokenMint.first)
        #expect(await rig.keys.load())
        #expect(rig.keys.isReady)
        #expect(await rig.keys.load())
        #expect(rig.documents.fetches == 2)
    }

    @Test("Becomes ready by itself when Entra ID comes up after the server (E-22)")
    func recovers() async throws {
        let rig = try AuthRig()
        try await whileRunning(rig) {
            await rig.clock.untilSleeping()
            #expect(!rig.keys.isReady)
            try rig.documents.publish(TokenMint.first)
            rig.clock.advance(by: .seconds(1))
            await rig.clock.untilSleeping()
            #expect(rig.keys.isReady)
            #expect(rig.documents.fetches == 2)
        }
    }

    @Test("Answers 503 with the time of the next attempt while there are no keys (E-22)")
    func unavailable() async throws {
        let rig = try AuthRig()
        for _ in 0..<5 {
            await rig.keys.load()
        }
        let refusal = try #require(await rig.authenticate(try TokenMint.first.token()).refusal)
        #expect(refusal.status == 503)
        #expect(refusal.reason == "keys_unavailable")
        #expect(refusal.wwwAuthenticate == nil)
        #expect(refusal.retryAfterSeconds == 17)  // 16 s backoff, rounded up
        #expect(rig.documents.fetches == 5)
    }

    @Test("Refreshes in the background every hour, and no sooner (E-32)")
    func background() async throws {
        let rig = try await AuthRig.loaded()
        try await whileRunning(rig) {
            await rig.clock.untilSleeping()
            rig.clock.advance(by: .seconds(3_599))
            #expect(rig.documents.fetches == 1)
            rig.clock.advance(by: .seconds(1))
            await rig.clock.untilSleeping()
            #expect(rig.documents.fetches == 2)
        }
    }

    // MARK: - Rotation

    @Test("Uses a key as soon as it is published, and one that is used too early after one fetch (E-33, E-180)")
    func newKey() async throws {
        let rig = try await AuthRig.loaded()
        try rig.documents.publish(.first, .second)
        #expect(await rig.verdict(on: try TokenMint.second.token()).rejection == nil)
        #expect(await rig.verdict(on: try TokenMint.first.token()).rejection == nil)
        #expect(rig.documents.fetches == 2)
    }

    @Test("Stops using a key that was withdrawn, for cached verdicts too (E-24, E-38)")
    func withdrawnKey() async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.first.token()
        #expect(await rig.authenticate(token).principal != nil)
        try rig.documents.publish(.second)
        #expect(await rig.authenticate(try TokenMint.second.token()).principal != nil)

        #expect(await rig.authenticate(token).refusal?.reason == "kid_unknown")
    }

    @Test("Stops using a key that was replaced under the same id (E-38)")
    func replacedKey() async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.first.token()
        #expect(await rig.authenticate(token).principal != nil)
        rig.documents.publish(TokenMint.document([try TokenMint.second.jwk(id: TokenMint.first.id)]))
        _ = await rig.authenticate(try TokenMint.first.token(header: { $0["kid"] = "k-other" }))

        #expect(await rig.authenticate(token).refusal?.reason == "signature")
    }

    @Test("Keeps cached verdicts when a refresh brings the same keys (E-24)")
    func sameKeys() async throws {
        try await withObservation { _, registry in
            let rig = try await AuthRig.loaded()
            let token = try TokenMint.first.token()
            _ = await rig.authenticate(token)
            try await whileRunning(rig) {
                await rig.clock.untilSleeping()
                rig.clock.advance(by: .seconds(3_600))
                await rig.clock.untilSleeping()
            }
            #expect(rig.documents.fetches == 2)
            #expect(await rig.authenticate(token).principal != nil)
            #expect(registry.value(#"token_acceptances_total{verdict="cached"}"#) == "1")
        }
    }

    @Test("Keeps the last keys while the endpoint is down, until they are too old (E-32, E-36)")
    func outage() async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.first.token { $0["exp"] = .integer(Fixed.now + 200_000) }
        rig.documents.fail(.status(500))
        try await whileRunning(rig) {
            for _ in 0..<23 {
                await rig.clock.untilSleeping()
                rig.clock.advance(by: .seconds(3_600))
            }
            await rig.clock.untilSleeping()
            #expect(rig.keys.isReady)
            #expect(await rig.authenticate(token).principal != nil)

            rig.clock.advance(by: .seconds(3_600))
            #expect(!rig.keys.isReady)
            #expect(await rig.authenticate(token).refusal?.status == 503)
        }
    }

    // MARK: - Unknown keys

    @Test("Fetches at most once per 5 minutes for unknown keys, however many there are (E-33, E-35)")
    func unknownKeys() async throws {
        let rig = try await AuthRig.loaded()
        for number in 0..<300 {
            let token = try TokenMint.first.token(header: { $0["kid"] = .string("k-\(number)") })
            #expect(await rig.authenticate(token).refusal?.reason == "kid_unknown")
        }
        #expect(rig.documents.fetches == 2)

        rig.clock.advance(by: .seconds(300))
        for number in 300..<310 {
            let token = try TokenMint.first.token(header: { $0["kid"] = .string("k-\(number)") })
            #expect(await rig.authenticate(token).refusal?.reason == "kid_unknown")
        }
        #expect(rig.documents.fetches == 3)
    }

    @Test("Remembers an unknown key for 5 minutes (E-35)")
    func remembersUnknownKeys() async throws {
        let rig = try await AuthRig.loaded()
        let first = try TokenMint.first.token(header: { $0["kid"] = "k-1" })
        let second = try TokenMint.first.token(header: { $0["kid"] = "k-2" })
        _ = await rig.authenticate(first)
        rig.clock.advance(by: .seconds(299))
        _ = await rig.authenticate(second)
        #expect(rig.documents.fetches == 2)
        rig.clock.advance(by: .seconds(2))
        _ = await rig.authenticate(second)
        #expect(rig.documents.fetches == 3)
        _ = await rig.authenticate(second)
        #expect(rig.documents.fetches == 3)
    }

    @Test("Does not fetch for a token that would be refused anyway (H-02)")
    func foreignTokens() async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.first.token(
            changing: { $0["iss"] = "https://accounts.example.com" }, header: { $0["kid"] = "k-foreign" })
        #expect(await rig.authenticate(token).refusal?.reason == "kid_unknown")
        #expect(rig.documents.fetches == 1)
    }

    // MARK: - Single flight

    @Test("Fetches once for 50 callers that arrive together (E-34)")
    func singleFlight() async throws {
        let rig = try await AuthRig.loaded()
        let gate = Gate()
        try rig.documents.publish(.first, .second)
        rig.documents.hold(at: gate)
        let token = try TokenMint.second.token()

        let accepted = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { await rig.verdict(on: token).rejection == nil } }
            await rig.clock.untilSleeping(50)
            gate.open()
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(accepted == 50)
        #expect(rig.documents.fetches == 2)
    }

    @Test("A cancelled waiter leaves at once and disturbs nobody (E-34)")
    func cancelledWaiter() async throws {
        let rig = try await AuthRig.loaded()
        let gate = Gate()
        try rig.documents.publish(.first, .second)
        rig.documents.hold(at: gate)
        let token = try TokenMint.second.token()

        // Unstructured, because cancelling one child of a group and not the other is what is tested.
        let patient = Task { await rig.verdict(on: token).rejection?.reason }
        let impatient = Task { await rig.verdict(on: token).rejection?.reason }
        await rig.clock.untilSleeping(2)
        impatient.cancel()
        #expect(await impatient.value == .unknownKey)
        #expect(gate.arrivals == 1)
        gate.open()
        #expect(await patient.value == nil)
        #expect(rig.documents.fetches == 2)
    }

    @Test("Waits at most 5 seconds for a fetch (E-34)")
    func boundedWait() async throws {
        let rig = try await AuthRig.loaded()
        let gate = Gate()
        rig.documents.hold(at: gate)
        let token = try TokenMint.second.token()

        async let reason = rig.verdict(on: token).rejection?.reason
        await gate.untilArrived(1)
        await rig.clock.untilSleeping()
        rig.clock.advance(by: .seconds(5))
        #expect(await reason == .unknownKey)
        gate.open()
    }

    @Test("A token that arrives during the first fetch waits for it")
    func arrivesDuringLoad() async throws {
        let rig = try AuthRig()
        let gate = Gate()
        try rig.documents.publish(.first)
        rig.documents.hold(at: gate)
        let token = try TokenMint.first.token()

        async let loaded = rig.keys.load()
        await gate.untilArrived(1)
        async let outcome = rig.authenticate(token)
        await rig.clock.untilSleeping()
        gate.open()
        #expect(await loaded)
        #expect(await outcome.principal != nil)
        #expect(rig.documents.fetches == 1)
    }

    // MARK: - Fetching

    @Test("Asks with the limits of E-37, and reads nothing but a 200")
    func fetcher() async throws {
        let document = TokenMint.document([try TokenMint.first.jwk()])
        let transport = StubTransport(answering: [
            .success(HTTPResponse(status: 200, body: document)), .success(HTTPResponse(status: 302)),
            .success(HTTPResponse(status: 404, body: document)),
            .failure(TransportError(.responseTooLarge, requestWasSent: true)),
        ])
        let fetcher = JWKSFetcher(url: "https://login.test/keys", transport: transport)
        _ = try await fetcher.fetch()
        await #expect(throws: JWKSError.status(302)) { try await fetcher.fetch() }
        await #expect(throws: JWKSError.status(404)) { try await fetcher.fetch() }
        await #expect(throws: JWKSError.unreachable("response_too_large")) { try await fetcher.fetch() }

        let request = try #require(transport.requests.first)
        #expect(request.method == .get)
        #expect(request.timeout == .seconds(10))
        #expect(request.maximumResponseBytes == 1 << 20)
        #expect(request.headers["Authorization"] == nil)
    }

    @Test("Counts fetches, logs changes, and gives background work an identifier of its own")
    func observation() async throws {
        try await withObservation { log, registry in
            let rig = try AuthRig()
            await rig.keys.load()
            try rig.documents.publish(.first)
            await rig.keys.load()

            #expect(registry.value(#"jwks_refreshes_total{outcome="unreachable"}"#) == "1")
            #expect(registry.value(#"jwks_refreshes_total{outcome="success"}"#) == "1")
            #expect(registry.value("jwks_last_success_timestamp_seconds") == "\(Fixed.now)")
            #expect(rig.keys.keyCount == 1 && rig.keys.age == .zero)
            rig.clock.advance(by: .seconds(90))
            #expect(rig.keys.age == .seconds(90))
            let failure = try #require(log.records("signing keys not refreshed").first)
            #expect(failure.level == .warning)
            #expect(failure.metadata["activity"] == "jwks.refresh")
            let success = try #require(log.records("signing keys replaced").first)
            #expect(success.metadata["jwks.keys"] == "1")
            #expect(success.metadata["correlation.id"] != failure.metadata["correlation.id"])
        }
    }

    /// Runs the cache's background work during `body`.
    private func whileRunning(_ rig: AuthRig, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await rig.keys.run() }
            try await body()
            group.cancelAll()
        }
    }
}
