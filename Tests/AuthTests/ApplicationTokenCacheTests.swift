internal import Auth
internal import HTTPTransport
internal import JSON
internal import Observability
internal import TestSupport
internal import Testing

@Suite(.quietLog, .patient) struct ApplicationTokenCacheTests {
    @Test("Asks with client credentials, the same credential and the same scope, and no user's token (E-87, E-93)")
    func request() async throws {
        try await withObservation { _, registry in
            let bench = try await Self.bench()
            let context = RequestContext(correlationID: CorrelationID())
            let token = try await withRequestContext(context) { try await bench.applicationToken() }
            #expect(token.secret.revealed == "databricks-token")
            let request = try #require(bench.entra.requests.first)
            #expect(request.url == "https://login.microsoftonline.com/\(Fixed.tenant)/oauth2/v2.0/token")
            #expect(request.headers["client-request-id"] == "\(context.correlationID)")
            #expect(
                String(decoding: request.body ?? [], as: UTF8.self) == "grant_type=client_credentials"
                    + "&client_id=\(Fixed.api)&client_secret=secret"
                    + "&scope=2ff814a6-3304-4ab8-85cb-cd0e6f879c1d%2F.default")
            #expect(registry.value(#"application_token_requests_total{outcome="success"}"#) == "1")
            #expect(registry.value(#"obo_exchanges_total{outcome="success"}"#) == "0")
        }
    }

    @Test("Keeps the token until 5 minutes before its end (E-87)")
    func margin() async throws {
        let bench = try await Self.bench(.success(OBORig.granted(expiresIn: 3_600)))
        let first = try await bench.applicationToken()
        bench.clock.advance(by: .seconds(3_299))
        #expect(try await bench.applicationToken() == first)
        bench.clock.advance(by: .seconds(1))
        #expect(try await bench.applicationToken() != first)
        #expect(bench.entra.requests.count == 2)
    }

    @Test("100 calls at a time cause one request (E-64, E-87)")
    func singleFlight() async throws {
        let gate = Gate()
        let bench = try await CredentialBench(
            { _ in .secret(Secret("secret")) },
            StubTransport { _ in
                await gate.pass()
                return OBORig.granted()
            })
        try await withThrowingTaskGroup(of: ApplicationToken.self) { group in
            for _ in 0..<100 { group.addTask { try await bench.applicationToken() } }
            await bench.clock.untilSleeping(100)
            gate.open()
            let ids = try await group.reduce(into: Set<UInt64>()) { $0.insert($1.id) }
            #expect(ids.count == 1)
        }
        #expect(bench.entra.requests.count == 1)
    }

    @Test("Renews after refresh_in in the background; a fault that passes leaves the old token (E-63, E-87)")
    func renewal() async throws {
        let bench = try await Self.bench(
            .success(OBORig.granted("old", expiresIn: 86_400) { $0["refresh_in"] = 2_000 }),
            .success(HTTPResponse(status: 429, headers: ["Retry-After": "600"])),
            .success(OBORig.granted("new", expiresIn: 86_400)))
        let old = try await bench.applicationToken()
        bench.clock.advance(by: .seconds(2_000))
        #expect(try await bench.applicationToken() == old)
        try await bench.until { bench.entra.requests.count == 2 }
        bench.clock.advance(by: .seconds(29))
        #expect(try await bench.applicationToken() == old)
        #expect(bench.entra.requests.count == 2)
        bench.clock.advance(by: .seconds(1))
        try await bench.until { try await bench.applicationToken().secret.revealed == "new" }
    }

    @Test("Discards the token that Databricks refused, and no newer one (E-66, E-87)")
    func discard() async throws {
        let bench = try await Self.bench(.success(OBORig.granted("one")), .success(OBORig.granted("two")))
        let one = try await bench.applicationToken()
        bench.applicationTokens.discard(tokenID: one.id)
        let two = try await bench.applicationToken()
        #expect(two.secret.revealed == "two")
        bench.applicationTokens.discard(tokenID: one.id)
        #expect(try await bench.applicationToken() == two)
    }

    @Test(
        "Remembers refusals: a policy for 60 s, the operator's mistake for 10 s, a throttle until Retry-After (E-67, E-87)",
        arguments: [(OBORig.refused(53003), 60), (OBORig.refused(7_000_215), 10), (OBORig.refused(50196), 60)])
    func memory(answer: HTTPResponse, seconds: Int) async throws {
        let bench = try await Self.bench(.success(answer), .success(OBORig.granted()))
        for _ in 0..<5 { _ = try await bench.applicationError() }
        bench.clock.advance(by: .seconds(seconds - 1))
        _ = try await bench.applicationError()
        #expect(bench.entra.requests.count == 1)
        bench.clock.advance(by: .seconds(1))
        _ = try await bench.applicationToken()
    }

    @Test(
        "Sends no machine to sign in: what asks for a person is the operator's business, without claims (E-87, E-101)",
        arguments: [50013, 50076])
    func noSignIn(code: Int) async throws {
        let bench = try await Self.bench(.success(OBORig.refused(code) { $0["claims"] = "{\"access_token\":{}}" }))
        let error = try await bench.applicationError()
        #expect(error.failureClass == .configuration)
        #expect(error.claims == nil)
        #expect(error.code == code)
        #expect(error.callerMessage.hasPrefix(CodeCase.generic))
        #expect(error.operatorMessage.hasPrefix("application token request failed: class=configuration"))
    }

    @Test("Users and the application share an endpoint and its throttling, and no token (E-88, E-97)")
    func apart() async throws {
        let bench = try await CredentialBench(
            { _ in .secret(Secret("secret")) },
            StubTransport { request in
                OBORig.granted(request.formField("grant_type") == "client_credentials" ? "application" : "user")
            })
        #expect(try await bench.token().secret.revealed == "user")
        #expect(try await bench.applicationToken().secret.revealed == "application")
        #expect(try await bench.token().secret.revealed == "user")
        #expect(bench.entra.requests.count == 2)
        // An application's token is discarded by its own cache; the user's stays, whatever its number.
        bench.applicationTokens.discard(tokenID: try await bench.token().id)
        #expect(try await bench.token().secret.revealed == "user")
        #expect(bench.entra.requests.count == 2)

        bench.entra.answer { _ in HTTPResponse(status: 429, headers: ["Retry-After": "30"]) }
        for number in 11...13 { _ = try await bench.error(number) }
        let requests = bench.entra.requests.count
        // The application is one requester more, and was not refused itself: its request goes first, then it waits too.
        bench.clock.advance(by: .seconds(4_200))
        for number in 14...16 { _ = try await bench.error(number) }
        #expect(try await bench.applicationError().failureClass == .throttled)
        #expect(bench.entra.requests.count == requests + 4)
    }

    private static func bench(_ answers: Result<HTTPResponse, TransportError>...) async throws -> CredentialBench {
        try await CredentialBench(
            { _ in .secret(Secret("secret")) },
            StubTransport(answering: answers.isEmpty ? [.success(OBORig.granted())] : answers))
    }
}
