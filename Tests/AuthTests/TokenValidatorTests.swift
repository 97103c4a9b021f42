internal import Auth
internal import HTTPSyntax
internal import JSON
internal import TestSupport
internal import Testing

/// A token that must be refused, with the reason it must be refused for.
struct RejectionCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let reason: TokenRejection.Reason
    let check: TokenCheck
    let token: @Sendable () throws -> String

    init(
        _ testDescription: String, _ reason: TokenRejection.Reason, at check: TokenCheck,
        _ token: @escaping @Sendable () throws -> String
    ) {
        self.testDescription = testDescription
        self.reason = reason
        self.check = check
        self.token = token
    }

    /// A user's token with one claim changed.
    static func claim(
        _ testDescription: String, _ reason: TokenRejection.Reason, at check: TokenCheck,
        _ change: @escaping @Sendable (inout JSONObject) -> Void
    ) -> RejectionCase {
        RejectionCase(testDescription, reason, at: check) { try TokenMint.first.token(changing: change) }
    }

    /// A user's token with one header member changed.
    static func header(
        _ testDescription: String, _ reason: TokenRejection.Reason, at check: TokenCheck,
        _ change: @escaping @Sendable (inout JSONObject) -> Void
    ) -> RejectionCase {
        RejectionCase(testDescription, reason, at: check) { try TokenMint.first.token(header: change) }
    }

    static let all = form + header + payload + signature + claims + callers

    private static let form: [RejectionCase] = [
        RejectionCase("E-01 nothing but dots", .malformed, at: .form) { ".." },
        RejectionCase("E-01 one segment", .malformed, at: .form) { "opaque" },
        RejectionCase("E-01 four segments", .malformed, at: .form) { "a.b.c.d" },
        RejectionCase("E-01 five segments, a JWE", .encrypted, at: .form) { "a.b.c.d.e" },
        RejectionCase("E-01 an empty signature", .malformed, at: .form) {
            let token = try TokenMint.first.token()
            return String(token[...(try #require(token.lastIndex(of: ".")))])
        },
        RejectionCase("E-01 padding", .malformed, at: .form) { try TokenMint.first.token() + "=" },
        RejectionCase("E-01 a character outside base64url", .malformed, at: .form) {
            try TokenMint.first.token().dropLast() + "+"
        },
        RejectionCase("E-01 unused bits that are not zero", .malformed, at: .form) {
            // 256 bytes end in a group of one byte, whose second character has four unused bits: "A" has none set.
            let token = try TokenMint.first.token()
            return String(token.dropLast()) + "B"
        },
        RejectionCase("E-02 too large", .tooLarge, at: .form) { String(repeating: "a", count: (32 << 10) + 1) },
    ]

    private static let header: [RejectionCase] = [
        RejectionCase("E-04 header not JSON", .malformed, at: .header) {
            try TokenMint.first.token(header: Array("nope".utf8), payload: Array("{}".utf8))
        },
        RejectionCase("E-04 header an array", .malformed, at: .header) {
            try TokenMint.first.token(header: Array("[]".utf8), payload: Array("{}".utf8))
        },
        RejectionCase("E-04 duplicate names in the header", .malformed, at: .header) {
            let header = #"{"alg":"RS256","kid":"k-2026-a","alg":"none"}"#
            return try TokenMint.first.token(
                header: Array(header.utf8), payload: TokenMint.bytes(TokenMint.userClaims))
        },
        .header("E-04 crit", .malformed, at: .header) { $0["crit"] = ["exp"] },
        .header("E-04 no kid", .malformed, at: .header) { $0["kid"] = nil },
        .header("E-04 an empty kid", .malformed, at: .header) { $0["kid"] = "" },
        .header("E-04 a kid that is a number", .malformed, at: .header) { $0["kid"] = 7 },
        .header("E-04 a kid without end", .malformed, at: .header) {
            $0["kid"] = .string(String(repeating: "k", count: 300))
        },
        .header("E-04 another typ", .malformed, at: .header) { $0["typ"] = "secevent+jwt" },
        .header("E-05 a nonce in the header", .firstPartyToken, at: .firstParty) { $0["nonce"] = "abc" },
        .header("E-03 alg none", .algorithm, at: .algorithm) { $0["alg"] = "none" },
        .header("E-03 alg HS256", .algorithm, at: .algorithm) { $0["alg"] = "HS256" },
        .header("E-03 alg PS256", .algorithm, at: .algorithm) { $0["alg"] = "PS256" },
        .header("E-03 alg in another case", .algorithm, at: .algorithm) { $0["alg"] = "rs256" },
        .header("E-03 no alg", .algorithm, at: .algorithm) { $0["alg"] = nil },
    ]

    private static let payload: [RejectionCase] = [
        RejectionCase("E-09 payload not JSON", .malformed, at: .payload) {
            let header: JSONObject = ["alg": "RS256", "kid": "k-2026-a"]
            return try TokenMint.first.token(header: TokenMint.bytes(header), payload: Array("nope".utf8))
        },
        RejectionCase("E-09 duplicate names in the payload", .malformed, at: .payload) {
            let header: JSONObject = ["alg": "RS256", "kid": "k-2026-a"]
            var payload = TokenMint.bytes(TokenMint.userClaims)
            payload.removeLast()
            payload += Array(#","tid":"11111111-0000-4000-8000-000000000000"}"#.utf8)
            return try TokenMint.first.token(header: TokenMint.bytes(header), payload: payload)
        },
        .claim("E-12 no exp", .malformed, at: .payload) { $0["exp"] = nil },
        .claim("E-12 no nbf", .malformed, at: .payload) { $0["nbf"] = nil },
        .claim("E-12 exp a text", .malformed, at: .payload) { $0["exp"] = "1790004512" },
        .claim("E-12 exp with a fraction", .malformed, at: .payload) { $0["exp"] = .number(1_790_004_512.5) },
        .claim("scp a list", .malformed, at: .payload) { $0["scp"] = ["jobs"] },
        .claim("roles a text", .malformed, at: .payload) { $0["roles"] = "Jobs.Read" },
        .claim("acct a list", .malformed, at: .payload) { $0["acct"] = [1] },
        .claim("aud a list of numbers", .malformed, at: .payload) { $0["aud"] = [1] },
    ]

    private static let signature: [RejectionCase] = [
        .header("E-06 a key that nobody publishes", .unknownKey, at: .key) { $0["kid"] = "k-unknown" },
        .header("E-06 the key's id in another case", .unknownKey, at: .key) { $0["kid"] = "K-2026-A" },
        RejectionCase("E-07 signed by another key", .signature, at: .signature) {
            try TokenMint.second.token(header: { $0["kid"] = .string(TokenMint.first.id) })
        },
        RejectionCase("E-07 a claim altered after signing", .signature, at: .signature) {
            let parts = try TokenMint.first.token().split(separator: ".")
            var claims = TokenMint.userClaims
            claims["oid"] = "0d000000-0000-4000-8000-000000000004"
            return "\(parts[0]).\(Base64URL.encode(TokenMint.bytes(claims))).\(parts[2])"
        },
        RejectionCase("E-07 a signature of another length", .signature, at: .signature) {
            let parts = try TokenMint.first.token().split(separator: ".")
            return "\(parts[0]).\(parts[1]).\(Base64URL.encode([UInt8](repeating: 1, count: 255)))"
        },
    ]

    private static let claims: [RejectionCase] = [
        .claim("E-16 a v1.0 token", .v1Token, at: .version) {
            $0["ver"] = "1.0"
            $0["iss"] = .string(Fixed.v1Issuer)
            $0["aud"] = .string("api://\(Fixed.api)")
        },
        .claim("E-16 a v1.0 token of the client id", .v1Token, at: .version) {
            $0["ver"] = "1.0"
            $0["iss"] = .string(Fixed.v1Issuer)
        },
        foreignV1("Azure Resource Manager", "https://management.azure.com/"),
        foreignV1("Azure Databricks", "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d"),
        foreignV1("Microsoft Graph", "https://graph.microsoft.com"),
        foreignV1("another API", "api://other"),
        foreignV1("nobody", nil),
        .claim("E-08 another tenant's v1.0 token for another resource", .issuer, at: .issuer) {
            $0["ver"] = "1.0"
            $0["iss"] = "https://sts.windows.net/11111111-0000-4000-8000-000000000000/"
            $0["aud"] = "https://management.azure.com/"
        },
        .claim("E-17 v2.0 from the v1.0 issuer", .v1Token, at: .version) { $0["iss"] = .string(Fixed.v1Issuer) },
        .claim("E-17 v1.0 from the v2.0 issuer", .v1Token, at: .version) { $0["ver"] = "1.0" },
        .claim("E-17 no version", .issuer, at: .version) { $0["ver"] = nil },
        .claim("E-08 another tenant's issuer", .issuer, at: .issuer) {
            $0["iss"] = "https://login.microsoftonline.com/11111111-0000-4000-8000-000000000000/v2.0"
        },
        .claim("E-08 the issuer in another case", .issuer, at: .issuer) {
            $0["iss"] = .string(Fixed.issuer.uppercased())
        },
        .claim("E-08 the issuer with a slash", .issuer, at: .issuer) { $0["iss"] = .string(Fixed.issuer + "/") },
        .claim("E-08 no issuer", .issuer, at: .issuer) { $0["iss"] = nil },
        .claim("E-09 another tenant", .tenant, at: .tenant) { $0["tid"] = "11111111-0000-4000-8000-000000000000" },
        .claim("E-09 no tenant", .tenant, at: .tenant) { $0["tid"] = nil },
        .claim("E-11, A-07 another audience", .audience, at: .audience) {
            $0["aud"] = "00000003-0000-0000-c000-000000000000"
        },
        .claim("E-11 the App ID URI in a v2.0 token", .audience, at: .audience) {
            $0["aud"] = .string("api://\(Fixed.api)")
        },
        .claim("E-11 several audiences", .audience, at: .audience) { $0["aud"] = [.string(Fixed.api), "other"] },
        .claim("E-11 no audience", .audience, at: .audience) { $0["aud"] = nil },
        .claim("E-12 expired by the skew", .expired, at: .expiry) { $0["exp"] = .integer(Fixed.now - 300) },
        .claim("E-12 expired long ago", .expired, at: .expiry) { $0["exp"] = .integer(Int64.min) },
        .claim("E-12 not yet valid", .notYetValid, at: .notBefore) { $0["nbf"] = .integer(Fixed.now + 301) },
    ]

    /// Each resource chooses its tokens' version: of a token for another one the version says nothing.
    private static func foreignV1(_ name: String, _ audience: String?) -> RejectionCase {
        .claim("E-11, E-16 a v1.0 token for \(name)", .audience, at: .audience) {
            $0["ver"] = "1.0"
            $0["iss"] = .string(Fixed.v1Issuer)
            $0["aud"] = audience.map(JSONValue.string)
        }
    }

    private static let callers: [RejectionCase] = [
        .claim("E-13 an ID token", .idToken, at: .kind) {
            $0["scp"] = nil
            $0["azp"] = nil
            $0["azpacr"] = nil
            $0["nonce"] = "n"
        },
        .claim("E-13 an ID token with roles", .idToken, at: .kind) {
            $0["scp"] = nil
            $0["azp"] = nil
            $0["roles"] = ["Jobs.Read"]
        },
        .claim("E-13 at_hash without scp", .idToken, at: .kind) {
            $0["scp"] = nil
            $0["at_hash"] = "h"
        },
        .claim("E-84 an application's token with scp", .malformed, at: .kind) { $0["idtyp"] = "app" },
        .claim("E-15 no oid", .malformed, at: .object) { $0["oid"] = nil },
        .claim("E-15 an oid that is no GUID", .malformed, at: .object) { $0["oid"] = "person@example.test" },
        .claim("E-14 no scope", .scopeMissing, at: .permission) { $0["scp"] = nil },
        .claim("E-14 another scope", .scopeMissing, at: .permission) { $0["scp"] = "other" },
        .claim("E-14 the scope in another case", .scopeMissing, at: .permission) { $0["scp"] = "Jobs" },
        .claim("E-14 the scope fully qualified", .scopeMissing, at: .permission) {
            $0["scp"] = .string("api://\(Fixed.api)/jobs")
        },
        .claim("E-92 an application without a role", .roleMissing, at: .permission) { TokenMint.makeApplication(&$0) },
        .claim("E-81 an application with a role that is none of ours", .roleMissing, at: .permission) {
            TokenMint.makeApplication(&$0, roles: ["Jobs.Admin"])
        },
        .claim("E-80, E-93 a role in another case", .roleMissing, at: .permission) {
            TokenMint.makeApplication(&$0, roles: ["jobs.read", "JOBS.RUN"])
        },
        .claim("E-82, E-93 a user's ID token with a role is no application", .idToken, at: .kind) {
            TokenMint.makeApplication(&$0, roles: ["Jobs.Read"])
            $0["idtyp"] = nil
            $0["azp"] = nil
            $0["nonce"] = "n"
        },
        .claim("E-83 a public client is no application", .scopeMissing, at: .permission) {
            TokenMint.makeApplication(&$0, roles: ["Jobs.Read"])
            $0["idtyp"] = nil
            $0["azpacr"] = "0"
        },
        .claim("E-83 acct marks a person", .scopeMissing, at: .permission) {
            TokenMint.makeApplication(&$0, roles: ["Jobs.Read"])
            $0["idtyp"] = nil
            $0["acct"] = 0
        },
        .claim("E-83 a user with a role is no application", .scopeMissing, at: .permission) {
            $0["scp"] = nil
            $0["azpacr"] = "2"
            $0["roles"] = ["Jobs.Read"]
        },
        .claim("E-83, E-93 idtyp user with a role is no application", .scopeMissing, at: .permission) {
            for name in ["scp", "name", "preferred_username"] { $0[name] = nil }
            $0["idtyp"] = "user"
            $0["azpacr"] = "2"
            $0["roles"] = ["Jobs.Read"]
        },
    ]
}

/// A token that differs from the usual one and is as good.
struct Variation: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let change: @Sendable (inout JSONObject, inout JSONObject) -> Void

    init(_ testDescription: String, _ change: @escaping @Sendable (inout JSONObject, inout JSONObject) -> Void) {
        self.testDescription = testDescription
        self.change = change
    }

    static let all: [Variation] = [
        Variation("E-04 typ at+jwt") { header, _ in header["typ"] = "AT+JWT" },
        Variation("E-04 no typ") { header, _ in header["typ"] = nil },
        Variation("unknown header members") { header, _ in header["x5t"] = "k-2026-a" },
        Variation("E-11 aud in upper case") { _, claims in claims["aud"] = .string(Fixed.api.uppercased()) },
        Variation("E-11, A-07 aud as a list of one") { _, claims in claims["aud"] = [.string(Fixed.api)] },
        Variation("E-09 tid in upper case") { _, claims in claims["tid"] = .string(Fixed.tenant.uppercased()) },
        Variation("E-12 exp with a zero fraction") { _, claims in claims["exp"] = .number(1_790_004_512.0) },
        Variation("E-12 expired within the skew") { _, claims in claims["exp"] = .integer(Fixed.now - 299) },
        Variation("E-12 not yet valid within the skew") { _, claims in claims["nbf"] = .integer(Fixed.now + 300) },
        Variation("E-14 more scopes than needed") { _, claims in claims["scp"] = "other jobs" },
        Variation("E-86 a user's roles") { _, claims in claims["roles"] = ["Jobs.Read"] },
        Variation("E-20 proof of possession") { _, claims in claims["cnf"] = ["kid": "x"] },
        Variation("unknown claims") { _, claims in claims["xms_act_fct"] = "3 9 11" },
        Variation("E-101 xms_cc a text") { _, claims in claims["xms_cc"] = "cp1" },
        Variation("E-101 xms_cc a number") { _, claims in claims["xms_cc"] = 1 },
        Variation("E-101 xms_cc a mixed list") { _, claims in claims["xms_cc"] = [1, .null, "cp1"] },
        Variation("uti a number") { _, claims in claims["uti"] = 7 },
        Variation("E-19 a guest, by default") { _, claims in claims["acct"] = 1 },
    ]
}

@Suite(.quietLog, .patient) struct TokenValidatorTests {
    @Test("Accepts a user's v2.0 token (A-06)")
    func accepts() async throws {
        let rig = try await AuthRig.loaded()
        let verdict = await rig.verdict(on: try TokenMint.first.token())
        #expect(verdict.rejection?.reason == nil)
        #expect(verdict.results.map(\.check) == TokenCheck.allCases)
        #expect(verdict.results.allSatisfy { $0.outcome == .passed })
        #expect(verdict.evidence.isVerified)
    }

    @Test("Refuses", arguments: RejectionCase.all)
    func refuses(_ row: RejectionCase) async throws {
        let rig = try await AuthRig.loaded()
        let verdict = await rig.verdict(on: try row.token())

        let rejection = try #require(verdict.rejection)
        #expect(rejection.reason == row.reason)
        #expect(rejection.check == row.check)
        #expect(verdict.results.map(\.check) == TokenCheck.allCases)
        #expect(await rig.authenticator.authenticate(authorization: ["Bearer \(try row.token())"]).principal == nil)
    }

    @Test("Every reason has a row here or in the policies' tests")
    func tableIsComplete() {
        let elsewhere: Set<TokenRejection.Reason> = [.clientNotAllowed, .guest, .keysUnavailable]
        #expect(Set(RejectionCase.all.map(\.reason)).union(elsewhere) == Set(TokenRejection.Reason.allCases))
    }

    @Test("Accepts variations that mean the same", arguments: Variation.all)
    func acceptsVariations(_ variation: Variation) async throws {
        var header: JSONObject = ["typ": "JWT", "alg": "RS256", "kid": "k-2026-a"]
        var claims = TokenMint.userClaims
        variation.change(&header, &claims)
        let token = try TokenMint.first.token(header: TokenMint.bytes(header), payload: TokenMint.bytes(claims))
        let rig = try await AuthRig.loaded()
        #expect(await rig.verdict(on: token).rejection?.reason == nil)
    }

    @Test("Reports every check that fails, not only the first")
    func listsAllFailures() async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.first.token {
            $0["aud"] = "other"
            $0["exp"] = .integer(Fixed.now - 1_000)
            $0["scp"] = "other"
        }
        let verdict = await rig.verdict(on: token)
        #expect(verdict.rejection?.reason == .audience)
        #expect(verdict.results.compactMap(\.reason) == [.audience, .expired, .scopeMissing])
        let audience = try #require(verdict.results.first { $0.check == .audience })
        #expect(audience.seen == "other")
        #expect(audience.expected == Fixed.api)
    }

    @Test("Of our own v1.0 token nothing is wrong but the version, and both issuers are named (E-16)")
    func ownV1Token() async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.first.token {
            $0["ver"] = "1.0"
            $0["iss"] = .string(Fixed.v1Issuer)
            $0["aud"] = .string("api://\(Fixed.api)")
        }
        let verdict = await rig.verdict(on: token)
        #expect(verdict.results.compactMap(\.reason) == [.v1Token])
        #expect(verdict.rejection?.seen == "1.0 from \(Fixed.v1Issuer)")
        #expect(verdict.rejection?.expected == "2.0 from \(Fixed.issuer)")
    }

    @Test(
        "xms_cc declares a capability in any case, as a list, and as nothing else (E-101)",
        arguments: [
            (["cp1"], true), (["CP1"], true), (["other", "Cp1"], true), (["cp2"], false), ([], false), ("cp1", false),
            ("CP1", false), (1, false), ([1, "CP1"], true),
        ] as [(JSONValue, Bool)])
    func capabilities(value: JSONValue, isDeclared: Bool) async throws {
        let rig = try await AuthRig.loaded()
        #expect(try await rig.principal { $0["xms_cc"] = value }.handlesClaimsChallenges == isDeclared)
    }

    @Test("Shows what a forged token claims, and that it is unverified")
    func evidence() async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.second.token(
            changing: { $0["azp"] = "evil\"\n\u{1B}[31m" }, header: { $0["kid"] = "k-2026-a" })
        let evidence = await rig.verdict(on: token).evidence
        #expect(!evidence.isVerified)
        #expect(evidence.clientID == "evil???[31m")
        #expect(evidence.keyID == "k-2026-a")
    }

    @Test("Cuts what it shows (E-153)")
    func evidenceIsCut() async throws {
        let rig = try await AuthRig.loaded()
        let token = try TokenMint.first.token { $0["aud"] = .string(String(repeating: "a", count: 4_000)) }
        let verdict = await rig.verdict(on: token)
        #expect(verdict.evidence.audience?.count == 129)
        #expect(verdict.rejection?.seen?.count == 129)
    }
}
