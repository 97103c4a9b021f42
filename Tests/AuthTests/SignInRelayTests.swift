internal import Auth
internal import HTTPTransport
internal import JSON
internal import TestSupport
internal import Testing

/// When a user is challenged again; what the challenge says is tested through the server.
@Suite(.quietLog, .patient) struct SignInRelayTests {
    private static func relay(_ rig: OBORig, _ mode: SignInRelay.Mode = .auto) throws -> SignInRelay {
        SignInRelay(
            mode: mode, endpoints: try Fixed.endpoints(), metadata: try Fixed.metadata(), policy: try Fixed.policy(),
            time: TimeSource(rig.clock))
    }

    private static func expired() async throws -> (OBORig, OBOError) {
        let rig = try await OBORig.make(transport: StubTransport { _ in OBORig.refused(50013) })
        return (rig, try await rig.error(try await rig.auth.principal()))
    }

    @Test("Challenges a user again after a minute, and another user or client at once (E-103)")
    func pause() async throws {
        let (rig, error) = try await Self.expired()
        let relay = try Self.relay(rig)
        let alice = AuthenticatedCaller.user(try await rig.auth.principal())
        let sameUser = AuthenticatedCaller.user(try await rig.auth.principal { $0["uti"] = "another sign-in" })
        let otherClient = AuthenticatedCaller.user(
            try await rig.auth.principal { $0["azp"] = "c1000000-0000-4000-8000-00000000000f" })
        let bob = AuthenticatedCaller.user(
            try await rig.auth.principal { $0["oid"] = "0d000000-0000-4000-8000-000000000013" })

        #expect(relay.refusal(for: error, of: alice)?.status == 401)
        #expect(relay.refusal(for: error, of: sameUser) == nil)
        #expect(relay.refusal(for: error, of: otherClient)?.status == 401)
        #expect(relay.refusal(for: error, of: bob)?.status == 401)
        rig.clock.advance(by: .seconds(60))
        #expect(relay.refusal(for: error, of: sameUser)?.status == 401)
    }

    @Test("Challenges nobody for what a sign-in cannot mend", arguments: [700_016, 90_006, 90_055, 65_001, 53_003])
    func otherFailures(code: Int) async throws {
        let rig = try await OBORig.make(transport: StubTransport { _ in OBORig.refused(code) })
        let user = try await rig.auth.principal { $0["xms_cc"] = ["cp1"] }
        async let pending = rig.error(user)
        if code == 90_006 {
            await rig.clock.untilSleeping(2)  // the caller's patience and the pause before the retry
            rig.clock.advance(by: .seconds(2))
        }
        #expect(try Self.relay(rig, .always).refusal(for: try await pending, of: .user(user)) == nil)
    }

    @Test("An application has no sign-in to repeat (E-104)")
    func application() async throws {
        let (rig, error) = try await Self.expired()
        let token = try TokenMint.first.token { TokenMint.makeApplication(&$0, roles: ["Jobs.Read"]) }
        let application = try #require(await rig.auth.authenticate(token).application)
        #expect(try Self.relay(rig).refusal(for: error, of: .application(application)) == nil)
    }
}
