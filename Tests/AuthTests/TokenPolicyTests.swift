internal import Auth
internal import JSON
internal import TestSupport
internal import Testing

/// What settings change about the policy.
@Suite(.quietLog, .patient) struct TokenPolicyTests {
    private func reason(
        _ policy: TokenPolicy, _ change: (inout JSONObject) -> Void
    ) async throws -> TokenRejection.Reason? {
        let rig = try await AuthRig.loaded(policy: policy)
        return await rig.verdict(on: try TokenMint.first.token(changing: change)).rejection?.reason
    }

    private func makeV1(_ claims: inout JSONObject, audience: String = "api://\(Fixed.api)") {
        claims["ver"] = "1.0"
        claims["iss"] = .string(Fixed.v1Issuer)
        claims["aud"] = .string(audience)
        claims["azp"] = nil
        claims["azpacr"] = nil
        claims["appid"] = .string(Fixed.client)
        claims["appidacr"] = "0"
    }

    @Test(
        "Accepts v1.0 tokens for this application when switched on (E-16, E-11)",
        arguments: [
            "api://\(Fixed.api)", "api://\(Fixed.api)/", Fixed.api, "https://jobs-mcp.example.com/mcp",
            "https://jobs-mcp.example.com/mcp/",
        ])
    func acceptsV1(audience: String) async throws {
        let policy = try Fixed.policy(acceptsV1Tokens: true, appIDURI: "https://jobs-mcp.example.com/mcp")
        #expect(try await reason(policy) { makeV1(&$0, audience: audience) } == nil)
    }

    @Test("Still refuses v1.0 tokens that are not for us (E-16, E-17)")
    func refusesOtherV1() async throws {
        let policy = try Fixed.policy(acceptsV1Tokens: true)
        #expect(try await reason(policy) { makeV1(&$0, audience: "api://other") } == .audience)
        #expect(
            try await reason(policy) {
                makeV1(&$0)
                $0["ver"] = "2.0"
            } == .issuer)
        #expect(
            try await reason(policy) {
                makeV1(&$0)
                $0["iss"] = .string(Fixed.issuer)
            } == .issuer)
        #expect(
            try await reason(policy) {
                makeV1(&$0)
                $0["iss"] = "https://sts.windows.net/11111111-0000-4000-8000-000000000000/"
            } == .issuer)
        #expect(try await reason(policy) { $0["aud"] = .string("api://\(Fixed.api)") } == .audience)
    }

    @Test("Requires every scope of the setting (E-14)")
    func severalScopes() async throws {
        let policy = try Fixed.policy(requiredScopes: ["jobs", "runs"])
        #expect(try await reason(policy) { $0["scp"] = "runs jobs" } == nil)
        #expect(try await reason(policy) { $0["scp"] = "jobs" } == .scopeMissing)
    }

    @Test("Does not let a user in without any scope when no scope is required")
    func noScopes() async throws {
        let policy = try Fixed.policy(requiredScopes: [])
        #expect(try await reason(policy) { _ in } == nil)
        #expect(try await reason(policy) { $0["scp"] = "" } == .scopeMissing)
    }

    @Test("Admits listed clients only, when there is a list (E-18)")
    func clients() async throws {
        let listed = try Fixed.policy(allowedClientIDs: [try #require(GUID(Fixed.client.uppercased()))])
        #expect(try await reason(listed) { _ in } == nil)
        #expect(try await reason(listed) { $0["azp"] = "c1000000-0000-4000-8000-00000000000f" } == .clientNotAllowed)
        #expect(try await reason(listed) { $0["azp"] = nil } == .clientNotAllowed)
    }

    @Test("Tells guests by acct, else by a foreign identity provider (E-19)", arguments: GuestCase.all)
    func guests(_ row: GuestCase) async throws {
        #expect(try await reason(try Fixed.policy(allowsGuests: false), row.change) == (row.isGuest ? .guest : nil))
    }

    @Test("Names every accepted audience (K-22)")
    func audiences() throws {
        #expect(try Fixed.policy().audiences == [Fixed.api])
        #expect(
            try Fixed.policy(acceptsV1Tokens: true, appIDURI: "https://h/mcp").audiences == [
                Fixed.api, "api://\(Fixed.api)", "https://h/mcp",
            ])
    }
}

/// Claims of a guest, or of somebody who only looks like one.
struct GuestCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let isGuest: Bool
    let change: @Sendable (inout JSONObject) -> Void

    init(_ testDescription: String, isGuest: Bool, _ change: @escaping @Sendable (inout JSONObject) -> Void) {
        self.testDescription = testDescription
        self.isGuest = isGuest
        self.change = change
    }

    static let all: [GuestCase] = [
        GuestCase("acct 1", isGuest: true) { $0["acct"] = 1 },
        GuestCase("acct 0 and a foreign idp", isGuest: false) {
            $0["acct"] = 0
            $0["idp"] = "https://sts.windows.net/11111111-0000-4000-8000-000000000000/"
        },
        GuestCase("a foreign idp", isGuest: true) { $0["idp"] = "live.com" },
        GuestCase("the tenant's own idp", isGuest: false) { $0["idp"] = .string(Fixed.v1Issuer) },
        GuestCase("nothing of the kind", isGuest: false) { _ in },
    ]
}
