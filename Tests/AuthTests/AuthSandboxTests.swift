internal import Auth
internal import HTTPTransport
internal import JSON
internal import Observability
internal import OpenSSL
internal import Sandbox
internal import TestSupport
internal import Testing

/// A flaw of a token that the sandbox forges, and what must be answered.
struct FlawCase: CustomTestStringConvertible, Sendable {
    let flaw: TokenOrder.Flaw
    let reason: TokenRejection.Reason
    var testDescription: String { flaw.rawValue }

    static let all: [FlawCase] = [
        (.expired, .expired), (.notYetValid, .notYetValid), (.wrongAudience, .audience), (.severalAudiences, .audience),
        (.wrongIssuer, .issuer), (.wrongTenant, .tenant), (.noScope, .scopeMissing), (.otherScope, .scopeMissing),
        (.noObjectID, .malformed), (.noExpiry, .malformed), (.nonceHeader, .firstPartyToken),
        (.unknownKey, .unknownKey), (.noKey, .malformed), (.badSignature, .signature), (.algorithmNone, .malformed),
        (.algorithmHS256, .algorithm), (.criticalHeader, .malformed), (.duplicateClaim, .malformed),
        (.brokenPayload, .malformed), (.fiveSegments, .encrypted), (.twoSegments, .malformed), (.padded, .malformed),
        (.tooLarge, .tooLarge),
    ].map { FlawCase(flaw: $0, reason: $1) }
}

/// The module against the stand-in for Entra ID, over real HTTP and with the real clocks.
@Suite(.quietLog, .patient) struct AuthSandboxTests {
    // MARK: - Tokens

    @Test("Accepts a user's token of either version and obtains a Databricks token for it")
    func mainJob() async throws {
        try await withRig { rig in
            let context = RequestContext(correlationID: CorrelationID())
            let principal = try #require(await rig.authenticate(try rig.sandbox.token(user: "alice")).principal)
            let token = try await withRequestContext(context) { try await rig.token(principal) }
            #expect(token.secret.revealed.split(separator: ".").count == 3)
            #expect(token.secret != principal.assertion)

            let request = try #require(rig.sandbox.requests(to: "token").first)
            #expect(request.header("client-request-id") == "\(context.correlationID)")  // E-190
            #expect(request.form.first { $0.name == "requested_token_use" }?.value == "on_behalf_of")
            #expect(rig.sandbox.requests(to: "keys").count == 1)
        }
    }

    @Test("Answers every kind of broken token with its reason (E-181)", arguments: FlawCase.all)
    func flaws(_ row: FlawCase) async throws {
        try await withRig { rig in
            let token = try rig.sandbox.token(user: "alice", flaw: row.flaw)
            #expect(await rig.authenticate(token).refusal?.reason == row.reason.rawValue)
            #expect(rig.sandbox.requests(to: "token").isEmpty)
        }
    }

    @Test("Knows every flaw that the sandbox has")
    func flawsAreComplete() {
        #expect(Set(FlawCase.all.map(\.flaw)) == Set(TokenOrder.Flaw.allCases))
    }

    @Test(
        "Refuses what is no user's token for this server",
        arguments: [
            (TokenOrder(kind: .id), TokenRejection.Reason.idToken), (TokenOrder(kind: .graph), .firstPartyToken),
            (TokenOrder(version: 1), .v1Token),
        ])
    func kinds(order: TokenOrder, reason: TokenRejection.Reason) async throws {
        try await withRig { rig in
            let token = try rig.sandbox.token(order)
            #expect(await rig.authenticate(token).refusal?.reason == reason.rawValue)
        }
    }

    @Test("Accepts applications with a role as applications (E-81, E-94)", arguments: [TokenOrder.Kind.app, .agent])
    func applications(kind: TokenOrder.Kind) async throws {
        try await withRig { rig in
            let outcome = await rig.authenticate(try rig.sandbox.token(TokenOrder(kind: kind)))
            #expect(outcome.application?.roles.mayRead == true)
            #expect(outcome.principal == nil)
        }
    }

    @Test("Accepts a v1.0 token with the keys of the v1.0 document when switched on (E-16, K-15)")
    func v1() async throws {
        try await withRig(acceptsV1Tokens: true) { rig in
            let tokens = try [rig.sandbox.token(TokenOrder(version: 1)), rig.sandbox.token(user: "alice")]
            for token in tokens { #expect(await rig.authenticate(token).principal != nil) }
        }
    }

    // MARK: - Keys

    @Test("Loses no request while keys rotate (E-180)")
    func rotation() async throws {
        try await withRig { rig in
            let old = try rig.sandbox.token(user: "alice")
            #expect(await rig.authenticate(old).principal != nil)
            let kid = rig.sandbox.publishedKeyIDs
            try rig.sandbox.changeKeys(.rotate(isPublished: true))
            let new = try rig.sandbox.token(user: "alice")
            let accepted = await withTaskGroup(of: Bool.self) { group in
                for index in 0..<100 {
                    group.addTask { await rig.authenticate(index % 2 == 0 ? old : new).principal != nil }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(accepted == 100)
            #expect(rig.sandbox.requests(to: "keys").count == 2)
            #expect(rig.sandbox.publishedKeyIDs.count > kid.count)
        }
    }

    @Test("Reads a key document with an unusable entry (E-07)")
    func corruptKeys() async throws {
        try await withRig(prepare: { try $0.changeKeys(.corrupt(true)) }) { rig in
            let token = try rig.sandbox.token(user: "bob")
            #expect(await rig.authenticate(token).principal != nil)
        }
    }

    @Test("Finds the sandbox's metadata as derived, and says when the tenant is unknown there (E-30)")
    func discovery() async throws {
        try await withRig { rig in
            #expect(await DiscoveryCheck(endpoints: rig.endpoints, transport: rig.transport).run() == .consistent)
            let other = try EntraEndpoints(
                authorityHost: rig.sandbox.baseURL, tenantID: "11111111-0000-4000-8000-000000000000")
            let outcome = await DiscoveryCheck(endpoints: other, transport: rig.transport).run()
            #expect(
                outcome == .contradiction(["\(rig.sandbox.baseURL) does not know the tenant \(other.tenantID)"]))
        }
    }

    @Test("Answers 503 until Entra ID is there, and then works (E-22)")
    func entraDown() async throws {
        try await withRig(prepare: { $0.takeDown(.entra) }) { rig in
            let token = try rig.sandbox.token(user: "alice")
            #expect(!rig.keys.isReady)
            let refusal = try #require(await rig.authenticate(token).refusal)
            #expect(refusal.status == 503 && (refusal.retryAfterSeconds ?? 0) > 0)

            rig.sandbox.bringBack(.entra)
            #expect(await rig.keys.load())
            let principal = try #require(await rig.authenticate(token).principal)
            _ = try await rig.token(principal)

            // Down again: whoever is known goes on working.
            rig.sandbox.takeDown(.entra)
            #expect(await rig.authenticate(token).principal != nil)
            _ = try await rig.token(principal)
        }
    }

    // MARK: - On-Behalf-Of

    @Test("Shows every code of the table in its class, each to its own user (E-183)")
    func codes() async throws {
        try await withRig { rig in
            for row in CodeCase.all {
                rig.sandbox.addUser("user\(row.code)")
                try rig.sandbox.script(user: "user\(row.code)", ["\(row.code)"])
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, row) in CodeCase.all.enumerated() {
                    // A few at a time: each call has its budget of real time, also on a busy machine.
                    if index >= 8 { try await group.next() }
                    group.addTask {
                        let error = try await rig.error(user: "user\(row.code)")
                        #expect(error.failureClass == row.failureClass)
                        #expect(error.code == row.code)
                        #expect(error.reference.traceID != nil && error.reference.timestamp != nil)
                    }
                }
                try await group.waitForAll()
            }
            _ = try await rig.token(user: "alice")
        }
    }

    @Test(
        "Copes with every success that differs from the usual",
        arguments: ["expires-in-string", "refresh-in", "ext-expires-in-zero", "no-expires-in"])
    func variants(name: String) async throws {
        try await withRig { rig in
            try rig.sandbox.script(user: "alice", ["variant:\(name)"])
            let principal = try #require(await rig.authenticate(try rig.sandbox.token(user: "alice")).principal)
            let token = try await rig.token(principal)
            #expect(try await rig.token(principal) == token)
            #expect(rig.sandbox.requests(to: "token").count == 1)
        }
    }

    @Test(
        "Takes no answer for a token that is none (E-53)",
        arguments: ["garbage", "variant:empty-token", "variant:truncated", "variant:html"])
    func garbage(step: String) async throws {
        try await withRig { rig in
            try rig.sandbox.script(user: "alice", [step])
            let error = try await rig.error(user: "alice")
            #expect(error.failureClass == .protocolError)
        }
    }

    @Test("Gets over one fault (E-95)", arguments: ["503", "drop", "90033"])
    func oneFault(step: String) async throws {
        try await withRig { rig in
            try rig.sandbox.script(user: "alice", [step, "ok"])
            _ = try await rig.token(user: "alice")
            // libcurl itself repeats a request whose kept connection ended without a byte (D-117).
            let repetitions = step == "drop" ? 1...2 : 1...1
            #expect(repetitions.contains(rig.sandbox.requests(to: "token").count - 1))
        }
    }

    @Test("Obeys Retry-After (E-96)")
    func retryAfter() async throws {
        try await withRig { rig in
            try rig.sandbox.script(user: "alice", ["status:429:7"])
            let error = try await rig.error(user: "alice")
            #expect(error.failureClass == .throttled && error.retryAfterSeconds == 7)
        }
    }

    @Test("Keeps a claims challenge (E-101)")
    func claims() async throws {
        try await withRig { rig in
            let claims =
                #"{"access_token":{"polids":{"essential":true,"values":["e1000000-0000-4000-8000-0000000000f3"]}}}"#
            try rig.sandbox.script(user: "alice", ["claims:\(claims)"])
            let error = try await rig.error(user: "alice")
            #expect(error.failureClass == .interact)
            #expect(error.claims == claims)
        }
    }

    @Test("One exchange for 50 parallel calls of one user, and 50 for 50 users (E-182)")
    func singleFlight() async throws {
        try await withRig { rig in
            try rig.sandbox.script(user: "alice", ["slow:50"])
            let alice = try #require(await rig.authenticate(try rig.sandbox.token(user: "alice")).principal)
            try await withThrowingTaskGroup(of: AccessToken.self) { group in
                for _ in 0..<50 { group.addTask { try await rig.token(alice) } }
                let ids = try await group.reduce(into: Set<UInt64>()) { $0.insert($1.id) }
                #expect(ids.count == 1)
            }
            #expect(rig.sandbox.requests(to: "token").count == 1)

            let names = (0..<50).map { "user\($0)" }
            for name in names { rig.sandbox.addUser(name) }
            try await withThrowingTaskGroup(of: AccessToken.self) { group in
                for name in names { group.addTask { try await rig.token(user: name) } }
                let tokens = try await group.reduce(into: Set<String>()) { $0.insert($1.secret.revealed) }
                #expect(tokens.count == 50)
            }
            #expect(rig.sandbox.requests(to: "token").count == 51)
        }
    }

    @Test("Users' tokens and the application's never cross, under mixed load (E-87, E-88, E-93, E-188)")
    func mixedLoad() async throws {
        try await withRig { rig in
            let names = (0..<5).map { "user\($0)" }
            for name in names { rig.sandbox.addUser(name) }
            let application = try await withThrowingTaskGroup(of: (String, String).self) { group in
                var answers: [String: Set<String>] = [:]
                for number in 0..<50 {
                    // A dozen at a time: each call has its budget of real time, also on a busy machine.
                    if number >= 12, let (name, token) = try await group.next() {
                        answers[name, default: []].insert(token)
                    }
                    group.addTask {
                        guard number.isMultiple(of: 2) else {
                            let deadline = ContinuousClock.now + .seconds(60)
                            return ("", try await rig.applicationTokens.token(deadline: deadline).secret.revealed)
                        }
                        let name = names[number % names.count]
                        return (name, try await rig.token(user: name).secret.revealed)
                    }
                }
                return try await group.reduce(into: answers) { $0[$1.0, default: []].insert($1.1) }
            }
            let own = try #require(application[""]?.first)
            #expect(application[""]?.count == 1)
            #expect(application.allSatisfy { $0.key.isEmpty || !$0.value.contains(own) })
            let requests = rig.sandbox.requests(to: "token")
            let kinds = requests.compactMap { request in request.form.first { $0.name == "grant_type" }?.value }
            #expect(kinds.count { $0 == "client_credentials" } == 1)
            let digest = SHA256.digest(own).hexPrefix(12)
            for field in requests.flatMap(\.form) where field.name == "assertion" {
                #expect(!field.value.contains(digest))
            }
        }
    }

    // MARK: - Rig

    private struct Rig: Sendable {
        let sandbox: Sandbox
        let transport: PatientTransport
        let endpoints: EntraEndpoints
        let keys: JWKSCache
        let authenticator: BearerAuthenticator
        let tokens: OBOTokenCache
        let applicationTokens: ApplicationTokenCache

        func authenticate(_ token: String) async -> AuthenticationOutcome {
            await authenticator.authenticate(authorization: ["Bearer \(token)"])
        }

        func token(_ principal: Principal) async throws -> AccessToken {
            try await tokens.token(for: principal, deadline: .now + .seconds(60))
        }

        func token(user: String) async throws -> AccessToken {
            try await token(try #require(await authenticate(try sandbox.token(user: user)).principal))
        }

        func error(user: String) async throws -> OBOError {
            let principal = try #require(await authenticate(try sandbox.token(user: user)).principal)
            return try #require(await #expect(throws: OBOError.self) { try await token(principal) })
        }
    }

    /// Runs sandbox and transport; the keys have been asked for once.
    private func withRig(
        acceptsV1Tokens: Bool = false, prepare: @Sendable (Sandbox) throws -> Void = { _ in },
        _ body: @Sendable (Rig) async throws -> Void
    ) async throws {
        try await withSandbox { sandbox in
            try prepare(sandbox)
            let transport = CurlTransport()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await transport.run() }
                defer { group.cancelAll() }
                try await body(try await rig(sandbox, transport, acceptsV1Tokens: acceptsV1Tokens))
            }
        }
    }

    private func rig(_ sandbox: Sandbox, _ transport: CurlTransport, acceptsV1Tokens: Bool) async throws -> Rig {
        let endpoints = try EntraEndpoints(authorityHost: sandbox.baseURL, tenantID: sandbox.tenantID)
        let clientID = try #require(GUID(sandbox.apiClientID))
        // The shortest pause before a retry: half a second. A minute of this clock takes an hour, so that the budgets
        // that are counted in it, 15 s for an exchange, bear any load of the machine.
        let start = ContinuousClock.now
        let time = TimeSource(
            wallSeconds: TimeSource.system.wallSeconds, now: { start + (ContinuousClock.now - start) / 60 },
            sleep: TimeSource.system.sleep, random: { 0 })
        let transport = PatientTransport(transport)
        // Nobody's patience with a fetch ends here: a busy machine must not look like a slow Entra ID.
        let patient = TimeSource(
            wallSeconds: time.wallSeconds, now: time.now, sleep: { _ in try await time.sleep(.seconds(3_600)) },
            random: time.random)
        let keys = JWKSCache(time: patient, fetch: JWKSFetcher(url: endpoints.jwksURL, transport: transport).fetch)
        let v1Keys = JWKSCache(time: patient, fetch: JWKSFetcher(url: endpoints.v1JWKSURL, transport: transport).fetch)
        await keys.load()
        if acceptsV1Tokens { await v1Keys.load() }
        let endpoint = TokenEndpoint(
            endpoints: endpoints, clientID: clientID, credential: .secret(Secret(sandbox.clientSecret)),
            transport: transport, time: time)
        let policy = TokenPolicy(endpoints: endpoints, clientID: clientID, acceptsV1Tokens: acceptsV1Tokens)
        return Rig(
            sandbox: sandbox, transport: transport, endpoints: endpoints, keys: keys,
            authenticator: BearerAuthenticator(
                policy: policy, keys: keys, v1Keys: acceptsV1Tokens ? v1Keys : nil, metadata: try Fixed.metadata(),
                time: time),
            tokens: OBOTokenCache(endpoint: endpoint, time: time),
            applicationTokens: ApplicationTokenCache(endpoint: endpoint, time: time))
    }
}
